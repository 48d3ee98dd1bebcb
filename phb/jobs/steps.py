"""What each job does: one call of an operation, and a sentence on what came of it."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from phb.budget.commitments.operations import expire_due
from phb.budget.true_up import shared_budgets, true_up
from phb.core import outbox
from phb.core.errors import ConflictError
from phb.core.job_log import Outcome, RunState
from phb.core.money import format_pounds
from phb.core.outbox import MessageState as S
from phb.core.uow import begin
from phb.documents.words import say_day
from phb.governance import policy
from phb.governance.policies import PaymentRunPolicy
from phb.indicators.counting import count_day
from phb.intake.jobs.models import OPEN, ImportJob
from phb.intake.jobs.operations import run_job
from phb.jobs import heads
from phb.jobs.assembling import target_of
from phb.jobs.mail import deliver_all
from phb.jobs.work import Installation, Work
from phb.ledger import sealing
from phb.ledger.checkpoints import move_checkpoint
from phb.ledger.sealing import Stream
from phb.ledger.views import record_view
from phb.monitoring.duties import digests
from phb.monitoring.duties.operations import reconcile
from phb.monitoring.reconcile import verify_books
from phb.payments.payees.queries import NoPayingAccountError
from phb.payments.runs.following import settle_due
from phb.payments.runs.operations import NothingToPayError, assemble_run
from phb.people.calendars.queries import holidays


class BreachFoundError(ConflictError):
    """An identity of the books does not hold."""

    code = "breach-found"


def count_yesterday(work: Work) -> Outcome:
    """Count the day before for the checks."""
    day = work.due_on - timedelta(days=1)
    counted = count_day(work.uow, day)
    return Outcome(f"{say_day(day)} was counted.") if counted else _skipped(f"{say_day(day)} was counted before.")


def settle_payments(work: Work) -> Outcome:
    """Book the payments whose entry day has come as arrived."""
    settlement = settle_due(work.uow, work.due_on)
    settled, missed = len(settlement.settled), len(settlement.not_exported)
    sentence = f"{_count(settled, 'payment run')} arrived."
    if missed:
        sentence += f" {_count(missed, 'released run')} did not: the file was never exported."
    return Outcome(sentence, {"settled": settled, "not_exported": missed})


def expire_commitments(work: Work) -> Outcome:
    """Let go of what was promised until before the day."""
    count = expire_due(work.uow, work.due_on)
    return Outcome(f"{_count(count, 'commitment')} expired.", {"expired": count})


def true_up_funders(work: Work) -> Outcome:
    """Make the shares of the month before exact, on the first of each month; each budget is stored by itself."""
    if work.due_on.day != 1:
        return _skipped("Shares are made exact on the first day of each month.")
    until = work.due_on - timedelta(days=1)
    shared, count = shared_budgets(work.uow.session), 0
    for budget_id in shared:
        with begin(work.installation.sessions, work.uow.actor, clock=work.installation.clock) as uow:
            count += bool(true_up(uow, budget_id, until))
    sentence = f"Of {_count(len(shared), 'budget')} with another funder, {count or 'none'} had shares to be made exact."
    return Outcome(sentence, {"shared": len(shared), "made_exact": count})


def seal_books(work: Work) -> Outcome:
    """Seal what can be sealed, record what is known with its balances, and then write the heads outside.

    What was never committed is never published.
    """
    installation = work.installation
    with begin(installation.sessions, work.uow.actor, clock=installation.clock) as uow:
        sealed = sealing.seal(uow)
        move_checkpoint(uow, record_view(uow))
    journals, audit_events = sealed[Stream.JOURNALS], sealed[Stream.AUDIT_EVENTS]
    sentence = f"{_count(journals, 'journal')} and {_count(audit_events, 'audit event').lower()} were sealed."
    found = sealing.heads(work.uow.session)
    told = heads.write(work.uow, work.due_on, found)
    if told:
        sentence += f" The heads go to {_count(told, 'auditor')}."
    if installation.heads_path is None:
        sentence += (
            " Their heads are in no folder: set PHB_HEADS_FOLDER, or nobody but these auditors can prove anything."
        )
    else:
        heads.publish(installation.heads_path, work.commissioner_id, work.due_on, found)
    return Outcome(sentence, {"journals": journals, "audit_events": audit_events})


def check_books(work: Work) -> Outcome:
    """Check every identity of the books.

    Raises:
        BreachFoundError: one does not hold.
    """
    results = verify_books(work.uow.session)
    broken = [result for result in results if result.first_breach]
    if broken:
        raise BreachFoundError(
            f"{_count(len(broken), 'identity', 'identities')} of the books did not hold, the first one number "
            f"{broken[0].number}: {broken[0].sentence} Run `phb ledger verify` to see where."
        )
    return Outcome(f"All {len(results)} identities of the books hold.", {"identities": len(results)})


def assemble_payment_run(work: Work) -> Outcome:
    """Assemble the run that the policy has for the day, where anything is due that may be paid."""
    uow = work.uow
    rules, shut = policy.read(uow.session, PaymentRunPolicy, work.due_on), holidays(uow.session)
    if not rules.by_itself:
        return _skipped("Payment runs are assembled by hand here: the policy “payment-runs” says so.")
    target = target_of(work.due_on, uow.today, rules, shut)
    if target is None:
        return _skipped("No payment run is assembled on this day.")
    try:
        run = assemble_run(uow, entry_on=target.entry_on, due_by=target.due_by)
    except (NothingToPayError, NoPayingAccountError) as error:
        return _skipped(error.sentence)
    sentence = (
        f"A run of {_count(run.count, 'payment')}, {format_pounds(run.total)} together, is to arrive on "
        f"{say_day(run.entry_on)}. Somebody approves it next."
    )
    return Outcome(sentence, {"payments": run.count})


def raise_tasks(work: Work) -> Outcome:
    """Raise the tasks that there are, and close those that are over."""
    done = reconcile(work.uow)
    sentence = f"{_count(done.raised, 'task')} raised, {done.closed or 'none'} closed."
    return Outcome(sentence, {"raised": done.raised, "closed": done.closed})


def write_digests(work: Work) -> Outcome:
    """Write to everybody who wants it how much they have to do."""
    count = digests.write(work.uow)
    return Outcome(f"{_count(count, 'message')} written.", {"written": count})


def import_files(work: Work) -> Outcome:
    """Take in the files that wait, the first one first; each is stored by itself, whatever becomes of the others."""
    waiting = work.uow.session.scalars(_files().order_by(ImportJob.asked_at, ImportJob.id)).all()
    sessions, clock = work.installation.sessions, work.installation.clock
    count = sum(run_job(sessions, work.commissioner_id, job_id, clock=clock) for job_id in waiting)
    if not count:
        return _skipped("Another process is taking these files in.")
    return Outcome(f"{_count(count, 'file')} taken in; what became of the rows is with each import.", {"files": count})


def has_files(session: Session, _installation: Installation) -> bool:
    """Say whether a file waits to be imported, or was broken off."""
    return session.scalars(_files().limit(1)).first() is not None


def deliver_messages(work: Work) -> Outcome:
    """Deliver what waits; what cannot be delivered now waits longer each time, and is given up in the end."""
    channel = work.installation.mail
    counts = deliver_all(work.installation, channel, work.commissioner_id) if channel else Counter()
    delivered, waiting, failed = (counts[state] for state in (S.DELIVERED, S.WAITING, S.FAILED))
    sentence = f"{_count(delivered, 'message')} delivered."
    if waiting or failed:
        sentence += f" {_count(waiting, 'message')} to be tried again later, {failed or 'none'} given up."
    return Outcome(sentence, {"delivered": delivered, "tried_again": waiting, "given_up": failed})


def has_messages(session: Session, installation: Installation) -> bool:
    """Say whether a message may be tried now, and there is a way out for it."""
    return installation.mail is not None and outbox.is_ready(session, installation.real_now())


def _files() -> Select[UUID]:
    return select(ImportJob.id).where(ImportJob.state.in_(OPEN))


def _count(count: int, one: str, many: str | None = None) -> str:
    return f"{count or 'No'} {one if count in {0, 1} else many or one + 's'}"


def _skipped(sentence: str) -> Outcome:
    return Outcome(sentence, state=RunState.SKIPPED)
