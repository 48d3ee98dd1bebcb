"""A page that a screen reader can walk and a strict browser will show."""

from phb.core.money import pounds
from phb.documents.as_html import CSS, EMBEDDED, render
from phb.documents.document import Block, Document
from tests.documents.examples import document, facts, table
from tests.documents.page import Page

BLOCKS: tuple[Block, ...] = (facts(), table(("first", pounds("2.00")), ("second", pounds("3.00"))))


def page(whole: Document) -> Page:
    return Page(render(whole))


def test_it_names_its_language_and_its_title() -> None:
    tags = dict(page(document()).tags)
    assert tags["html"] == {"lang": "en-GB"}
    assert "A document in full" in page(document()).said()


def test_there_is_one_main_heading_and_no_level_is_skipped() -> None:
    levels = [tag for tag, _ in page(document(*BLOCKS)).headings]
    assert levels == ["h1", "h2"]


def test_every_table_has_a_caption_and_every_heading_its_scope() -> None:
    tables = [table for _, table in page(document(*BLOCKS)).tables]
    assert [table.caption for table in tables] == ["Some facts", "Some rows"]
    assert [table.scopes for table in tables] == [["row"], ["col", "col", "row", "row"]]


def test_nothing_is_styled_or_scripted_in_place() -> None:
    tags = page(document(*BLOCKS)).tags
    assert not {"style", "script"} & {tag for tag, _ in tags}
    assert not any("style" in attributes for _, attributes in tags)


def test_the_page_stands_alone_and_can_name_a_served_stylesheet() -> None:
    links = [attributes["href"] for tag, attributes in page(document()).tags if tag == "link"]
    assert links == [EMBEDDED]
    assert b'<link rel="stylesheet" href="/assets/document.css">' in render(
        document(), stylesheet="/assets/document.css"
    )
    assert b"http" not in CSS


def test_text_is_never_taken_for_markup() -> None:
    hostile = '<script>alert("1")</script> & \'"'
    written = page(document(table((hostile, pounds("1.00"))), text=hostile))
    assert written.said().count(hostile) == 2
    assert "script" not in {tag for tag, _ in written.tags}
