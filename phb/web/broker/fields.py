"""A day typed in one go, for those who type many."""

from datetime import date, datetime

from phb.documents.words import say_day
from phb.web.forms import Words

WRITTEN = ("%d/%m/%Y", "%d/%m/%y", "%Y/%m/%d", "%d/%b/%Y", "%d/%B/%Y")


class TypedDay(Words):
    """A day as people type it: 4/5/2026, 4.5.26, 4 May 2026 or 2026-05-04; `data` is a date."""

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return str(typed) if typed is not None else say_day(self.data) if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day, whatever stands between its parts."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not typed:
            return
        tidy = "/".join(typed.replace(".", " ").replace("-", " ").replace("/", " ").split())
        for way in WRITTEN:
            try:
                self.data = datetime.strptime(tidy, way).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
            return
        raise ValueError("Enter a day, like 4/5/2026")
