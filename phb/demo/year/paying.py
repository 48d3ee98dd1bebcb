"""The weekly payment run: assembled, approved and released by three people, settled, and what comes back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from phb.core.period import working_day_on_or_before, working_days_before
from phb.demo.office import Office
from phb.demo.year.diary import Diary
from phb.payments.kinds import SubjectKind
from phb.payments.runs import following
from phb.payments.runs.models import Instruction
from phb.payments.runs.operations import NothingToPayError, approve_run, assemble_run, export_run, release_run
from phb.payments.runs.queries import items_of
from phb.payments.schedules.operations import replan_schedule
from phb.payments.workflow import InstructionState

FRIDAY = 4
A_WEEK = timedelta(days=7)


@dataclass
class Payments:
    """The runs of a year, and the files that were written for the bank."""

    office: Office
    holidays: Collection[date]
    run_id: UUID | None = None
    files: dict[str, bytes] = field(default_factory=dict)

    def plan(self, diary: Diary, first: date, last: date) -> None:
        """Write the runs of every week into the diary."""
        for entry_on in self._entry_days(first, last):
            send_on = working_days_before(entry_on, 2, self.holidays)
            assemble_on = working_days_before(send_on, 1, self.holidays)
            diary.add(assemble_on, partial(self.assemble, entry_on))
            diary.add(send_on, self._send)
            diary.add(entry_on, partial(self._settle, entry_on))

    def come_back_before(self, diary: Diary, on: date) -> None:
        """Let one payment of the run that is on its way come back, and send it again the day after."""
        diary.add(on, lambda: self._come_back(diary, on, "The account number is not known", again=True))

    def come_back_after(self, diary: Diary, on: date) -> None:
        """Let one payment that had arrived come back, and give it up: its money is planned again."""
        diary.add(on, lambda: self._come_back(diary, on, "The account was closed", again=False))

    def comes_back(self, on: date) -> None:
        """Record that a payment came back, and leave it to somebody to decide what becomes of it."""
        settled = select(Instruction).where(Instruction.state == InstructionState.SETTLED)
        with self.office.unit(self.office.staff.finance[1]) as uow:
            payment = uow.session.scalars(settled.order_by(Instruction.settled_on.desc(), Instruction.id)).first()
            if payment is not None:
                following.return_payment(uow, payment.id, returned_on=on, reason="The account was closed")

    def _entry_days(self, first: date, last: date) -> Iterator[date]:
        friday = first + timedelta(days=(FRIDAY - first.weekday()) % 7) + A_WEEK
        while friday <= last:
            yield working_day_on_or_before(friday, self.holidays)
            friday += A_WEEK

    def assemble(self, entry_on: date, *, approve: bool = True) -> None:
        """Assemble the run of a week, where anything is to be paid, and let the approver look at it."""
        staff, self.run_id = self.office.staff, None
        try:
            run = self.office.do(
                staff.finance[0], assemble_run, entry_on=entry_on, due_by=entry_on + A_WEEK - timedelta(days=1)
            )
        except NothingToPayError:
            return
        self.run_id = run.id
        if approve:
            self.office.do(staff.approver, approve_run, run.id)

    def _send(self) -> None:
        if self.run_id is None:
            return
        releaser = self.office.staff.releaser
        self.office.do(releaser, release_run, self.run_id)
        file = self.office.do(releaser, export_run, self.run_id)
        self.files[file.name] = file.content

    def _settle(self, on: date) -> None:
        self.office.do(self.office.staff.finance[1], following.settle_due, on)

    def _come_back(self, diary: Diary, on: date, reason: str, *, again: bool) -> None:
        first, second = self.office.staff.finance
        payment = self._an_instalment()
        if payment is None:
            diary.add(on + A_WEEK, lambda: self._come_back(diary, on + A_WEEK, reason, again=again))
            return
        self.office.do(second, following.return_payment, payment.id, returned_on=on, reason=reason)
        if again:
            self.office.do(first, following.reissue_payment, payment.id, reason="The payee gave the number again")
            return
        self.office.do(self.office.staff.approver, following.give_up_payment, payment.id, reason="The plan is changing")
        if payment.pot_id is not None and payment.covers is not None:
            self.office.do(
                first,
                replan_schedule,
                payment.pot_id,
                payee_id=payment.payee_id,
                year=2026,
                reason="One instalment was given up, so its money is shared among those to come",
            )

    def _an_instalment(self) -> Instruction | None:
        """Return a regular instalment of the last run."""
        if self.run_id is None:
            return None
        with self.office.unit(self.office.staff.auditor) as uow:
            views = items_of(uow.session, self.run_id)
        of_pots = (view.instruction for view in views if view.instruction.subject_kind == SubjectKind.INSTALMENT)
        return next(of_pots, None)
