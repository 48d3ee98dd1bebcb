"""What two documents say differently is listed whole, each thing once."""

from dataclasses import replace
from datetime import date

from phb.core.money import pounds
from phb.documents.differences import Difference, differences
from phb.documents.document import Block, Document, Section, Table
from tests.documents.examples import NOTE, SUM, document, facts, table

DAY = date(2026, 5, 4)


def told(then: Document, now: Document) -> list[tuple[str, object, object]]:
    found = differences(then, now)
    assert {one.heading for one in found} <= {"One section"}
    return [(one.what, one.then, one.now) for one in found]


def rows(*pairs: tuple[str, str]) -> Document:
    return document(table(*((words, pounds(amount)) for words, amount in pairs)))


def test_documents_that_say_the_same_have_no_difference() -> None:
    assert differences(rows(("Taxi", "5.00")), rows(("Taxi", "5.00"))) == []


def test_a_fact_stands_beside_what_it_was() -> None:
    then, now = document(facts(value=pounds("1.00"))), document(facts(value=pounds("2.50")))
    assert differences(then, now) == [Difference("One section", "Sum", pounds("1.00"), pounds("2.50"))]


def test_a_changed_amount_of_a_row_stands_beside_what_it_was() -> None:
    assert told(rows(("Taxi", "5.00"), ("Care", "7.00")), rows(("Taxi", "5.50"), ("Care", "7.00"))) == [
        ("Taxi, sum", pounds("5.00"), pounds("5.50"))
    ]


def test_rows_come_and_go() -> None:
    assert told(rows(("Taxi", "5.00")), rows(("Care", "7.00"))) == [
        ("Taxi, sum", pounds("5.00"), None),
        ("Care, sum", None, pounds("7.00")),
    ]


def test_of_rows_that_read_alike_none_is_lost() -> None:
    """Two taxis of £5.00, and then three."""
    twice, thrice = [("Taxi", "5.00")] * 2, [("Taxi", "5.00")] * 3
    assert told(rows(*twice), rows(*thrice)) == [("Taxi, sum", None, pounds("5.00"))]


def test_a_row_on_another_day_is_another_row() -> None:
    def on(day: date) -> Block:
        return table((day, pounds("5.00")))

    assert told(document(on(DAY)), document(on(date(2026, 5, 5)))) == [
        ("4 May 2026, sum", pounds("5.00"), None),
        ("5 May 2026, sum", None, pounds("5.00")),
    ]


def test_a_total_is_compared_too() -> None:
    def with_total(amount: str) -> Document:
        return document(Table("table", "Some rows", (NOTE, SUM), (), ("Total", pounds(amount))))

    assert told(with_total("5.00"), with_total("6.00")) == [("Total, sum", pounds("5.00"), pounds("6.00"))]


def test_a_sentence_that_is_gone_stands_beside_the_new_one() -> None:
    then, now = document(facts(), text="£5.00 was spent."), document(facts(), text="£6.00 was spent.")
    assert told(then, now) == [("", "£5.00 was spent.", "£6.00 was spent.")]


def test_a_section_that_only_one_of_them_has_is_told_whole() -> None:
    more = Section("two", "More", ("It is more.",), (facts(value=pounds("1.00")),))
    then = document(facts())
    now = replace(then, sections=(*then.sections, more))
    assert differences(then, now) == [
        Difference("More", "", None, "It is more."),
        Difference("More", "Sum", None, pounds("1.00")),
    ]
    assert [(one.heading, one.then) for one in differences(now, then)] == [
        ("More", "It is more."),
        ("More", pounds("1.00")),
    ]


def test_sections_of_one_key_are_told_apart() -> None:
    def about(whose: str, amount: str) -> Section:
        return Section("one", f"Money of {whose}", blocks=(facts(value=pounds(amount)),), about=whose)

    def both(first: str, second: str) -> Document:
        return Document("A", "A", "1", (about("dp", first), about("tp", second)))

    assert differences(both("1.00", "2.00"), both("1.00", "3.00")) == [
        Difference("Money of tp", "Sum", pounds("2.00"), pounds("3.00"))
    ]
