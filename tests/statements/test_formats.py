"""Every figure in every format comes from the one value: each format read back and compared."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from phb.budget.kinds import ManagementType
from phb.core.errors import RuleViolationError
from phb.core.money import from_pence
from phb.documents.document import Block, Facts
from phb.documents.words import say
from phb.spending.kinds import Evidence
from phb.statements.cash import CashAccount, CashKind, CashMovement, Question
from phb.statements.formats import FORMATS, UnknownFormatError, format_named, render
from phb.statements.pot import Pot
from phb.statements.sections import document_of
from phb.statements.spend import Spend
from phb.statements.statement import Statement
from tests.documents.page import Page, squeeze
from tests.statements import examples, reading

every_example = pytest.mark.parametrize("make", examples.EXAMPLES.values(), ids=examples.EXAMPLES)
both_prints = pytest.mark.parametrize("name", ["pdf", "large-print"])
DAYS = st.dates(examples.SPRING.start_on, examples.SPRING.last_day)
PENCE = st.integers(-10_000_000, 10_000_000).map(from_pence)
# Anything that people can type and a file can carry.
TEXTS = st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(str.strip)


def spends(text: str) -> st.SearchStrategy[Spend]:
    return st.builds(Spend, DAYS, st.just(text), TEXTS, TEXTS, st.sampled_from(Evidence), PENCE)


def movements(text: str) -> st.SearchStrategy[CashMovement]:
    kinds = st.sampled_from(sorted(set(CashKind) - {CashKind.ASKED_ABOUT}))
    asked = st.builds(
        CashMovement,
        DAYS,
        st.just(CashKind.ASKED_ABOUT),
        st.just(text),
        PENCE,
        question=st.builds(Question, TEXTS, TEXTS),
    )
    return st.builds(CashMovement, DAYS, kinds, st.just(text), PENCE) | asked


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """Draw a direct payment with any movements and spending, and any text where people write."""
    text, holder = draw(TEXTS), draw(TEXTS)
    moved = draw(st.lists(movements(text), max_size=6))
    spend = draw(st.lists(spends(text), max_size=6))
    opening = draw(PENCE)
    closing = sum((each.change for each in moved), opening)
    pot = Pot(
        ManagementType.DIRECT_PAYMENT,
        holder,
        examples.position("100.00", "90.00", "20.00"),
        examples.alongside("1.00"),
        CashAccount(opening, tuple(moved), closing),
    )
    return examples.statement((pot,), tuple(spend), holder=holder)


@every_example
def test_the_page_shows_every_figure_under_its_labels(make: Callable[[], Statement]) -> None:
    document = document_of(make())
    page = Page(render(document, "html"))
    assert reading.page_figures(page) == reading.figures_in_words(document)
    assert sorted(reading.AMOUNT.findall(" ".join(page.text))) == reading.amounts_in(document)


@every_example
def test_csv_and_json_hold_every_figure_under_its_keys(make: Callable[[], Statement]) -> None:
    document = document_of(make())
    expected = reading.figures_in_keys(document)
    assert reading.csv_figures(render(document, "csv")) == expected
    # JSON keeps a section's facts before its tables.
    assert sorted(reading.json_figures(render(document, "json"))) == sorted(expected)


@both_prints
@every_example
def test_both_prints_show_every_figure_beside_its_labels(make: Callable[[], Statement], name: str) -> None:
    document = document_of(make())
    text = reading.pdf_text(render(document, name), document.reference)
    at = 0
    for section in document.sections:
        at = text.index(squeeze(section.heading), at)
        for block in section.blocks:
            at = text.index(block.caption, at)
            for row in _printed(block, text[at:]):
                at = text.index(row, at)


def _printed(block: Block, text: str) -> list[str]:
    """Return how each row reads: as in a table where the headings follow the caption, as in a list otherwise."""
    if isinstance(block, Facts):
        return [squeeze(f"{item.label} {say(item.value)}") for item in block.items]
    headings = " ".join(column.heading for column in block.columns)
    listed = not text.startswith(f"{block.caption} {headings}")
    return [reading.printed_row(block, row, listed=listed) for row in block.all_rows()]


@both_prints
def test_prints_hold_no_other_amounts(name: str) -> None:
    for make in examples.EXAMPLES.values():
        document = document_of(make())
        text = reading.pdf_text(render(document, name), document.reference)
        assert sorted(reading.AMOUNT.findall(text)) == reading.amounts_in(document)


@given(statements())
def test_no_text_of_a_statement_hides_or_adds_a_figure(statement: Statement) -> None:
    document = document_of(statement)
    page = Page(render(document, "html"))
    assert [
        figure for figure in reading.page_figures(page) if figure[3] != "What happened"
    ] == reading.figures_in_words(document)
    assert reading.csv_figures(render(document, "csv")) == reading.figures_in_keys(document)
    assert sorted(reading.json_figures(render(document, "json"))) == sorted(reading.figures_in_keys(document))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_statement_gives_the_same_bytes(name: str) -> None:
    assert render(document_of(examples.direct_payment()), name) == render(document_of(examples.direct_payment()), name)


@pytest.mark.parametrize("name", FORMATS)
def test_no_name_loses_a_letter(name: str) -> None:
    file = render(document_of(examples.direct_payment()), name)
    text = reading.pdf_text(file, "Budget NV-2026-0042") if file.startswith(b"%PDF") else file.decode("utf-8-sig")
    assert "Siân Ŵŷn-Źłow ễ" in text


def test_an_unknown_format_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownFormatError, match="html, pdf, large-print, csv, json") as refused:
        format_named("docx")
    assert isinstance(refused.value, RuleViolationError)
    assert refused.value.field == "format"


def test_large_print_is_never_smaller_than_eighteen_points_and_ordinary_than_twelve() -> None:
    for name, least in (("large-print", 18), ("pdf", 12)):
        sizes: set[float] = set()

        def note(text: str, _cm: object, _tm: object, _font: object, size: float, sizes: set[float] = sizes) -> None:
            if text.strip():
                sizes.add(size)

        for page in PdfReader(io.BytesIO(render(document_of(examples.overspent()), name))).pages:
            page.extract_text(visitor_text=note)
        assert min(sizes) == least


def test_a_statement_is_dated_by_its_value_and_not_by_the_clock() -> None:
    information = PdfReader(io.BytesIO(render(document_of(examples.notional()), "pdf"))).metadata
    assert information is not None
    assert information.creation_date is None or information.creation_date.date() == date(2000, 1, 1)
