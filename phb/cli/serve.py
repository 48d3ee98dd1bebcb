"""`phb serve`: the pages and the API on this machine; `phb api`: its published description."""

import json

import click
import waitress
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.cli import units
from phb.cli.output import Command, json_option, say
from phb.edge import log

HOST = "127.0.0.1"


def port_option(command: Command) -> Command:
    """Add `--port` to a command."""
    return click.option(
        "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Where to listen."
    )(command)


@click.command(epilog="Example: phb serve --port 8000")
@port_option
@json_option
def serve(*, port: int, as_json: bool) -> None:
    """Serve the pages and the API on 127.0.0.1 until you stop it with Control-C."""
    with units.sessions() as opened:
        answer(opened, port, as_json=as_json)


def answer(opened: sessionmaker[Session], port: int, *, as_json: bool) -> None:
    """Serve the pages and the API over some sessions until it is stopped."""
    app = create_app(opened)
    log.to_standard_error(app)
    pages = f"http://{HOST}:{port}/"
    docs = f"{pages}api/v1/docs"
    say(f"Open {pages} and sign in. The API is described at {docs}. Stop with Control-C.", as_json=as_json, docs=docs)
    waitress.serve(app, host=HOST, port=port, threads=8, ident="phb", clear_untrusted_proxy_headers=True)


@click.group()
def api() -> None:
    """Look at the API's published description."""


@api.command(epilog="Example: phb api describe > openapi.json")
@json_option
def describe(*, as_json: bool) -> None:  # noqa: ARG001 - the description is JSON either way
    """Write the OpenAPI description."""
    app = create_app(sessionmaker())
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    click.echo(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False))
