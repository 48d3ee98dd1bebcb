"""The shape of the JSON, which machines rely on."""

import json
from datetime import date

from phb.core.money import pounds
from phb.core.period import Period
from phb.documents.as_json import amount, render
from phb.documents.document import Column, Table
from tests.documents.examples import document, facts, table


def test_the_shape_is_as_documented() -> None:
    columns = (Column("day", "Day"), Column("for", "For"), Column("note", "Note"), Column("sum", "Sum", numeric=True))
    days = Period.of_days(date(2026, 4, 1), date(2026, 4, 30))
    rows = Table(
        "rows",
        "Rows",
        columns,
        ((date(2026, 4, 2), days, "ŵ", None),),
        ("Total", None, None, pounds("-0.5")),
    )
    assert json.loads(render(document(facts(), rows))) == {
        "title": "A document in full",
        "language": "en-GB",
        "reference": "Reference 1",
        "sections": [
            {
                "key": "one",
                "about": None,
                "heading": "One section",
                "paragraphs": ["A paragraph."],
                "facts": {"facts": {"sum": {"amount": "1.00", "currency": "GBP"}}},
                "tables": {
                    "rows": {
                        "rows": [
                            {
                                "day": "2026-04-02",
                                "for": {"start_on": "2026-04-01", "last_day": "2026-04-30"},
                                "note": "ŵ",
                                "sum": None,
                            }
                        ],
                        "total": {"sum": {"amount": "-0.50", "currency": "GBP"}},
                    }
                },
            }
        ],
    }


def test_a_number_is_a_number() -> None:
    written = json.loads(render(document(table((12, None)))))
    assert written["sections"][0]["tables"]["table"]["rows"] == [{"note": 12, "sum": None}]


def test_an_amount_always_has_two_decimals() -> None:
    assert amount(pounds("1234567.1")) == {"amount": "1234567.10", "currency": "GBP"}
