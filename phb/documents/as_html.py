"""A document as one web page that stands alone: the accessible form, readable at 400 % and without its styles."""

from base64 import b64encode
from datetime import date
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from phb.documents.document import Document, Facts, is_money
from phb.documents.words import say

CSS = files("phb.documents").joinpath("templates", "document.css").read_bytes()
# A link, since a policy of style-src 'self' forbids style elements; a page served under it names its own address.
EMBEDDED = f"data:text/css;base64,{b64encode(CSS).decode()}"

_ENVIRONMENT = Environment(
    loader=PackageLoader("phb.documents"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["say"] = say
_ENVIRONMENT.tests["money"] = is_money
_ENVIRONMENT.tests["day"] = lambda cell: isinstance(cell, date)
_ENVIRONMENT.tests["facts"] = lambda block: isinstance(block, Facts)


def render(document: Document, *, stylesheet: str = EMBEDDED) -> bytes:
    """Return the page as UTF-8.

    Args:
        document: what to show.
        stylesheet: the address of `CSS` where the page is served; by default the page carries it.
    """
    template = _ENVIRONMENT.get_template("document.html.jinja")
    return template.render(document=document, stylesheet=stylesheet).encode()
