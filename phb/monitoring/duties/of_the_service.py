"""Duties of running the service: what a second administrator confirms, and what failed by itself."""

from typing import Any

from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.orm import aliased

from phb.core.actor import Role
from phb.core.job_log import RunState
from phb.core.outbox import MessageState
from phb.governance.jobs import VERIFY_BOOKS
from phb.governance.models import DelegationLimit, JobRun, OutboxMessage, PolicySetting
from phb.monitoring.duties.duty import Duty, Source, Terms, day_of, in_pounds, in_words, row

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
AUDITOR = frozenset({Role.AUDITOR})
Policy, Limit, Message = PolicySetting, DelegationLimit, OutboxMessage


def _everything_of(model: type[Any]) -> Source:
    """Return a source whose rows everybody with the duty's role may see."""
    return Source(lambda: select(model), lambda _actor, _on: select(model))


def _policy(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find proposals nobody confirmed; of several for one policy and day the last, which is the one that is meant."""
    other = aliased(Policy)
    later = exists().where(
        other.name == Policy.name, other.effective_from == Policy.effective_from, other.ordinal > Policy.ordinal
    )
    label = literal("policy ") + Policy.name + literal(" from ") + in_words(Policy.effective_from)
    since = day_of(Policy.proposed_at)
    about = row(subject_id=Policy.id, since_on=since, due_on=since + terms.tasks.confirmation, label=label)
    return query.where(Policy.confirmed_by.is_(None), ~later).with_only_columns(*about)


def _limit(query: Select[Any], terms: Terms) -> Select[Any]:
    other = aliased(Limit)
    later = exists().where(
        other.role == Limit.role,
        other.user_id.is_not_distinct_from(Limit.user_id),
        other.effective_from == Limit.effective_from,
        other.ordinal > Limit.ordinal,
    )
    label = (
        literal("limit of ")
        + in_pounds(Limit.limit)
        + literal(" for the role of ")
        + func.replace(Limit.role, "_", " ")
        + literal(" from ")
        + in_words(Limit.effective_from)
    )
    since = day_of(Limit.proposed_at)
    about = row(subject_id=Limit.id, since_on=since, due_on=since + terms.tasks.confirmation, label=label)
    return query.where(Limit.confirmed_by.is_(None), ~later).with_only_columns(*about)


def _breach(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find the newest check of the books where it failed; while it is tried again, it has failed."""
    failed = JobRun.state.in_([RunState.FAILED, RunState.GIVEN_UP])
    again = (JobRun.state == RunState.RUNNING) & (JobRun.attempts > 1)
    return _newest_runs(query, terms).where(JobRun.job == VERIFY_BOOKS.name, failed | again)


def _job(query: Select[Any], terms: Terms) -> Select[Any]:
    return _newest_runs(query, terms).where(JobRun.job != VERIFY_BOOKS.name, JobRun.state == RunState.GIVEN_UP)


def _newest_runs(query: Select[Any], terms: Terms) -> Select[Any]:
    other = aliased(JobRun)
    later = exists().where(
        other.commissioner_id == JobRun.commissioner_id, other.job == JobRun.job, other.due_at > JobRun.due_at
    )
    label = literal("job ") + JobRun.job + literal(" of ") + in_words(day_of(JobRun.due_at))
    since = day_of(JobRun.due_at)
    about = row(subject_id=JobRun.id, since_on=since, due_on=since + terms.tasks.fault, label=label)
    return query.where(~later).with_only_columns(*about)


def _message(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find messages that were given up, until a newer one of the kind is on its way or arrived."""
    other = aliased(Message)
    later = exists().where(
        other.recipient_id == Message.recipient_id, other.kind == Message.kind, other.written_at > Message.written_at
    )
    label = literal("message of ") + in_words(day_of(Message.written_at))
    since = day_of(Message.written_at)
    about = row(subject_id=Message.id, since_on=since, due_on=since + terms.tasks.fault, label=label)
    return query.where(Message.state == MessageState.FAILED, ~later).with_only_columns(*about)


OF_THE_SERVICE = (
    Duty(
        "policy.confirm",
        "Check this policy, which a colleague proposed, and confirm it",
        ADMINISTRATOR,
        "/policies",
        _everything_of(Policy),
        _policy,
        not_by=(Policy.proposed_by,),
    ),
    Duty(
        "delegation_limit.confirm",
        "Check this limit, which a colleague proposed, and confirm it",
        ADMINISTRATOR,
        "/delegations",
        _everything_of(Limit),
        _limit,
        not_by=(Limit.proposed_by,),
    ),
    Duty(
        "books.look_into",
        "Look into a breach in the books: they were checked and did not agree",
        AUDITOR,
        f"/jobs/{VERIFY_BOOKS.name}/runs",
        _everything_of(JobRun),
        _breach,
    ),
    Duty(
        "job.look_into",
        "Look into a job that failed and is not tried again",
        ADMINISTRATOR,
        "/jobs",
        _everything_of(JobRun),
        _job,
    ),
    Duty(
        "message.look_into",
        "Look into a message that could not be delivered",
        ADMINISTRATOR,
        "/jobs",
        _everything_of(Message),
        _message,
    ),
)
