"""docs/imports.md shows every kind with its columns, those of lists too."""

from phb.intake.kinds import KINDS
from phb.reference import imports


def test_every_kind_has_a_section() -> None:
    page = imports.page()
    assert [line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")] == list(KINDS)


def test_columns_say_what_they_hold_and_whether_they_are_needed() -> None:
    page = imports.page()
    assert "| `day` | the day | a date, 2026-04-01 | yes | `2026-05-04` |" in page
    assert "| `observed` | no for one that was moved to another day | yes or no |  | `yes` |" in page


def test_the_objects_of_a_list_have_a_table_of_their_own() -> None:
    page = imports.page()
    assert "Each object of `lines`:" in page
    assert page.index("Each object of `lines`:") < page.index("Each object of `shares`:")
    assert "| `percent` | the percentage it pays | a number, 37.5 |  | `40` |" in page
