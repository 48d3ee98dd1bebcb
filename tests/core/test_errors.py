"""A refusal carries its sentence, its field and its facts."""

import pytest

from phb.core.errors import ConflictError, DomainError, NotFoundError, PermissionDeniedError, RuleViolationError


@pytest.mark.parametrize("kind", [NotFoundError, PermissionDeniedError, ConflictError, RuleViolationError])
def test_every_kind_has_a_code_of_its_own(kind: type[DomainError]) -> None:
    error = kind("Too little is left. Ask for less.", field="amount", left=3)
    assert (str(error), error.sentence) == ("Too little is left. Ask for less.",) * 2
    assert (error.field, error.facts) == ("amount", {"left": 3})
    assert error.code != DomainError.code


def test_a_refusal_may_be_about_no_field() -> None:
    assert DomainError("No.").field is None
