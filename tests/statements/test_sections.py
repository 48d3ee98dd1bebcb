"""What a statement says: each figure of the value at its place, and only what its kind of budget has."""

import json
from dataclasses import replace
from typing import Any

from phb.statements.formats import render
from phb.statements.sections import document_of
from phb.statements.statement import Statement
from tests.statements import examples


def said(statement: Statement) -> dict[str, Any]:
    """Return a statement's sections by key, amounts as plain text; of two sections of one key the last."""

    def plain(value: dict[str, Any]) -> Any:  # whatever JSON holds
        return value["amount"] if "amount" in value and "currency" in value else value

    file = json.loads(render(document_of(statement), "json"), object_hook=plain)
    return {section["key"]: section for section in file["sections"]}


def sentences(statement: Statement) -> str:
    return " ".join(text for section in document_of(statement).sections for text in section.paragraphs)


def test_the_direct_payment_says_what_its_value_holds() -> None:
    sections = said(examples.direct_payment())
    assert sections["position"]["facts"] == {
        "position": {"approved": "18200.00", "spent": "3958.50", "committed": "1100.25", "available": "13141.25"},
        "spent_so_far": {"spent_before": "0.00", "spent_in_period": "3958.50", "spent": "3958.50"},
        "alongside": {
            "still_to_pay_out": "10500.00",
            "in_payment": "1400.00",
            "came_back": "350.00",
            "asked_about": "45.99",
        },
    }
    assert sections["cash"]["facts"]["cash"] == {
        "opening": "512.40",
        "received": "5600.00",
        "put_back": "30.00",
        "spent": "3958.50",
        "asked_about": "75.99",
        "returned": "100.00",
        "came_back": "350.00",
        "closing": "1657.91",
    }
    assert sections["payments"]["facts"] == {
        "due_and_received": {"due": "4550.00", "received": "5600.00"},
        "next_payment": {
            "pay_on": "2026-07-22",
            "amount": "1400.00",
            "covers": {"start_on": "2026-07-22", "last_day": "2026-08-18"},
        },
    }


def test_the_running_column_starts_with_the_opening_cash_and_ends_with_the_closing() -> None:
    rows = said(examples.direct_payment())["cash"]["tables"]["movements"]["rows"]
    assert [rows[0]["cash_held"], rows[1]["cash_held"], rows[-1]["cash_held"]] == ["512.40", "1912.40", "1657.91"]
    assert (rows[1]["money_in"], rows[1]["money_out"]) == ("1400.00", None)
    assert (rows[2]["money_in"], rows[2]["money_out"]) == (None, "1240.00")


def test_each_payment_received_names_its_days() -> None:
    first = said(examples.direct_payment())["payments"]["tables"]["received"]["rows"][0]
    assert first["covers"] == {"start_on": "2026-04-01", "last_day": "2026-04-28"}


def test_spending_is_added_up_by_outcome_and_by_category_with_evidence_apart() -> None:
    tables = said(examples.direct_payment())["spending"]["tables"]
    well = {"name": "Stay well and keep moving", "seen": "0.00", "awaited": "220.00", "not_needed": "18.50"}
    assert tables["by_outcome"]["rows"][1] == {**well, "whole": "238.50"}
    assert [row["name"] for row in tables["by_category"]["rows"]] == [
        "Activities",
        "Personal assistant wages",
        "Therapy",
    ]
    whole = {"seen": "2480.00", "awaited": "1460.00", "not_needed": "18.50", "whole": "3958.50"}
    assert tables["by_outcome"]["total"] == tables["by_category"]["total"] == whole


def test_money_asked_about_shows_its_reason_and_code() -> None:
    first = said(examples.direct_payment())["cash"]["tables"]["questions"]["rows"][0]
    assert first == {
        "happened_on": "2026-05-09",
        "what": "card payment, Homestore Online",
        "reason": "The plan does not mention this. Please tell us what it was for.",
        "reason_code": "not-in-plan",
        "amount": "45.99",
    }


def test_a_notional_budget_has_neither_cash_nor_payments() -> None:
    sections = said(examples.notional())
    assert not {"cash", "payments"} & set(sections)
    assert "alongside" not in sections["position"]["facts"]
    assert "NHS Northvale Integrated Care Board holds the money" in sentences(examples.notional())


def test_an_empty_period_says_so() -> None:
    sections = said(examples.nothing_happened())
    assert sections["cash"]["paragraphs"] == ["No money came in or went out."]
    assert sections["spending"]["paragraphs"] == ["Nothing was spent in the days of this statement."]
    assert not sections["spending"]["tables"]
    assert "No further payment is planned yet." in sections["payments"]["paragraphs"]


def test_less_than_nothing_available_is_said_in_words_and_as_a_negative_amount() -> None:
    statement = examples.overspent()
    assert "the budget was £3,353.75 short" in sentences(statement)
    assert said(statement)["position"]["facts"]["position"]["available"] == "-3353.75"


def test_owed_back_shows_only_where_there_is_any() -> None:
    assert said(examples.overspent())["position"]["facts"]["position"]["owed_back"] == "45.00"
    assert "owed_back" not in said(examples.direct_payment())["position"]["facts"]["position"]
    assert "£45.00 of earlier spending was not accepted" in sentences(examples.overspent())


def test_several_pots_show_their_positions_and_the_budget_below_them() -> None:
    pots = said(examples.overspent())["position"]["tables"]["pots"]
    assert [row["available"] for row in pots["rows"]] == ["13141.25", "-95.00", "-16400.00"]
    assert pots["total"]["available"] == "-3353.75"
    two = examples.direct_pot(), examples.notional().pots[0]
    without = examples.statement(two)
    assert "owed_back" not in said(without)["position"]["tables"]["pots"]["rows"][0]


def test_each_account_is_told_apart() -> None:
    about = [section.about for section in document_of(examples.overspent()).sections if section.key == "cash"]
    assert about == [f"Direct payment, held by {examples.HOLDER}", "Third-party budget, held by Harbour Support CIC"]


def test_days_are_shown_to_the_last_and_evidence_asked_for() -> None:
    words = sentences(examples.direct_payment())
    assert "1 April 2026 to 30 June 2026" in words
    assert "A receipt or invoice is still needed for £1,460.00" in words
    assert "still needed" not in sentences(examples.notional())


def test_the_reader_is_told_how_to_query_and_to_ask_again() -> None:
    statement = replace(examples.notional(), how_to_ask_again=("Write to the panel.",))
    assert said(statement)["how_to_ask_again"]["paragraphs"] == ["Write to the panel."]
    assert said(statement)["how_to_query"]["paragraphs"] == list(examples.QUERY)


def test_a_next_payment_may_come_without_days() -> None:
    statement = examples.direct_payment()
    payment = statement.pots[0].next_payment
    assert payment is not None
    pot = replace(statement.pots[0], next_payment=replace(payment, covers=None))
    assert set(said(replace(statement, pots=(pot,)))["payments"]["facts"]["next_payment"]) == {"pay_on", "amount"}
