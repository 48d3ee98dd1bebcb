"""Several Python processes that post through the public operation, all at the same time."""

from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from benchmarks.measure import rate
from benchmarks.world import World

PROCESSES = 4


def rate_together(world: World, seconds: float) -> float:
    """Return how many journals a second the processes post together."""
    spawning = get_context("spawn")
    all_ready = spawning.Barrier(PROCESSES)
    without_connections = replace(world)
    with spawning.Pool(PROCESSES, _join, (without_connections, all_ready)) as pool:
        return sum(pool.map(_post_for, [seconds] * PROCESSES, chunksize=1))


_ours: World
_all_ready: Barrier


def _join(world: World, all_ready: Barrier) -> None:
    global _ours, _all_ready
    _ours, _all_ready = world, all_ready


def _post_for(seconds: float) -> float:
    _ours.post()  # connected before the others start
    _all_ready.wait()
    return rate(_ours.post, seconds)
