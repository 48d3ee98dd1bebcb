"""A file of every kind is taken, and the same file again changes nothing."""

import pytest

from phb.core.period import financial_year
from phb.governance import policy
from phb.governance.delegation import history
from phb.governance.policies import ReviewPolicy
from phb.intake.kinds import KINDS
from phb.ledger import identities
from phb.payments.payees.queries import account_in_use, modulus_table, payee_by_reference
from tests.intake.conftest import Office, changed
from tests.intake.kinds.world import PAYEE, after, files, take_until


def test_every_kind_is_taken_and_the_same_file_again_changes_nothing(office: Office) -> None:
    found = files(office)
    assert set(found) == set(KINDS)
    for name, (by, text) in found.items():
        assert set(changed(office.good(name, by, text))) == {"added"}, name
        after(office, name)
    for name, (by, text) in found.items():
        assert set(changed(office.good(name, by, text))) == {"unchanged"}, name
    with office.service.unit(office.actors["auditor"]) as uow:
        assert [result for result in identities.verify(uow.session) if result.first_breach] == []


def test_a_policy_is_proposed_then_confirmed_then_nothing(office: Office) -> None:
    _, text = files(office)["policies"]
    assert [changed(office.good("policies", by, text)) for by in ("ada", "ada", "bo", "bo", "ada")] == [
        {"added": 1},
        {"unchanged": 1},
        {"changed": 1},
        {"unchanged": 1},
        {"unchanged": 1},
    ]
    with office.service.unit(office.actors["ada"]) as uow:
        assert policy.read(uow.session, ReviewPolicy, financial_year(2026).start_on).first_within_months == 2


def test_a_limit_is_proposed_then_confirmed_then_nothing(office: Office) -> None:
    _, text = files(office)["delegations"]
    assert [changed(office.good("delegations", by, text)) for by in ("ada", "ada", "bo", "bo")] == [
        {"added": 1},
        {"unchanged": 1},
        {"changed": 1},
        {"unchanged": 1},
    ]
    with office.service.unit(office.actors["ada"]) as uow:
        assert [limit.confirmed_by for limit in history(uow.session)] == [office.actors["bo"].user_id]


def test_a_payee_is_proposed_then_confirmed_and_approved_then_nothing(office: Office) -> None:
    found = take_until(office, "payees")
    _, text = found["payees"]
    assert [changed(office.good("payees", by, text)) for by in ("clerk", "clerk", "checker", "clerk")] == [
        {"added": 1},
        {"unchanged": 1},
        {"changed": 1},
        {"unchanged": 1},
    ]
    with office.service.unit(office.actors["clerk"]) as uow:
        payee = payee_by_reference(uow.session, uow.actor, PAYEE["reference"], uow.today)
        account = account_in_use(uow.session, payee.id)
        assert account is not None
        assert account.approved_by == office.actors["checker"].user_id


def test_modulus_weights_are_in_use_only_when_every_row_was_taken(office: Office) -> None:
    _, text = files(office)["modulus-weights"]
    mistaken = text.replace("MOD10", "MOD9", 1)
    assert len(office.take("modulus-weights", "ada", mistaken).bad_rows) == 1
    with office.service.unit(office.actors["ada"]) as uow:
        assert modulus_table(uow.session) is None
    office.good("modulus-weights", "ada", text)
    with office.service.unit(office.actors["ada"]) as uow:
        table = modulus_table(uow.session)
        assert table is not None
        assert table.version == "8.50"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_who_may_not_write_imports_nothing(office: Office, kind: str) -> None:
    _, text = files(office)[kind]
    report = office.take(kind, "auditor", text)
    assert sum(report.counts.values()) == 0
    assert {bad.code for bad in report.bad_rows} <= {"missing-permission", "unknown-reference"}
