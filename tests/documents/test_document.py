"""A document refuses what some format could not show."""

import pytest

from phb.core.money import pounds
from phb.documents.document import Column, Fact, Facts, Section, Table

ONE = pounds("1.00")


def test_a_row_fills_its_columns() -> None:
    with pytest.raises(ValueError, match="does not fit its columns"):
        Table("rows", "Rows", (Column("a", "A"), Column("b", "B")), ((ONE, ONE),), total=(ONE,))


def test_a_fact_is_named_once() -> None:
    with pytest.raises(ValueError, match="a key twice"):
        Facts("facts", "Facts", (Fact("sum", "Sum", ONE), Fact("sum", "The sum", ONE)))


def test_a_heading_has_something_under_it() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        Section("one", "One")
