"""Pages of rows, forwards and from the newest back."""

from sqlalchemy.orm import Session, sessionmaker

from phb.edge.paging import page
from phb.people.models import Person
from phb.people.queries import visible_people
from tests.people.conftest import Service, details_of_somebody


def test_pages_follow_one_another_in_both_directions(session_factory: sessionmaker[Session]) -> None:
    service = Service(session_factory)
    for name in ("Cai", "Aled", "Bryn"):
        service.person(details_of_somebody(name))

    def names(*, newest_first: bool) -> list[list[str]]:
        pages: list[list[str]] = []
        cursor: str | None = None
        with service.unit(service.coordinator) as uow:
            query = visible_people(service.coordinator, service.today)
            while not pages or cursor is not None:
                sort = (Person.given_names, Person.id)
                found = page(uow.session, query, sort, limit=2, cursor=cursor, newest_first=newest_first)
                pages.append([row.given_names for row in found.rows])
                cursor = found.next_cursor
        return pages

    assert names(newest_first=False) == [["Aled", "Bryn"], ["Cai"]]
    assert names(newest_first=True) == [["Cai", "Bryn"], ["Aled"]]
