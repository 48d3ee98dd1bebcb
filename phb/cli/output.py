"""How every command speaks: a sentence for people, JSON for machines."""

import json
from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def json_option(command: Command) -> Command:
    """Add `--json` to a command, which then gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Write one JSON object for machines.")(command)


def say(sentence: str, *, as_json: bool, **facts: object) -> None:
    """Print the outcome of a command: a sentence for people, or the facts for machines."""
    click.echo(json.dumps(facts, default=str) if as_json else sentence)
