"""Merkle trees: small ones worked by hand, and any leaf of any tree proved by its path alone."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.merkle import Step, chained, path_of, root_by, root_of

A, B, C = (sha256(bytes([0]) + letter).digest() for letter in (b"a", b"b", b"c"))
LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70, unique=True)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(bytes([1]) + left + right).digest()


@pytest.mark.parametrize(
    ("leaves", "root"),
    [([A], A), ([A, B], node(A, B)), ([A, B, C], node(node(A, B), C)), ([A, B, C, A], node(node(A, B), node(C, A)))],
)
def test_neighbours_are_joined_and_an_odd_one_goes_up_as_it_is(leaves: list[bytes], root: bytes) -> None:
    assert root_of(leaves) == root


def test_a_path_names_the_neighbours_from_below() -> None:
    assert path_of([A, B, C], 1) == [Step(is_left=True, node=A), Step(is_left=False, node=C)]
    assert path_of([A, B, C], 2) == [Step(is_left=True, node=node(A, B))]


@given(LEAVES, st.data())
def test_every_leaf_is_proved_by_its_path(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    assert root_by(leaves[place], path_of(leaves, place)) == root_of(leaves)


@given(LEAVES, st.data())
def test_another_leaf_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    assert root_by(sha256(leaves[place]).digest(), path_of(leaves, place)) != root_of(leaves)


@given(LEAVES, st.data())
def test_a_leaf_left_out_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    assert len(leaves) == 1 or root_of(leaves[:place] + leaves[place + 1 :]) != root_of(leaves)


def test_a_head_commits_to_what_came_before() -> None:
    assert chained(None, A) == sha256(bytes([2]) + A).digest()
    assert chained(A, B) != chained(B, A)
