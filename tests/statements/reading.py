"""Reading each format back as a stranger would, down to every figure under its labels."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

from phb.documents.document import Document, Facts, Table, is_money
from phb.documents.words import Cell, say
from tests.documents.page import Page, squeeze

# Where a figure stands and what it says: section, table, row, column, amount.
Figure = tuple[str, str, str, str, str]
AMOUNT = re.compile(r"-?£[\d,]+\.\d\d")


def figures_in_words(document: Document) -> list[Figure]:
    """Return every amount of a document under the words that people read, in order."""
    found = []
    for section in document.sections:
        for block in section.blocks:
            for label, heading, cell in _labelled(block):
                if is_money(cell):
                    found.append((squeeze(section.heading), block.caption, squeeze(label), heading, say(cell)))
    return found


def amounts_in(document: Document) -> list[str]:
    """Return every amount of a document as written, those inside sentences too, sorted."""
    sentences = " ".join(text for section in document.sections for text in section.paragraphs)
    return sorted([*(figure[-1] for figure in figures_in_words(document)), *AMOUNT.findall(sentences)])


def _labelled(block: Facts | Table) -> Iterator[tuple[str, str, Cell]]:
    if isinstance(block, Facts):
        for item in block.items:
            yield item.label, "", item.value
    else:
        for row in block.all_rows():
            for column, cell in zip(block.columns, row, strict=True):
                yield say(row[0]), column.heading, cell


def page_figures(page: Page) -> list[Figure]:
    """Return every amount in a table of a page under its heading, caption, row and column."""
    return [
        (section, table.caption, row[0], table.columns[index] if table.columns else "", cell)
        for section, table in page.tables
        for row in table.rows
        for index, cell in enumerate(row)
        if index and AMOUNT.fullmatch(cell)
    ]


def csv_lines(file: bytes) -> list[dict[str, str]]:
    """Return the lines of a CSV file under its headings."""
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def csv_figures(file: bytes) -> list[Figure]:
    """Return every amount of a CSV file under its keys."""
    return [
        (line["section"], line["about"], line["table"], line["figure"], line["amount"])
        for line in csv_lines(file)
        if line["amount"]
    ]


def json_figures(file: bytes) -> list[Figure]:
    """Return every amount of a JSON file under its keys."""
    return [
        (section["key"], section["about"] or "", block, name, value["amount"])
        for section in json.loads(file)["sections"]
        for block, row in _json_rows(section)
        for name, value in row.items()
        if isinstance(value, dict) and "amount" in value
    ]


def _json_rows(section: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from section["facts"].items()
    for key, table in section["tables"].items():
        for row in [*table["rows"], table["total"] or {}]:
            yield key, row


def figures_in_keys(document: Document) -> list[Figure]:
    """Return every amount of a document under the keys that machines read, in order."""
    found: list[Figure] = []
    for section in document.sections:
        for block in section.blocks:
            where = (section.key, section.about or "", block.key)
            cells = _keyed(block)
            found += [(*where, key, f"{cell.amount:.2f}") for key, cell in cells if is_money(cell)]
    return found


def _keyed(block: Facts | Table) -> Iterator[tuple[str, Any]]:
    if isinstance(block, Facts):
        yield from ((item.key, item.value) for item in block.items)
    else:
        for row in block.all_rows():
            yield from ((column.key, cell) for column, cell in zip(block.columns, row, strict=True))


def pdf_text(file: bytes, reference: str) -> str:
    """Return all text of a PDF in reading order, without what stands at the foot of each page."""
    pages = PdfReader(io.BytesIO(file)).pages
    foot = re.compile(rf"{re.escape(reference)} Page \d+ of {len(pages)}")
    return squeeze(" ".join(foot.sub("", squeeze(page.extract_text()), count=1) for page in pages))


def printed_row(table: Table, row: tuple[Cell, ...], *, listed: bool) -> str:
    """Return how a row reads in a printed table, or in the list that takes its place."""
    if not listed:
        return squeeze(" ".join(map(say, row)))
    pairs = zip(table.columns[1:], row[1:], strict=True)
    lines = [f"{column.heading}: {say(cell)}" for column, cell in pairs if cell is not None]
    return squeeze(" ".join([say(row[0]), *lines]))
