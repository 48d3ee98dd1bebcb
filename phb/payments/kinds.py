"""The closed lists of this package: payees, accounts, rhythms, holds and what an instruction pays."""

from enum import StrEnum


class PayeeKind(StrEnum):
    """Who is paid."""

    HOLDER = "holder"
    REPRESENTATIVE = "representative"
    NOMINEE = "nominee"
    MANAGED_ACCOUNT = "managed_account"
    THIRD_PARTY = "third_party"
    PROVIDER = "provider"


class AccountUse(StrEnum):
    """What an account is for (SI 2013/1617 reg 10)."""

    DEDICATED = "dedicated"  # the payee's own, for this money alone; the commissioner approves it
    MANAGED = "managed"  # held by somebody appointed to hold and apply the money
    ONE_OFF = "one_off"  # any account, for the only payment of a financial year
    ORGANISATION = "organisation"  # a provider's or a third party's


USES = {
    PayeeKind.HOLDER: frozenset({AccountUse.DEDICATED, AccountUse.ONE_OFF}),
    PayeeKind.REPRESENTATIVE: frozenset({AccountUse.DEDICATED, AccountUse.ONE_OFF}),
    PayeeKind.NOMINEE: frozenset({AccountUse.DEDICATED, AccountUse.ONE_OFF}),
    PayeeKind.MANAGED_ACCOUNT: frozenset({AccountUse.MANAGED}),
    PayeeKind.THIRD_PARTY: frozenset({AccountUse.ORGANISATION}),
    PayeeKind.PROVIDER: frozenset({AccountUse.ORGANISATION}),
}


class HoldKind(StrEnum):
    """Why nothing is paid: for a while, or not again."""

    HOLD = "hold"
    STOP = "stop"


class SubjectKind(StrEnum):
    """What an instruction pays."""

    INSTALMENT = "instalment"
    INVOICE = "invoice"


class Ended(StrEnum):
    """Why an instalment is not paid any more."""

    REPLANNED = "replanned"
    GIVEN_UP = "given_up"


ONCE = "once"  # beside the rhythms of the policy: a schedule of one payment
