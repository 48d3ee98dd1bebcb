"""Commands that act for somebody: the books, the clock, tokens, explanations and payment runs."""

import json
from pathlib import Path
from time import monotonic
from uuid import uuid4

from sqlalchemy import URL, select

from phb.budget.budgets.models import PersonalHealthBudget
from phb.ledger import checker
from phb.ledger.models import Seal
from phb.people.sign_in import actor_of_token
from tests.budget.conftest import World, stated
from tests.cli.conftest import Run, name_of


def test_the_books_are_verified_and_balanced(run: Run, world: World) -> None:
    world.active(stated("care", "520.00"))
    reader = name_of(world, world.auditor)
    status, output, errors = run("ledger", "verify", "--as", reader)
    assert (status, errors, output.count("Holds.")) == (0, "", 11)
    status, output, _ = run("ledger", "trial-balance", "--as", reader, "--json")
    balances = {row["account"]: row["amount"] for row in json.loads(output)["balances"]}
    assert (status, balances["allocation"]) == (0, {"amount": "520.00", "currency": "GBP"})


def test_a_journal_is_sealed_and_proved(run: Run, world: World) -> None:
    world.active(stated("care", "520.00"))
    reader, until = name_of(world, world.auditor), monotonic() + 20
    heads: list[dict[str, str]] = []
    while not any(head["stream"] == "journal" for head in heads) and monotonic() < until:
        heads = json.loads(run("ledger", "seal", "--as", reader, "--json")[1])["heads"]
    told = {head["stream"]: head["head"] for head in heads}
    assert f"head {told['journal']}" in run("ledger", "seal", "--as", reader)[1]
    with world.service.unit(world.auditor) as uow:
        journal_id = uow.session.scalars(select(Seal.subject_id).where(Seal.stream == "journal")).first()
    status, output, _ = run("ledger", "proof", str(journal_id), "--as", reader, "--json")
    assert (status, json.loads(output)["head"]) == (0, told["journal"])
    assert f"head    {told['journal']}" in run("ledger", "proof", str(journal_id), "--as", reader)[1]
    assert run("ledger", "proof", str(uuid4()), "--as", reader)[::2] == (
        1,
        "This journal has no seal. Check its number, or wait until the books are sealed next.\n",
    )


def test_the_books_are_written_into_an_archive_that_checks(run: Run, world: World, tmp_path: Path) -> None:
    budget_id, reader = world.active(stated("care", "520.00")), name_of(world, world.auditor)
    with world.service.unit(world.auditor) as uow:
        reference = uow.session.get_one(PersonalHealthBudget, (uow.commissioner_id, budget_id)).reference
    for options in ([], ["--budget", reference]):
        status, output, _ = run("ledger", "export", "--out", "books.zip", "--as", reader, *options)
        assert (status, output.endswith("in books.zip.\n")) == (0, True)
        assert checker.check(str(tmp_path / "books.zip"))[1] == []
    assert run("ledger", "export", "--out", "no/books.zip", "--as", reader)[0] == 1
    assert run("ledger", "export", "--out", "other.zip", "--as", name_of(world, world.service.coordinator))[0] == 1
    assert not (tmp_path / "other.zip").exists()


def test_the_books_are_written_as_plain_text(run: Run, world: World, tmp_path: Path) -> None:
    world.active(stated("care", "520.00"))
    options = ("--as", name_of(world, world.auditor), "--dialect", "ledger")
    assert run("ledger", "plain-text", "--out", "books.journal", *options)[0] == 0
    assert "Equity:Budget:Allocation:Nhs  520.00 GBP" in (tmp_path / "books.journal").read_text()
    assert run("ledger", "plain-text", "--out", "no/books.journal", *options)[0] == 1


def test_only_who_may_read_the_books_verifies_them(run: Run, world: World) -> None:
    status, output, errors = run("ledger", "verify", "--as", name_of(world, world.service.coordinator))
    assert (status, output) == (1, "")
    assert errors.startswith("Your role does not let you do this")


def test_a_login_is_let_read_the_books_by_who_keeps_the_users(run: Run, world: World, clerk: URL) -> None:
    login, administrator = str(clerk.username), name_of(world, world.service.administrator)
    assert run("db", "let-read", "nobody_at_all", "--as", administrator)[::2] == (
        1,
        "The database has no login “nobody_at_all”. Make it first, with a password of its own.\n",
    )
    assert run("db", "let-read", login, "--as", name_of(world, world.auditor))[0] == 1
    status, output, _ = run("db", "let-read", login, "--as", administrator)
    assert (status, output) == (0, f"{login} reads the books of your commissioner, and changes nothing.\n")


def test_nobody_acts_under_an_unknown_name(run: Run) -> None:
    assert run("ledger", "verify", "--as", "nobody")[::2] == (
        1,
        "Nobody signs in as “nobody”. Check the list of users.\n",
    )


def test_a_token_is_issued_for_a_while(run: Run, world: World) -> None:
    status, output, _ = run("user", "token", name_of(world, world.auditor), "--scope", "read", "--json")
    actor = actor_of_token(world.service.sessions, json.loads(output)["token"])
    assert status == 0
    assert actor is not None
    assert actor.user_id == world.auditor.user_id


def test_real_time_is_told_and_never_moved(run: Run) -> None:
    assert run("clock")[0] == 0
    status, _, errors = run("clock", "--to", "2030-01-01")
    assert (status, errors.startswith("This database keeps real time")) == (1, True)


def test_a_budget_without_an_estimate_says_so(run: Run, world: World) -> None:
    world.active(stated("care", "520.00"), reference="NV-1")
    reader = name_of(world, world.auditor)
    assert run("budget", "explain", "NV-1", "--as", reader)[2].startswith("This budget was agreed without")
    assert run("budget", "explain", "NV-2", "--as", reader)[0] == 1


def test_a_payment_run_that_is_not_there_is_not_found(run: Run, world: World) -> None:
    for step, who in (("approve", world.approver), ("release", world.auditor)):
        status, output, errors = run("payments", step, str(uuid4()), "--as", name_of(world, who))
        assert (status, output, bool(errors)) == (1, "", True)
