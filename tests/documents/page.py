"""A web page read as a stranger would: its headings, its tables, and the words in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


def squeeze(text: str) -> str:
    """Return a text with one space between words, as a page or a printout shows it."""
    return " ".join(text.split())


@dataclass
class HtmlTable:
    """One table as a browser hands it on."""

    caption: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    scopes: list[str | None] = field(default_factory=list)


class Page(HTMLParser):
    """A web page taken apart: headings, tables by section, and all of its text."""

    def __init__(self, page: bytes) -> None:
        """Read a page of UTF-8."""
        super().__init__()
        self.headings: list[tuple[str, str]] = []
        self.tables: list[tuple[str, HtmlTable]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text = [*self.text, ""] if tag in {"h1", "h2", "caption", "th", "td", "p", "title"} else self.text
        if tag == "table":
            self.tables.append((squeeze(self.headings[-1][1]), HtmlTable()))
        elif tag == "tr":
            self.tables[-1][1].rows.append([])
        elif tag == "th":
            self.tables[-1][1].scopes.append(dict(attrs).get("scope"))

    def handle_data(self, data: str) -> None:
        if self.text:
            self.text[-1] += data

    def handle_endtag(self, tag: str) -> None:
        said = squeeze(self.text[-1]) if self.text else ""
        if tag in {"h1", "h2"}:
            self.headings.append((tag, said))
        elif tag == "caption":
            self.tables[-1][1].caption = said
        elif tag in {"th", "td"}:
            self.tables[-1][1].rows[-1].append(said)
        elif tag == "thead":
            self.tables[-1][1].columns = self.tables[-1][1].rows.pop()

    def said(self) -> list[str]:
        """Return each piece of text, squeezed."""
        return [squeeze(text) for text in self.text]
