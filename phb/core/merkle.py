"""Merkle trees: many leaves under one root, and the short path that proves one of them is under it (RFC 9162).

A leaf is a hash already, made with a zero byte in front; a node is the hash of a one byte and its two children, so that
neither can stand for the other. Neighbours are joined level by level, and an odd node at the end goes up as it is.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple


class Step(NamedTuple):
    """A neighbour on the way up from a leaf to the root, and the side on which it stands."""

    is_left: bool
    node: bytes


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over one leaf or more."""
    nodes = list(leaves)
    while len(nodes) > 1:
        nodes = _level_above(nodes)
    return nodes[0]


def path_of(leaves: Sequence[bytes], place: int) -> list[Step]:
    """Return the steps from the leaf at a place, counted from nought, up to the root."""
    nodes, steps = list(leaves), list[Step]()
    while len(nodes) > 1:
        neighbour = place ^ 1
        if neighbour < len(nodes):
            steps.append(Step(neighbour < place, nodes[neighbour]))
        nodes, place = _level_above(nodes), place // 2
    return steps


def root_by(leaf: bytes, path: Sequence[Step]) -> bytes:
    """Return the root that a leaf and its path lead to; the leaf is proved where that is the published one."""
    node = leaf
    for step in path:
        node = _joined(step.node, node) if step.is_left else _joined(node, step.node)
    return node


def chained(earlier: bytes | None, root: bytes) -> bytes:
    """Return the head of a block: it commits to the block's root and to every block before it."""
    return sha256(b"\x02" + (earlier or b"") + root).digest()


def _level_above(nodes: Sequence[bytes]) -> list[bytes]:
    pairs = [_joined(*nodes[place : place + 2]) for place in range(0, len(nodes) - 1, 2)]
    return pairs + list(nodes[len(nodes) - len(nodes) % 2 :])


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
