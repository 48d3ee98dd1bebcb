"""`phb budget`: how a budget was reached."""

import click

from phb.budget import queries
from phb.budget.assessments.queries import Explanation, explain
from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.errors import NotFoundError
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork


class NoIndicativeBudgetError(NotFoundError):
    """The budget was agreed without an indicative one."""

    code = "no-indicative-budget"


@click.group()
def budget() -> None:
    """Tell how a budget was reached."""


@budget.command("explain", epilog="Example: phb budget explain NV-2026-0042 --as auditor@northvale.example")
@click.argument("reference")
@as_option
@json_option
def explain_(*, reference: str, sign_in_name: str, as_json: bool) -> None:
    """Work the indicative budget behind the budget REFERENCE out again, and tell each step.

    It is worked out from what was stored with it, so it gives the same pence whatever the rates are today.
    """
    with unit_of(sign_in_name) as uow:
        found = _explain(uow, reference)
    if as_json:
        traces = [trace.to_json() for trace in found.traces]
        say("", as_json=True, total=str(found.total.amount), paragraphs=found.paragraphs, traces=traces)
        return
    for paragraph in found.paragraphs:
        click.echo(f"{paragraph}\n")
    click.echo(f"Together: {format_pounds(found.total)}.")


def _explain(uow: UnitOfWork, reference: str) -> Explanation:
    row = queries.budget_by_reference(uow.session, uow.actor, reference, uow.today)
    if row.indicative_id is None:
        raise NoIndicativeBudgetError(
            "This budget was agreed without an indicative budget, so there is none to tell of."
        )
    return explain(uow.session, uow.actor, row.indicative_id, uow.today)
