PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --root-user-action=ignore
# The lock files name every package, so pip has nothing to work out and today's releases cannot reach an installation.
LOCKED := $(PIP) --no-deps --require-hashes
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
ASSETS := phb/documents/assets/LICENSE phb/web/assets/nhsuk-frontend.min.css
RUN := $(VENV)/.run $(VENV)/.phb $(ASSETS)
DEV := $(VENV)/.dev $(VENV)/.phb $(ASSETS)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo serve test soak test-fast stop check lint format types imports openapi migrate migration audit bench lock interop

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

install: $(DEV) ## Make .venv with everything that running, testing and checking need

demo: $(RUN) ## Set up from nothing and live a commissioner's year; writes out/demo/
	@$(BIN)/phb demo

test: $(DEV) ## Set up from nothing and pass every test
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report= -p tests.coverage_floor

interop: $(DEV) ## Have hledger and ledger, which must be installed, read the books and compare balances
	@$(BIN)/python -m pytest tests/interop

soak: $(DEV) ## Kill, storm and race against the ledger, each for SECONDS=120; prints the seed, SOAK_SEED gives it again
	@SOAK_SECONDS=$(or $(SECONDS),120) $(BIN)/python -m pytest -s tests/ledger/faults

test-fast: $(DEV) ## Pass the tests without the journeys, without measuring coverage
	@$(BIN)/python -m pytest -n 2 --dist worksteal --ignore=tests/journeys -m "not journey"

serve: $(RUN) ## Serve the pages and the API on 127.0.0.1:8000 over the demo's data
	@$(BIN)/phb demo serve

stop: ## Stop the embedded servers; their data stay
	@if [ -x $(BIN)/phb ]; then $(BIN)/phb db stop && PHB_VAR=var/tests $(BIN)/phb db stop > /dev/null; fi

check: lint types imports openapi migrate ## Run every check that is no test

lint: $(DEV) ## Check style, all rules on
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: $(DEV) ## Mend what style can mend by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: $(DEV) ## Check types, strictly
	@$(BIN)/mypy

imports: $(DEV) ## Check which way imports point
	@$(BIN)/lint-imports --no-logo

openapi: $(DEV) ## Write docs/openapi.json; fail if it drifted
	@mkdir -p docs out
	@$(BIN)/phb api describe > out/openapi.json
	@cmp -s out/openapi.json docs/openapi.json || { cp out/openapi.json docs/openapi.json; \
		echo "docs/openapi.json has changed; read the difference and commit it." >&2; exit 1; }

migrate: $(DEV) ## Go up, down and up on a database of its own, and compare models with tables
	@PHB_VAR=var/rehearsal $(BIN)/phb db rehearse; status=$$?; \
		PHB_VAR=var/rehearsal $(BIN)/phb db stop > /dev/null; exit $$status

migration: $(DEV) ## Write the next empty migration: make migration m="What it does"
	@$(BIN)/python -c 'import sys; from phb.core.migration import write_revision; print(write_revision(sys.argv[1]))' \
		"$(or $(m),$(error Say what it does: make migration m="..."))"

audit: $(DEV) ## Look up known-vulnerable dependencies (needs the network) and committed secrets
	@git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --exclude-files '(\.lock|package-lock\.json)$$'
	@$(BIN)/pip-audit -r requirements-dev.lock --disable-pip --require-hashes --strict || { \
		echo "Not clean: a dependency above is vulnerable, or the advisories could not be looked up." >&2; exit 1; }

bench: $(DEV) ## Measure; writes out/bench/results.json
	@$(BIN)/python -m benchmarks

lock: $(DEV) ## Write both lock files anew from requirements.in and requirements-dev.in
	@$(LOCK) requirements.in --output-file requirements.lock > /dev/null
	@$(LOCK) requirements-dev.in --output-file requirements-dev.lock > /dev/null

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON.")'
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(BIN)/python
	@echo "Installing what running needs"
	@$(LOCKED) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing what running, testing and checking need"
	@$(LOCKED) -r requirements-dev.lock
	@$(BIN)/python -m pip check > /dev/null || { $(BIN)/python -m pip check; exit 1; }
	@touch $(VENV)/.run $@

$(VENV)/.phb: pyproject.toml $(VENV)/.run
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.package-lock.json: package-lock.json .npmrc $(VENV)/.run
	@echo "Fetching the fonts and the page assets"
	@$(BIN)/npm ci --silent
	@touch $@

phb/documents/assets/LICENSE: phb/documents/fetch_assets.py
phb/web/assets/nhsuk-frontend.min.css: phb/web/fetch_assets.py
$(ASSETS): node_modules/.package-lock.json $(VENV)/.phb
	@$(BIN)/python -m $(subst /,.,$(firstword $(subst /assets/, ,$@))).fetch_assets
	@touch $@
