"""The four kinds of refusal the domain knows; only the edges turn them into HTTP or pages."""

from typing import ClassVar


class DomainError(Exception):
    """Refuse an operation with a sentence a person can act on.

    A subclass gives a stable `code`. `field` names the input it is about, where there is one;
    `facts` are the values the sentence is made of, for machines. `stops_duplicate` marks those that stop something from
    being done twice, which auditors can list.
    """

    code: ClassVar[str] = "refused"
    stops_duplicate: ClassVar[bool] = False

    def __init__(self, sentence: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.facts = facts


class NotFoundError(DomainError):
    """Absent, or not yours to know of: the two look the same from outside."""

    code = "not-found"


class PermissionDeniedError(DomainError):
    """Known to the actor, who may not do this to it."""

    code = "permission-denied"


class ConflictError(DomainError):
    """Done already, or changed meanwhile."""

    code = "conflict"


class RuleViolationError(DomainError):
    """Well formed, but breaks a rule."""

    code = "rule-violated"
