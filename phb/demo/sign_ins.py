"""Somebody of each role whom a newcomer may sign in as: given a password as anybody is, and changed at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from phb.core.actor import Role
from phb.demo.office import Office
from phb.monitoring.duties.queries import inbox, summary
from phb.people.models import User, UserRole
from phb.people.sign_in import sign_in
from phb.people.users.credentials import set_password, sign_out
from phb.people.users.queries import user_by_sign_in_name

PASSWORD = "northvale demonstration only"  # noqa: S105 - of invented people  # pragma: allowlist secret
FIRST_PASSWORD = "to be changed at first sign-in"  # noqa: S105 - it never lasts  # pragma: allowlist secret
ORDER = (
    Role.HOLDER,
    Role.REPRESENTATIVE,
    Role.NOMINEE,
    Role.ADVOCATE,
    Role.BROKER,
    Role.THIRD_PARTY,
    Role.CARE_COORDINATOR,
    Role.CLINICIAN,
    Role.FINANCE_OFFICER,
    Role.APPROVER,
    Role.PAYMENTS_RELEASER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
OF_THE_SERVICE = "users.csv"


NOTHING = "nothing waits"


@dataclass(frozen=True)
class SignIn:
    """A role and the name that somebody with it signs in under."""

    role: Role
    sign_in_name: str

    @property
    def words(self) -> str:
        """The role in words."""
        return self.role.replace("_", " ")


def choose_passwords(office: Office) -> None:
    """Let an administrator give everybody a newcomer may be a first password, and each change it at first sign-in."""
    staff = [row.cells["sign_in_name"] for row in office.rows(OF_THE_SERVICE, "users")]
    names = dict.fromkeys([*staff, *(found.sign_in_name for found in sign_ins(office))])
    for name in names:
        if name in office.staff.administrators:
            continue
        with office.unit(office.staff.administrators[0]) as uow:
            user = user_by_sign_in_name(uow.session, uow.actor, name)
            set_password(uow, user.id, FIRST_PASSWORD)
        signed_in = sign_in(office.sessions, name, FIRST_PASSWORD, new_password=PASSWORD)
        office.do(name, sign_out, signed_in.token)


def sign_ins(office: Office) -> Iterator[SignIn]:
    """Yield the first user of each role that a commissioner has: of those who began first, the first by name."""
    row = UserRole
    names = select(row.role, User.sign_in_name).join(User, User.id == row.user_id).ext(distinct_on(row.role))
    with office.unit(office.staff.administrators[0]) as uow:
        found = uow.session.execute(names.order_by(row.role, row.start_on, User.sign_in_name))
        first = {role: name for role, name in found}  # noqa: C416 - a row is no pair to the type checker
    for role in ORDER:
        if role in first:
            yield SignIn(role, first[role])


def waiting(office: Office, found: SignIn) -> str:
    """Return in words how much somebody has to do, and what comes first."""
    with office.unit(found.sign_in_name) as uow:
        much = summary(uow.session, uow.actor, uow.today)
        first = next(iter(inbox(uow.session, uow.actor, uow.today, limit=1)), None)
    if first is None:
        return NOTHING
    return f"{much.count} to do, first by {first.due_on:%-d %B %Y}: {first.title}"


def table(office: Office) -> list[str]:
    """Return who a newcomer may sign in as, in lines to print: role, sign-in name, what they have waiting."""
    found = list(sign_ins(office))
    wide, name = max(len(one.words) for one in found), max(len(one.sign_in_name) for one in found)
    return [f"  {one.words:{wide}}  {one.sign_in_name:{name}}  {waiting(office, one)}" for one in found]
