"""How every command speaks: a sentence for people, JSON for machines."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

import click
from moneyed import Money
from rich.console import Console
from rich.progress import Progress

from phb.core.money import as_json as money_as_json

Command = TypeVar("Command", bound=Callable[..., object])


def json_option(command: Command) -> Command:
    """Add `--json` to a command, which then gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Write one JSON object for machines.")(command)


def say(sentence: str, *, as_json: bool, **facts: object) -> None:
    """Print the outcome of a command: a sentence for people, or the facts for machines."""
    click.echo(json.dumps(facts, default=_plain) if as_json else sentence)


def progress() -> Progress:
    """Return a bar on standard error that goes away when it is over, and is not there where nobody looks at it."""
    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def write_file(file: Path, content: bytes) -> None:
    """Write a file that was asked for, or say why it cannot be written."""
    with file_to_write(file) as opened:
        opened.write(content)


@contextmanager
def file_to_write(file: Path) -> Iterator[IO[bytes]]:
    """Open a file that was asked for, or say why it cannot be written."""
    try:
        with file.open("wb") as opened:
            yield opened
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error


def _plain(value: object) -> object:
    return money_as_json(value) if isinstance(value, Money) else str(value)
