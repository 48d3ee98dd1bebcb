"""`phb docs`: print the pages of docs/ that follow the code."""

import click

from phb.cli.output import json_option, say
from phb.core.migration import PROJECT
from phb.reference import pages


@click.command(epilog="Example: phb docs")
@json_option
def docs(*, as_json: bool) -> None:
    """Write docs/policy.md, docs/workflows.md and docs/data-model.md from the code."""
    changed = pages.write(PROJECT / "docs")
    sentence = f"Written: {', '.join(changed)}." if changed else "Every page was up to date."
    say(sentence, as_json=as_json, changed=changed)
