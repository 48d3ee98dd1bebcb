"""Sessions that act as the tables' owner."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL
from sqlalchemy.orm import Session, sessionmaker

from phb.core.database import make_engine, make_session_factory
from phb.core.roles import OWNER


@pytest.fixture
def owner(database: URL) -> Iterator[sessionmaker[Session]]:
    """Make sessions as the tables' owner."""
    engine = make_engine(database, role=OWNER, pooled=False)
    yield make_session_factory(engine)
    engine.dispose()
