"""What steps made, kept by the content of everything they read, so that a change rebuilds only what hangs on it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from .recipe import Step
from .world import Instances, Layer, MeshPart, Path, World


@dataclass(frozen=True)
class Made:
    """What a step left in the world after merging."""

    layers: Mapping[str, Layer]
    instances: Mapping[str, Instances]
    parts: tuple[MeshPart, ...]
    paths: tuple[Path, ...]

    @property
    def nbytes(self) -> int:
        """Memory its arrays take."""
        arrays = [layer.data for layer in self.layers.values()]
        arrays += [a for i in self.instances.values() for a in (i.placement, i.species, i.size)]
        arrays += [a for p in self.parts for a in (p.vertices, p.faces)]
        return sum(int(a.nbytes) for a in arrays)


class StepCache:
    """Results of steps by the content of everything they read; the least recently used go first.

    Parameters
    ----------
    limit_bytes : int
        Memory it may hold.
    """

    def __init__(self, limit_bytes: int = 1 << 30) -> None:
        self.limit_bytes = limit_bytes
        self.hits = 0
        self.misses = 0
        self._held = 0
        self._made: OrderedDict[str, Made] = OrderedDict()

    def get(self, key: str) -> Made | None:
        """Return the result of that key, if it is still held."""
        found = self._made.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._made.move_to_end(key)
        return found

    def put(self, key: str, made: Made) -> None:
        """Hold a result."""
        if key in self._made:
            return
        self._made[key] = made
        self._held += made.nbytes
        while self._held > self.limit_bytes and len(self._made) > 1:
            self._held -= self._made.popitem(last=False)[1].nbytes

    def note(self, step: Step, world: World, made: Made) -> None:
        """Learn what a step made of a world; for caches that answer `instead`."""

    def instead(self, _step: Step, _world: World) -> Made | None:
        """Return what may stand in for the result of a step, where a rough answer is wanted at once."""
        return None

    def copy(self) -> StepCache:
        """Return another cache with the same results: what one of them learns, the other does not."""
        other = StepCache(self.limit_bytes)
        other._made, other._held = self._made.copy(), self._held
        return other
