"""A stored document is read back as the same document, to every cell and word."""

import json
from datetime import date

import pytest

from phb.core.money import pounds
from phb.core.period import Period
from phb.documents import stored
from phb.documents.document import Column, Document, Fact, Facts, Section, Table
from tests.documents import examples

MAY = Period(date(2026, 5, 1), date(2026, 6, 1))
SUM_OF_ALL = Fact("sum", "Sum", pounds("-1.50"), result=True)
WHOLE = Document(
    "A document",
    "A document in full",
    "Reference 1",
    (
        Section("said", "What is said", paragraphs=("“Mair” has £5.00.", "And more.")),
        Section(
            "figures",
            "Figures",
            blocks=(
                Facts(
                    "facts",
                    "Facts",
                    (Fact("sum", "Sum", pounds("-1.50"), result=True), Fact("day", "Day", MAY.start_on)),
                ),
                Table(
                    "rows",
                    "Rows",
                    (examples.NOTE, Column("days", "Days"), Column("count", "Count", numeric=True), examples.SUM),
                    (("One", MAY, 1_000, pounds("0.01")), (None, None, None, None)),
                    ("Total", None, 1_000, pounds("0.01")),
                ),
            ),
            about="dp",
        ),
    ),
    language="cy",
)


@pytest.mark.parametrize("document", [WHOLE, examples.document(examples.table()), examples.document(examples.facts())])
def test_a_document_is_read_back_as_it_was(document: Document) -> None:
    assert stored.load(stored.dump(document)) == document


def test_equal_documents_are_equal_texts() -> None:
    assert stored.dump(WHOLE) == stored.dump(stored.load(stored.dump(WHOLE)))


def test_the_text_can_be_read_without_us() -> None:
    plain = json.loads(stored.dump(WHOLE))
    assert plain["form"] == "phb-document-1"
    first, second = plain["sections"][1]["blocks"][0]["items"]
    assert (first["value"], second["value"]) == ({"pence": -150}, {"day": "2026-05-01"})
    assert plain["sections"][1]["blocks"][1]["rows"][0][1] == {
        "start_on": {"day": "2026-05-01"},
        "end_on": {"day": "2026-06-01"},
    }


@pytest.mark.parametrize("text", ['{"title": "Of no form"}', '{"form": "phb-document-2"}'])
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of the form phb-document-1"):
        stored.load(text)


def test_a_cell_that_no_document_holds_is_refused() -> None:
    text = stored.dump(WHOLE).replace('{"pence": -150}', '{"pounds": 2}')
    with pytest.raises(ValueError, match="a cell that no document holds"):
        stored.load(text)
