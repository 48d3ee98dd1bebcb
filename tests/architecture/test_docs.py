"""What docs/ says is what the code does."""

import pytest

from phb.core.migration import PROJECT
from phb.reference.pages import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_up_to_date(name: str) -> None:
    written = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"docs/{name} tells another story than the code: run `phb docs`"


def test_every_decision_is_listed() -> None:
    folder = PROJECT / "docs" / "adr"
    listed = (folder / "0001-how-we-record-decisions.md").read_text(encoding="utf-8")
    missing = [page.name for page in folder.glob("*.md") if f"]({page.name})" not in listed]
    assert missing == []
