"""Payees and their accounts: sealed, masked, checked, and in use once a second person confirmed them."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError, Role
from phb.payments import vault
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.modulus import POSITIONS, AccountNumberError, ModulusTableError, SortCodeError
from phb.payments.payees import operations, queries, weights
from phb.payments.payees import paying as own
from phb.payments.payees.details import BankDetails
from phb.payments.payees.models import BankAccount
from phb.people.kinds import OrganisationKind
from phb.people.saving import Change, ChangedMeanwhileError
from tests.payments.conftest import DETAILS, OTHER_DETAILS, OWN_DETAILS, Paying
from tests.people.conftest import Service

WRONG = BankDetails("08-99-99", "66374959", "A Example")
UNKNOWN = BankDetails("00-00-01", "12345678", "A Example")
WEIGHTS = {
    "file_order": "1",
    "sort_code_from": "089999",
    "sort_code_to": "089999",
    "method": "MOD10",
    **dict(zip(POSITIONS, ["0", "0", "0", "0", "0", "0", "7", "1", "3", "7", "1", "3", "7", "1"], strict=True)),
    "exception": "",
}
SUBSTITUTE = {
    "sort_code_from": "938600",
    "sort_code_to": "938600",
    "method": "SUBSTITUTE",
    "substitute_sort_code": "938611",
}


def propose(paying: Paying, details: BankDetails, use: AccountUse = AccountUse.DEDICATED) -> BankAccount:
    """Propose bank details for the holder."""
    row: BankAccount = paying.do(paying.clerk, operations.propose_bank_account, paying.payee_id, details, use=use).row
    return row


def test_the_database_holds_no_readable_details(paying: Paying) -> None:
    account = propose(paying, OTHER_DETAILS)
    with paying.world.service.unit(paying.clerk) as uow:
        row = str(uow.session.execute(text("SELECT * FROM bank_account WHERE id = :id"), {"id": account.id}).one())
        facts = uow.session.execute(
            text("SELECT string_agg(facts::text || coalesce(reason, ''), ' ') FROM audit_event")
        )
        audited = str(facts.scalar())
    for part in (OTHER_DETAILS.sort_code, OTHER_DETAILS.account_number, OTHER_DETAILS.name):
        assert part not in row
        assert part not in audited
    assert account.masked == "account ending 91"


def test_details_are_in_use_once_a_second_person_confirmed_them(paying: Paying) -> None:
    account = propose(paying, OTHER_DETAILS)
    with pytest.raises(operations.ConfirmOwnDetailsError):
        paying.do(paying.clerk, operations.confirm_bank_account, account.id)
    with paying.world.service.unit(paying.clerk) as uow:
        assert queries.account_in_use(uow.session, paying.payee_id).id != account.id  # type: ignore[union-attr]
    with pytest.raises(ChangedMeanwhileError):
        paying.do(paying.checker, operations.confirm_bank_account, account.id, version=9)
    paying.do(paying.checker, operations.confirm_bank_account, account.id)
    with pytest.raises(operations.DetailsConfirmedAlreadyError):
        paying.do(paying.checker, operations.confirm_bank_account, account.id)


def test_older_details_are_not_confirmed_after_newer_ones(paying: Paying) -> None:
    older = propose(paying, OTHER_DETAILS)
    propose(paying, UNKNOWN)
    with pytest.raises(operations.DetailsConfirmedAlreadyError):
        paying.do(paying.checker, operations.confirm_bank_account, older.id)


def test_the_same_details_again_change_nothing(paying: Paying) -> None:
    put = paying.do(paying.clerk, operations.propose_bank_account, paying.payee_id, DETAILS, use=AccountUse.DEDICATED)
    assert put.change is Change.UNCHANGED


def test_the_modulus_check_refuses_what_cannot_be_and_not_what_it_does_not_know(paying: Paying) -> None:
    administrator = paying.world.administrator
    assert propose(paying, WRONG).modulus_outcome == "not-checkable"
    paying.do(administrator, weights.import_table, [WEIGHTS, SUBSTITUTE], version="8.50")
    with pytest.raises(operations.BankDetailsWrongError):
        propose(paying, BankDetails("08-99-99", "66374960", "A Example"))
    assert (propose(paying, DETAILS).modulus_outcome, propose(paying, DETAILS).modulus_version) == ("valid", "8.50")
    assert propose(paying, UNKNOWN).modulus_outcome == "not-checkable"
    assert paying.do(paying.clerk, operations.check_of, WRONG) == {"outcome": "invalid", "table_version": "8.50"}


def test_without_a_table_nothing_can_be_checked(paying: Paying) -> None:
    assert paying.do(paying.clerk, operations.check_of, DETAILS) == {"outcome": "not-checkable", "table_version": None}


def test_a_weight_table_is_imported_once_and_then_closed(paying: Paying) -> None:
    administrator = paying.world.administrator
    assert paying.do(administrator, weights.import_table, [WEIGHTS], version="8.50").change is Change.ADDED
    again = paying.do(administrator, weights.import_table, [WEIGHTS], version="8.50")
    assert (again.change, again.row.rows) == (Change.UNCHANGED, 1)
    for cells in (WEIGHTS | {"exception": "1"}, WEIGHTS | {"file_order": "2"}):
        with pytest.raises(weights.WeightKnownDifferentlyError):
            paying.do(administrator, weights.record_weight, version="8.50", cells=cells)
    with pytest.raises(ModulusTableError):
        paying.do(administrator, weights.record_weight, version="8.60", cells=WEIGHTS | {"u": "x"})
    with pytest.raises(ModulusTableError):
        paying.do(administrator, weights.use_table, "9.99")
    with pytest.raises(ProgrammingError, match="gets no more rows"), paying.world.service.unit(administrator) as uow:
        uow.session.execute(
            text("INSERT INTO modulus_weight VALUES (:id, '8.50', '9', '{}')"), {"id": uow.commissioner_id}
        )


@pytest.mark.parametrize(
    ("sort_code", "account", "error"),
    [("12345", "12345678", SortCodeError), ("123456", "1234567890", AccountNumberError)],
)
def test_what_no_file_could_carry_is_refused(sort_code: str, account: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        BankDetails(sort_code, account, "A Example")


def test_only_a_dedicated_account_is_approved_once_and_on_evidence(paying: Paying) -> None:
    account = propose(paying, OTHER_DETAILS)
    with pytest.raises(operations.AccountUseError, match="Say what was seen"):
        paying.do(paying.checker, operations.approve_bank_account, account.id, evidence=" ")
    paying.do(paying.checker, operations.approve_bank_account, account.id, evidence="Seen")
    with pytest.raises(operations.AccountUseError):
        paying.do(paying.checker, operations.approve_bank_account, account.id, evidence="Seen")
    with pytest.raises(operations.AccountUseError, match="no “managed” account"):
        propose(paying, OTHER_DETAILS, AccountUse.MANAGED)


def test_the_database_refuses_changed_details_and_a_confirmation_by_their_proposer(paying: Paying) -> None:
    account = propose(paying, OTHER_DETAILS)
    own_hand = "UPDATE bank_account SET confirmed_by = proposed_by, confirmed_at = now() WHERE id = :id"
    for statement, error in ((own_hand, IntegrityError), ("UPDATE bank_account SET ending = '00'", ProgrammingError)):
        with pytest.raises(error), paying.world.service.unit(paying.clerk) as uow:
            uow.session.execute(text(statement), {"id": account.id} if ":id" in statement else {})


def test_without_a_key_no_details_are_kept(paying: Paying, session_factory: sessionmaker[Session]) -> None:
    paying.world.service.sessions = session_factory
    with pytest.raises(vault.NoKeyError):
        propose(paying, OTHER_DETAILS)


@pytest.mark.parametrize("kind", list(PayeeKind))
def test_each_kind_of_payee_has_its_party(paying: Paying, kind: PayeeKind) -> None:
    with pytest.raises(operations.PayeePartyError):
        paying.do(paying.clerk, operations.add_payee, kind, reference="P-1")
    organisation = paying.world.provider_id
    parties = {
        PayeeKind.HOLDER: {"person_id": paying.world.service.person()},
        PayeeKind.REPRESENTATIVE: {"person_id": paying.world.person_id, "organisation_id": organisation},
        PayeeKind.NOMINEE: {"person_id": paying.world.person_id, "acting_person_id": paying.world.service.person()},
    }
    party = parties.get(kind, {"organisation_id": organisation})
    added = paying.do(paying.clerk, operations.add_payee, kind, reference="P-1", **party)
    again = paying.do(paying.clerk, operations.add_payee, kind, reference="P-1", **party)
    assert (added.change, again.change, again.row.id) == (Change.ADDED, Change.UNCHANGED, added.row.id)
    for reference in ("P-1", "P-2"):
        other = {"organisation_id": paying.world.third_party_id} if reference == "P-1" else party
        other_kind = PayeeKind.THIRD_PARTY if reference == "P-1" else kind
        if reference == "P-1" and kind is PayeeKind.THIRD_PARTY:
            other_kind = PayeeKind.PROVIDER
        with pytest.raises(operations.PayeeKnownDifferentlyError):
            paying.do(paying.clerk, operations.add_payee, other_kind, reference=reference, **other)


def test_an_organisation_nobody_knows_is_refused(paying: Paying) -> None:
    with pytest.raises(operations.PayeePartyError):
        paying.do(paying.clerk, operations.add_payee, PayeeKind.PROVIDER, reference="P-1", organisation_id=uuid4())


def test_a_payee_is_seen_by_its_person_masked_and_by_nobody_elses(paying: Paying) -> None:
    world = paying.world
    view = paying.ask(world.holder, queries.payee_with_accounts, paying.payee_id, world.service.today)
    assert [account.masked for account in view.accounts] == ["account ending 58"]
    other_id = world.service.person()
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=other_id)
    provider = paying.payee(PayeeKind.PROVIDER, organisation_id=world.provider_id)
    for payee_id in (paying.payee_id, provider):
        with pytest.raises(queries.PayeeNotFoundError):
            paying.ask(stranger, queries.payee, payee_id, world.service.today)
    with pytest.raises(queries.BankAccountNotFoundError):
        paying.ask(stranger, queries.bank_account, view.accounts[0].id, world.service.today)
    assert paying.ask(paying.clerk, queries.payee, provider, world.service.today).kind == "provider"
    reference = view.payee.reference
    assert paying.ask(paying.clerk, queries.payee_by_reference, reference, world.service.today).id == paying.payee_id


def test_the_account_to_pay_from_is_confirmed_by_a_second_person(paying: Paying) -> None:
    same = paying.do(paying.clerk, own.propose_paying_account, OWN_DETAILS, service_user_number="123456")
    assert same.change is Change.UNCHANGED
    other = paying.do(
        paying.clerk, own.propose_paying_account, OWN_DETAILS, service_user_number="654321", first_serial=900
    ).row
    with pytest.raises(operations.ConfirmOwnDetailsError):
        paying.do(paying.clerk, own.confirm_paying_account, other.id)
    assert paying.do(paying.checker, own.confirm_paying_account, other.id).masked == "account ending 72"
    with pytest.raises(own.PayingAccountNotFoundError):
        paying.do(paying.checker, own.confirm_paying_account, uuid4())
    paying.paid_plan()
    assert paying.released().serial == "000900"


def test_who_may_not_enter_payees_may_not(paying: Paying) -> None:
    with pytest.raises(MissingPermissionError):
        paying.do(paying.world.holder, operations.add_payee, PayeeKind.PROVIDER, reference="P-9")


def test_a_commissioner_without_an_account_says_so(vault_sessions: sessionmaker[Session]) -> None:
    service = Service(vault_sessions)
    assert service.organisation(OrganisationKind.PROVIDER)
    with pytest.raises(queries.NoPayingAccountError), service.unit(service.administrator) as uow:
        queries.paying_account_in_use(uow.session)
