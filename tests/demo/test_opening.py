"""The demonstration's database is its own; a year that was broken off is begun again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL

from phb.core.clock import installation_now
from phb.core.database import drop_database
from phb.core.settings import Settings
from phb.core.uow import begin_installation
from phb.demo import opening
from phb.demo.year.living import set_clock
from phb.people.organisations.queries import commissioners

Open = Callable[..., AbstractContextManager[opening.Installation]]


@pytest.fixture
def open_installation(server: URL, tmp_path: Path) -> Iterator[Open]:
    """Return what opens the demonstration in a database of this test's own."""
    name = f"phb_demo_{uuid4().hex[:12]}"
    settings = Settings(database_url=server.render_as_string(hide_password=False), var_path=tmp_path / "var")
    yield partial(opening.open_installation, settings, database=name)
    drop_database(server, name)


def test_the_clock_starts_on_the_first_day_whatever_the_machine_says(open_installation: Open) -> None:
    with open_installation() as installation, begin_installation(installation.sessions) as session:
        assert installation_now(session) == opening.instant(opening.FIRST_DAY, opening.OPENS_AT)


def test_a_year_that_was_broken_off_is_begun_again(open_installation: Open) -> None:
    with open_installation() as installation:
        opening.found(installation, opening.EASTMERE)
        set_clock(installation.sessions, opening.LAST_DAY, opening.OPENS_AT)
        assert not opening.is_over(installation.sessions)
    with open_installation() as again, begin_installation(again.sessions) as session:
        assert commissioners(session) == []


def test_a_year_that_is_over_stays_unless_asked_anew(open_installation: Open) -> None:
    with open_installation() as installation:
        opening.found(installation, opening.EASTMERE)
        set_clock(installation.sessions, opening.LAST_DAY, opening.CLOSES_AT)
    with open_installation() as there, begin_installation(there.sessions) as session:
        assert [row.code for row in commissioners(session)] == ["QEM"]
    with open_installation(anew=True) as anew, begin_installation(anew.sessions) as session:
        assert commissioners(session) == []
