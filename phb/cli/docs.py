"""`phb docs`: print the pages of docs/ that follow the code."""

from pathlib import Path

import click

from phb.cli.output import json_option, say
from phb.core.migration import PROJECT
from phb.reference import pages

DOCS = PROJECT / "docs"


@click.command(epilog="Example: phb docs")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=DOCS, help="docs/, if left out.")
@json_option
def docs(*, to: Path, as_json: bool) -> None:
    """Write the pages that follow the code: data model, imports, policies and workflows."""
    changed = pages.write(to)
    sentence = f"Written: {', '.join(changed)}." if changed else "Every page was up to date."
    say(sentence, as_json=as_json, changed=changed)
