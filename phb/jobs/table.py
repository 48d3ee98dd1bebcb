"""Which operation each job is: phb.governance.jobs says what it does and when."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

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
    WRITE_DIGESTS,
    Job,
)
from phb.jobs import steps
from phb.jobs.work import Installation, Step

STEPS: Mapping[Job, Step] = {
    SETTLE_PAYMENTS: steps.settle_payments,
    EXPIRE_COMMITMENTS: steps.expire_commitments,
    TRUE_UP_FUNDERS: steps.true_up_funders,
    SEAL_BOOKS: steps.seal_books,
    VERIFY_BOOKS: steps.check_books,
    COUNT_DAY: steps.count_yesterday,
    ASSEMBLE_RUNS: steps.assemble_payment_run,
    RAISE_TASKS: steps.raise_tasks,
    WRITE_DIGESTS: steps.write_digests,
    IMPORT_FILES: steps.import_files,
    DELIVER_MESSAGES: steps.deliver_messages,
}

# Whether something waits, for the jobs that run whenever something does.
WAITS: Mapping[Job, Callable[[Session, Installation], bool]] = {
    IMPORT_FILES: steps.has_files,
    DELIVER_MESSAGES: steps.has_messages,
}
