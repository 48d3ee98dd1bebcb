"""What each job does, by itself and for people to go on with."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import raise_commitment
from phb.budget.kinds import CommitmentKind
from phb.core.actor import SYSTEM_USER_ID
from phb.core.errors import PermissionDeniedError
from phb.core.money import pounds
from phb.governance import policy
from phb.governance.jobs import (
    ASSEMBLE_RUNS,
    COUNT_DAY,
    DELIVER_MESSAGES,
    EXPIRE_COMMITMENTS,
    IMPORT_FILES,
    RAISE_TASKS,
    SEAL_BOOKS,
    SETTLE_PAYMENTS,
    TRUE_UP_FUNDERS,
    VERIFY_BOOKS,
)
from phb.governance.models import AuditEvent, JobRun, Task
from phb.governance.permissions import the_system
from phb.indicators.queries import checks
from phb.intake.jobs.models import ImportJob
from phb.intake.jobs.operations import request_import
from phb.jobs.heads import publish
from phb.ledger import events, posting, sealing
from phb.ledger.entry import Heading, Source
from phb.ledger.models import Journal
from phb.payments.runs.models import PaymentRun
from phb.payments.runs.operations import approve_run, export_run, release_run
from phb.people.calendars.models import BankHoliday
from phb.spending.sharing import days_of, portions
from tests.budget.conftest import World, dates, line, stated
from tests.jobs.conftest import Hands, Night
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.spending.conftest import Spender

A_HOLIDAY = b"day,title,source\n2026-12-28,Boxing Day (substitute),GOV.UK\n"


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 11, tzinfo=UTC)


@pytest.fixture
def paying(vault_sessions: sessionmaker[Session]) -> Paying:
    """Return a commissioner that pays, on 1 April 2026."""
    return Paying(World(Service(vault_sessions)))


def night_of(paying: Paying) -> Night:
    return Night(paying.world.service)


def on(night: Night, paying: Paying, month: int, day: int) -> None:
    """Let it be noon of a day for everybody, and do what is due."""
    night.clock.at = noon(month, day)
    paying.world.on(date(2026, month, day))
    night.do()


def runs(paying: Paying) -> list[PaymentRun]:
    with paying.world.service.unit(paying.clerk) as uow:
        return list(uow.session.scalars(select(PaymentRun).order_by(PaymentRun.entry_on)))


def journals(paying: Paying) -> int:
    with paying.world.service.unit(paying.clerk) as uow:
        return uow.session.scalar(select(func.count()).select_from(Journal)) or 0


def said(night: Night, job: object) -> tuple[str, str]:
    row: JobRun = night.newest(job)  # type: ignore[arg-type]  # a job
    return row.state, row.sentence or ""


def test_a_run_assembles_itself_and_three_parties_take_its_steps(paying: Paying) -> None:
    paying.paid_plan()
    night = night_of(paying)
    on(night, paying, 4, 1)
    (run,) = runs(paying)
    # Three working days after Wednesday 1 April, over Easter, is Wednesday 8 April.
    assert (run.state, run.entry_on, run.count, run.total) == ("assembled", date(2026, 4, 8), 1, pounds("400.00"))
    assert run.assembled_by == SYSTEM_USER_ID
    assert said(night, ASSEMBLE_RUNS) == (
        "done",
        "A run of 1 payment, £400.00 together, is to arrive on 8 April 2026. Somebody approves it next.",
    )
    system = the_system(paying.world.service.commissioner_id)
    with pytest.raises(PermissionDeniedError):
        paying.do(system, approve_run, run.id)
    paying.do(paying.approver, approve_run, run.id)
    with pytest.raises(PermissionDeniedError):
        paying.do(system, release_run, run.id)
    released = paying.do(paying.releaser, release_run, run.id)
    assert len({released.assembled_by, released.approved_by, released.released_by}) == 3
    paying.assert_sound()


def test_a_day_with_nothing_due_is_skipped_with_a_reason(paying: Paying) -> None:
    paying.paid_plan()
    night = night_of(paying)
    on(night, paying, 4, 1)
    on(night, paying, 4, 2)
    state, sentence = said(night, ASSEMBLE_RUNS)
    assert (state, sentence.split(" may be paid")[0]) == ("skipped", "Nothing due by 9 April 2026")
    on(night, paying, 4, 3)
    assert said(night, ASSEMBLE_RUNS) == ("skipped", "No payment run is assembled on this day.")
    assert len(runs(paying)) == 1


def test_a_month_by_itself_pays_every_instalment_once(paying: Paying) -> None:
    """People approve, release and export what was assembled; the rest happens by itself, day by day."""
    paying.paid_plan()  # £400.00 every four weeks from 1 April: 1 April, 29 April, 27 May
    night = night_of(paying)
    day = date(2026, 4, 1)
    while day <= date(2026, 5, 31):
        on(night, paying, day.month, day.day)
        for run in runs(paying):
            if run.state == "assembled":
                paying.do(paying.approver, approve_run, run.id)
                paying.do(paying.releaser, release_run, run.id)
                paying.do(paying.releaser, export_run, run.id)
        day += timedelta(days=1)
    assert [(run.entry_on, run.state, run.total) for run in runs(paying)] == [
        (date(2026, 4, 8), "settled", pounds("400.00")),
        (date(2026, 4, 29), "settled", pounds("400.00")),
        (date(2026, 5, 27), "settled", pounds("400.00")),
    ]
    assert {row.state for row in night.rows()} == {"done", "skipped"}
    assert {row.attempts for row in night.rows()} == {1}
    paying.assert_sound()


def test_days_that_were_missed_settle_once_and_are_paid_as_soon_as_they_can_be(paying: Paying) -> None:
    paying.paid_plan()
    night = night_of(paying)
    on(night, paying, 4, 1)
    (run,) = runs(paying)
    paying.do(paying.approver, approve_run, run.id)
    paying.do(paying.releaser, release_run, run.id)
    paying.do(paying.releaser, export_run, run.id)
    before = journals(paying)
    on(night, paying, 4, 30)
    assert journals(paying) == before + 1
    assert [row.counts for row in night.rows(SETTLE_PAYMENTS)][7:9] == [
        {"settled": 1, "not_exported": 0},
        {"settled": 0, "not_exported": 0},
    ]
    assert len(night.rows(SETTLE_PAYMENTS)) == 30
    # The instalment of 29 April was due while nobody looked: two working days after Thursday 30 April is 5 May,
    # because the 4th is a bank holiday.
    first, second = runs(paying)
    assert (first.state, second.entry_on, second.total) == ("settled", date(2026, 5, 5), pounds("400.00"))
    paying.assert_sound()


def test_a_run_that_was_never_exported_is_told_of_and_not_settled(paying: Paying) -> None:
    paying.paid_plan()
    night = night_of(paying)
    on(night, paying, 4, 1)
    (run,) = runs(paying)
    paying.do(paying.approver, approve_run, run.id)
    paying.do(paying.releaser, release_run, run.id)
    on(night, paying, 4, 8)
    assert said(night, SETTLE_PAYMENTS) == (
        "done",
        "No payment run arrived. 1 released run did not: the file was never exported.",
    )
    assert runs(paying)[0].state == "released"


def decide(world: World, name: str, **value: object) -> None:
    row = world.do(
        world.administrator, policy.propose, name, value, effective_from=date(2026, 4, 1), source="Finance committee"
    )
    world.do(world.service.named("bo"), policy.confirm, row.id)


def test_a_commissioner_that_assembles_by_hand_is_left_to_it(paying: Paying) -> None:
    decide(paying.world, "payment-runs", by_itself=False)
    paying.paid_plan()
    night = night_of(paying)
    on(night, paying, 4, 1)
    state, sentence = said(night, ASSEMBLE_RUNS)
    assert (state, sentence.split(" here")[0]) == ("skipped", "Payment runs are assembled by hand")
    assert runs(paying) == []


def test_a_weekly_run_takes_the_whole_week_to_come(paying: Paying) -> None:
    decide(paying.world, "payment-runs", entry_day="friday")
    paying.paid_plan()
    night = night_of(paying)
    for day in range(1, 30):
        on(night, paying, 4, day)
    # Friday 10 April takes what is due until Thursday 16; Friday 24 what is due until 30 April: the second instalment.
    assert [(run.entry_on, run.total) for run in runs(paying)] == [
        (date(2026, 4, 10), pounds("400.00")),
        (date(2026, 4, 24), pounds("400.00")),
    ]


def test_a_commissioner_that_pays_nobody_yet_has_nothing_to_assemble(night: Night) -> None:
    night.do()
    state, sentence = said(night, ASSEMBLE_RUNS)
    assert (state, sentence.split(".")[0]) == ("skipped", "There is no confirmed account to pay from")


def test_what_was_promised_is_let_go_the_day_after_its_last(paying: Paying) -> None:
    world = paying.world
    view = world.line_of(world.active(line(pot="np")))
    new = NewCommitment(
        reference="O-1",
        kind=CommitmentKind.ORDER,
        amount=pounds("100.00"),
        period=dates("2026-04-01", "2026-04-30"),
        words="Visits",
        provider_id=world.provider_id,
    )
    world.do(world.finance, raise_commitment, view.line.id, new)
    night = night_of(paying)
    on(night, paying, 4, 30)
    assert said(night, EXPIRE_COMMITMENTS) == ("done", "No commitment expired.")
    on(night, paying, 5, 2)
    assert [row.counts["expired"] for row in night.rows(EXPIRE_COMMITMENTS)] == [0, 1, 0]
    assert world.line_position(view).committed == pounds("0.00")
    world.assert_sound()


def test_a_breach_in_the_books_fails_the_check_and_is_an_auditors_to_look_into(paying: Paying) -> None:
    world = paying.world
    view = world.line_of(world.active(stated("care", "100.00")))
    night = night_of(paying)
    on(night, paying, 4, 1)
    assert said(night, VERIFY_BOOKS)[0] == "done"
    heading = Heading(date(2026, 4, 1), "By another way", Source("test", uuid4()))
    with world.service.unit(world.finance) as uow:
        found = portions(view, days_of(date(2026, 4, 1), None), pounds("7.00"))
        posting.post(uow, events.money_left_account(heading, found))
    on(night, paying, 4, 2)
    state, sentence = said(night, VERIFY_BOOKS)
    assert (state, sentence.split(":")[0]) == (
        "failed",
        "1 identity of the books did not hold, the first one number 6",
    )
    assert said(night, RAISE_TASKS)[0] == "done"
    with world.service.unit(world.auditor) as uow:
        task = uow.session.scalars(select(Task).where(Task.kind == "books.look_into")).one()
    assert (task.roles, task.since_on, task.due_on) == (["auditor"], date(2026, 4, 2), date(2026, 4, 3))


def test_the_books_are_sealed_and_their_heads_written_outside_once_a_day(paying: Paying, tmp_path: Path) -> None:
    paying.world.active(stated("care", "100.00"))
    night = replace(night_of(paying), heads_path=tmp_path)
    on(night, paying, 4, 1)
    state, sentence = said(night, SEAL_BOOKS)
    assert (state, "were sealed." in sentence) == ("done", True)
    (file,) = tmp_path.iterdir()
    assert file.name == f"2026-04-01-{night.service.commissioner_id}.json"
    with night.service.unit(paying.world.auditor) as uow:
        kept = {head.stream.value: head.head.hex() for head in sealing.heads(uow.session)}
    assert {head["stream"]: head["head"] for head in json.loads(file.read_text())["heads"]} == kept
    before = file.read_bytes()
    publish(tmp_path, night.service.commissioner_id, date(2026, 4, 1), [])
    assert file.read_bytes() == before


def test_the_day_before_is_counted_and_kept(paying: Paying) -> None:
    night = night_of(paying)
    paying.world.active(stated("care", "100.00"))
    on(night, paying, 4, 2)
    assert said(night, COUNT_DAY) == ("done", "1 April 2026 was counted.")
    report = paying.world.ask(paying.world.auditor, checks, date(2026, 4, 1))
    assert report.kept_at == datetime(2026, 4, 2, 11, tzinfo=UTC)
    assert (report.whole.people, report.whole.budgets) == (1, 1)


def test_a_file_that_waits_is_taken_in_at_once(night: Night) -> None:
    night.do()
    assert night.rows(IMPORT_FILES) == []
    night.service.do(night.service.administrator, request_import, "calendars", A_HOLIDAY)
    assert [ran.due.job for ran in night.do()] == ["import-files"]
    assert night.do() == []
    row = night.newest(IMPORT_FILES)
    assert (row.state, row.counts, row.due_at) == ("done", {"files": 1}, night.real.at)
    with night.service.unit(night.service.administrator) as uow:
        assert uow.session.scalars(select(ImportJob.state)).all() == ["done"]
        assert uow.session.scalars(select(BankHoliday.day)).all() == [date(2026, 12, 28)]


def test_what_happens_by_itself_is_audited_as_the_systems_and_under_the_runs_own_request(paying: Paying) -> None:
    paying.paid_plan()
    night = night_of(paying)
    on(night, paying, 4, 1)
    with paying.world.service.unit(paying.clerk) as uow:
        event = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "payment_run.assembled")).one()
    assert (event.user_id, event.roles) == (SYSTEM_USER_ID, ["system"])


def test_without_a_folder_for_mail_nothing_is_tried(night: Night) -> None:
    night.do()
    assert night.rows(DELIVER_MESSAGES) == []


def test_on_the_first_of_a_month_each_funders_share_is_made_exact(spender: Spender) -> None:
    """Three times £10.01 at 60 % is £6.01 each; of £30.03 the NHS bears 18.018, so 18.03 - 18.02 goes over."""
    for _ in range(3):
        spender.spend("10.01")
    night = Night(spender.world.service, Hands(noon(6, 30)))
    night.do()
    assert night.newest(TRUE_UP_FUNDERS).sentence == "Shares are made exact on the first day of each month."
    night.next_day()
    assert night.newest(TRUE_UP_FUNDERS).sentence == "Of 1 budget with another funder, 1 had shares to be made exact."
    spender.world.on(date(2026, 7, 1))
    spender.assert_sound()
    with spender.world.service.unit(spender.world.finance) as uow:
        (row,) = uow.session.scalars(select(Journal).where(Journal.kind == "funds_trued_up"))
    assert (row.effective_on, row.narration) == (
        date(2026, 6, 30),
        "Each funder's share made exact to the end of June 2026",
    )
