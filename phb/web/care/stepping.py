"""One question after the other: each step has an address, answers are carried on sealed, and checked before the last.

Back, forward and reload work at every step, because a step is reached by going on to its address.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from wtforms import Field

from phb.core.errors import DomainError
from phb.web.care.answers import Answer, answers
from phb.web.care.carried import field_of, inputs_of, opened_answers, page_number, put, sealed_answers
from phb.web.care.placing import PlacedForm

CHECK = "Check your answers"
FURTHEST = "furthest"
"""The last page that was sent; those after it hold their first values."""


@dataclass(frozen=True)
class Step:
    """A page of a form: its question and the names of its fields; `applies` says whether it is asked at all."""

    question: str
    names: tuple[str, ...]
    hint: str = ""
    applies: Callable[[Any], bool] = lambda _form: True


class StepForm(PlacedForm):
    """A form of several pages; what the other pages hold is carried on. Make one with `continued()`.

    A form that is not checked ends with its last page.
    """

    steps: ClassVar[Sequence[Step]] = ()
    is_checked: ClassVar[bool] = True
    home: str = ""
    number: int = 0
    furthest: int = -1
    was_refused = False

    @classmethod
    def continued(cls, *, home: str, **given: Any) -> Self:  # noqa: ANN401 - first values of the fields
        """Return the form as far as it was filled in; `home` is where the first page leads back to."""
        sent = request.form if request.method == "POST" else request.args
        number, carried = page_number(sent.get("at")), MultiDict(opened_answers(sent.get("so_far")))
        furthest = int(carried.get(FURTHEST, "-1"))
        known = {field_of(name) for name in carried}
        untouched = {name for step in cls.steps[furthest + 1 :] for name in step.names} - known
        together = MultiDict(carried)
        together.update([pair for pair in cls(formdata=None, **given).typed if field_of(pair[0]) in untouched])
        if request.method == "POST":
            put(together, request.form, set(cls.steps[number].names) if number < len(cls.steps) else set())
            furthest = max(furthest, number)
        form = cls(formdata=together, **given)
        form.home, form.number, form.furthest = home, min(number, form.last), furthest
        form._name_page()
        return form

    @property
    def asked(self) -> Sequence[Field]:
        """The fields of this page."""
        return [self[name] for name in self.here.names] if self.here else []

    @property
    def here(self) -> Step | None:
        """The page that is asked for; None where the answers are checked."""
        return self.steps[self.number] if self.number < len(self.steps) else None

    @property
    def last(self) -> int:
        """The number of the last page."""
        return len(self.steps) if self.is_checked else len(self.steps) - 1

    @property
    def sealed(self) -> str:
        """Every answer so far, as it is carried on."""
        return sealed_answers([*self.typed, (FURTHEST, str(self.furthest))])

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What the inputs of every page hold; empty ones are left out."""
        pairs = [("key", self.key.data or ""), ("version", self.version.data or "")]
        for step in self.steps:
            for name in step.names:
                pairs += inputs_of(self[name])
        return [(name, value) for name, value in pairs if value]

    @property
    def back(self) -> str:
        """Where the page before is."""
        before = [number for number in self._asked_numbers() if number < self.number]
        return self.address(before[-1]) if before else self.home

    @property
    def is_again(self) -> bool:
        """Say whether the reader came from the end of the form to put something right, and goes back to it."""
        return self.was_refused or bool(request.args.get("again"))

    @property
    def checked(self) -> list[tuple[Answer, str]]:
        """Each answer with the address where it is changed."""
        return [
            (answer, self.address(number, again=True))
            for number in self._asked_numbers()
            for answer in answers(self[name] for name in self.steps[number].names)
        ]

    def address(self, number: int, *, again: bool = False) -> str:
        """Return the address of a page; `again` leads from it to the check of the answers."""
        more: dict[str, Any] = {"again": "yes"} if again else {}
        return url_for(request.endpoint or "", **(request.view_args or {}), at=number, so_far=self.sealed, **more)

    def following(self) -> int | None:
        """Return the next page that is asked, or None where this is the last one."""
        if self.number >= self.last:
            return None
        if self.is_again and self.first_unsound() is None:
            return self.last
        later = [number for number in self._asked_numbers() if number > self.number]
        return later[0] if later else (len(self.steps) if self.is_checked else None)

    def first_unsound(self, *, before: int | None = None) -> int | None:
        """Return the first page that holds a fault; of those before one where it is given."""
        for number in self._asked_numbers():
            if (before is None or number < before) and not self._is_sound(number):
                return number
        return None

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401, ARG002 - WTForms' signature
        """Say whether every page that is asked is sound, and turn to the first that is not."""
        fault = self.first_unsound()
        if fault is not None:
            self._turn_to(fault)
        return fault is None

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the field it is about, on its page."""
        super().refuse(error)
        for number in self._asked_numbers():
            if any(self[name].errors for name in self.steps[number].names):
                self.was_refused = self.was_refused or number < self.number
                self._turn_to(number)
                return

    def _asked_numbers(self) -> list[int]:
        return [number for number, step in enumerate(self.steps) if step.applies(self)]

    def _is_sound(self, number: int) -> bool:
        def check(name: str) -> bool:
            own = getattr(self, f"validate_{name}", None)
            return bool(self[name].validate(self, [lambda _form, field: own(field)] if own else ()))

        sound = [check(name) for name in self.steps[number].names]  # Every field says what is wrong with it.
        return all(sound)

    def _turn_to(self, number: int) -> None:
        self.number = number
        self._name_page()

    def _name_page(self) -> None:
        self.question, self.hint = (self.here.question, self.here.hint) if self.here else (CHECK, "")
