"""The auditor's pages: search, one budget's trail, journals, proof that the books hold, and lists to take away."""

from phb.web.audit.books import books
from phb.web.audit.journals import journals
from phb.web.audit.listings import listings
from phb.web.audit.search import search

AREAS = (search, journals, books, listings)
