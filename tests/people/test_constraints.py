"""What the database refuses about people, whoever asks, and that two commissioners never meet in it."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tests.people.conftest import Service

PERSON = (
    "INSERT INTO person (commissioner_id, id, reference, trace_status, given_names, family_name, address_lines,"
    " statement_format, language, version, nhs_number, date_of_birth, died_on, postcode)"
    " VALUES (:c, :p, :ref, :trace, 'A', 'B', '{}', :format, 'en', 1, :nhs, :born, :died, :postcode)"
)
GOOD: dict[str, object] = {
    "ref": "r",
    "trace": "none",
    "format": "html",
    "nhs": None,
    "born": "1980-01-01",
    "died": None,
    "postcode": None,
}
RELATION = (
    "INSERT INTO relation (commissioner_id, person_id, kind, basis, acting_person_id, scopes, start_on, end_on,"
    " sees_from, consent_of, consent_on, consent_recorded, version)"
    " VALUES (:c, :p, :kind, 'nominated', :a, :scopes, '2026-04-01', :end, '2026-04-01', :of, :on, :how, 1)"
)
NOMINEE: dict[str, object] = {
    "kind": "nominee",
    "scopes": ["budget"],
    "end": None,
    "of": "person",
    "on": "2026-03-01",
    "how": "Form",
}


class Raw:
    """SQL as the application's role sends it, for one commissioner, always rolled back."""

    def __init__(self, engine: Engine, commissioner_id: object) -> None:
        self.engine = engine
        self.names = {"c": commissioner_id, "p": uuid4(), "a": uuid4()}

    def run(self, *statements: tuple[str, dict[str, object]]) -> int:
        """Run statements in turn and return how many rows the last one touched."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT set_config('phb.commissioner_id', :c, true)"), {"c": str(self.names["c"])})
            for statement, values in statements:
                result = connection.execute(text(statement), self.names | values)
            return result.rowcount

    def refused_by(self, constraint: str, *statements: tuple[str, dict[str, object]]) -> None:
        """Fail unless the statements break a constraint."""
        with pytest.raises(DBAPIError, match=constraint):
            self.run(*statements)


@pytest.fixture
def raw(engine: Engine) -> Raw:
    """Return SQL of a commissioner of its own."""
    return Raw(engine, uuid4())


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"nhs": "9434765910", "trace": "verified"}, "ck_person_nhs_number"),
        ({"nhs": "1111111111", "trace": "verified"}, "ck_person_nhs_number"),
        ({"nhs": "9434765919"}, "ck_person_traced"),
        ({"trace": "verified"}, "ck_person_traced"),
        ({"trace": "guessed"}, "ck_person_trace"),
        ({"died": "1979-12-31"}, "ck_person_died"),
        ({"born": "1066-10-14"}, "ck_person_born"),
        ({"format": "papyrus"}, "ck_person_statement_format"),
        ({"postcode": "nv1 2ab"}, "ck_person_postcode"),
        ({"ref": ""}, "ck_person_reference"),
    ],
)
def test_a_person_that_cannot_be_is_refused(raw: Raw, changes: dict[str, object], constraint: str) -> None:
    assert raw.run((PERSON, GOOD)) == 1
    raw.refused_by(constraint, (PERSON, GOOD | changes))


def test_a_reference_and_a_number_are_unique_inside_a_commissioner(raw: Raw) -> None:
    other: dict[str, object] = {"p": uuid4()}
    traced: dict[str, object] = {"nhs": "9434765919", "trace": "verified"}
    raw.refused_by("uq_person_reference", (PERSON, GOOD), (PERSON, GOOD | other))
    raw.refused_by("uq_person_nhs_number", (PERSON, GOOD | traced), (PERSON, GOOD | traced | other | {"ref": "s"}))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"kind": "friend"}, "ck_relation_kind"),
        ({"scopes": ["everything"]}, "ck_relation_scopes"),
        ({"scopes": []}, "ck_relation_scopes"),
        ({"end": "2026-03-31"}, "ck_relation_dates"),
        ({"of": "not_needed"}, "ck_relation_consent"),
        ({"of": "not_needed", "on": None, "how": None}, "ck_relation_consent_needed"),
        ({"on": "2026-04-02"}, "ck_relation_consent_first"),
        ({"how": ""}, "ck_relation_consent"),
        ({"kind": "broker"}, "ck_relation_party"),
        ({"kind": "care_coordinator"}, "ck_relation_party"),
        ({"a": None}, "ck_relation_one_party"),
    ],
)
def test_a_relation_that_cannot_be_is_refused(raw: Raw, changes: dict[str, object], constraint: str) -> None:
    people = [(PERSON, GOOD), (PERSON, GOOD | {"p": raw.names["a"], "ref": "a"})]
    assert raw.run(*people, (RELATION, NOMINEE)) == 1
    raw.refused_by(constraint, *people, (RELATION, NOMINEE | changes))


def test_two_nominees_and_the_same_one_twice_are_refused(raw: Raw) -> None:
    another = uuid4()
    people = [(PERSON, GOOD | {"p": who, "ref": str(who)}) for who in (raw.names["p"], raw.names["a"], another)]
    raw.refused_by("ex_relation", *people, (RELATION, NOMINEE), (RELATION, NOMINEE))
    raw.refused_by("ex_relation_only_one", *people, (RELATION, NOMINEE), (RELATION, NOMINEE | {"a": another}))
    raw.refused_by("ck_relation_not_oneself", *people, (RELATION, NOMINEE | {"a": raw.names["p"]}))
    advocate = NOMINEE | {"kind": "advocate"}
    assert raw.run(*people, (RELATION, advocate), (RELATION, advocate | {"a": another})) == 1


def test_a_relation_stays_inside_its_commissioner(raw: Raw, service: Service) -> None:
    stranger = service.person()
    raw.refused_by("fk_relation_acting_person", (PERSON, GOOD), (RELATION, NOMINEE | {"a": stranger}))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM person",
        "DELETE FROM relation",
        "UPDATE person SET id = gen_random_uuid()",
        "UPDATE relation SET scopes = '{record}'",
        "UPDATE direct_payment_consent SET given_on = '2020-01-01'",
        "UPDATE user_account SET sign_in_name = 'other'",
        "UPDATE user_role SET role = 'approver'",
        "UPDATE access_token SET expires_at = now() + interval '1 year'",
        "UPDATE commissioner SET name = 'Other'",
        "UPDATE capacity_assessment SET has_capacity = true",
        "DELETE FROM exclusion_ground",
    ],
)
def test_the_application_may_not(raw: Raw, statement: str) -> None:
    raw.refused_by("permission denied", (statement, {}))


TABLES = [
    "organisation",
    "person",
    "communication_need",
    "protected_characteristics",
    "user_account",
    "user_role",
    "relation",
    "capacity_assessment",
    "direct_payment_consent",
    "exclusion",
    "credential",
    "access_token",
    "bank_holiday",
]


@pytest.mark.parametrize("table", TABLES)
def test_a_commissioner_sees_no_row_of_another(raw: Raw, service: Service, table: str) -> None:
    service.person()
    assert raw.run((f"SELECT 1 FROM {table}", {})) == 0  # noqa: S608 - a table of the list above


def test_a_commissioner_writes_no_row_of_another(raw: Raw, service: Service) -> None:
    raw.refused_by("row-level security", (PERSON, GOOD | {"c": service.commissioner_id}))
    made = "INSERT INTO commissioner VALUES (:other, 'QXYZ', 'X', now())"
    raw.refused_by("row-level security", (made, {"other": uuid4()}))
