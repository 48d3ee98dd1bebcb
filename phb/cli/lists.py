"""How a command writes a list or report to a file, in every format that there is."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from phb.cli import output
from phb.cli.output import write_file
from phb.documents.document import Document, Table
from phb.documents.formats import LIST_FORMATS
from phb.documents.words import say

Command = TypeVar("Command", bound=Callable[..., object])
STANDARD_OUTPUT = "-"


def file_options(command: Command) -> Command:
    """Add `--format` and `--out` to a command, which then gets `format_name` and `out`."""
    formats = click.option("--format", "format_name", type=click.Choice(list(LIST_FORMATS)), help="Write a file of it.")
    out = click.option("--out", help="The file to write; - for standard output; a name with the day, if left out.")
    return formats(out(command))


def write_list(document: Document, format_name: str, name: str, out: str | None, *, as_json: bool) -> None:
    """Write a document in a format, to a file named for it unless another is named."""
    form = LIST_FORMATS[format_name]
    content = form.render(document)
    if out == STANDARD_OUTPUT:
        click.echo(content, nl=False)
        return
    file = Path(out or f"{name}{form.suffix}")
    write_file(file, content)
    output.say(f"{document.title} is in {file}.", as_json=as_json, file=str(file), format=format_name)


def print_document(document: Document) -> None:
    """Print a document's tables and paragraphs."""
    console = Console()
    console.print(Text(document.full_title))
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                console.print(_grid(block))
        for paragraph in section.paragraphs:
            console.print(Text(paragraph))


def _grid(table: Table) -> Grid:
    grid = Grid()
    for column in table.columns:
        grid.add_column(Text(column.heading), justify="right" if column.numeric else "left")
    last = table.rows[-1] if table.rows else None
    for row in table.all_rows():
        grid.add_row(*(Text(say(cell)) for cell in row), end_section=row is last)
    return grid
