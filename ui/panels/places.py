"""What the view shows of places: the outlined check, the marker, the region that is meant, the handles of landforms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from ..state import State

if TYPE_CHECKING:
    from pcgstudio.region import Region
    from pcgstudio.world import World

    from ..view import MapView


class Places:
    """Brings the places of a state to the view; masks are worked out beside the main thread.

    Parameters
    ----------
    view : MapView
    aside : callable
        Runs light works, see `controller.Start`.
    """

    def __init__(self, view: MapView, aside: Callable[..., Callable[[], None]]) -> None:
        self._view, self._aside = view, aside
        self._shown = State()
        self._stops: dict[str, Callable[[], None]] = {}

    def show_state(self, state: State) -> None:
        """Show the places of a state."""
        before, self._shown = self._shown, state
        moved = state.world is not before.world
        if moved or state.pointed != before.pointed or state.report is not before.report:
            self._mask("pointed", state.world, _pointed(state), partial(self._view.outline, missed=_missed(state)))
        if moved or state.here is not before.here or state.held is not before.held:
            here = state.here
            if here is not None and here.x_m is not None and here.y_m is not None:
                self._view.set_marker(here.x_m, here.y_m)
            else:
                self._view.set_marker(None)
            self._mask("here", state.world, here.region if here else state.held, self._view.set_region)
        if state.handles is not before.handles:
            from ..view import Handle  # noqa: PLC0415 - the view is loaded late

            self._view.set_handles([Handle(h.step, h.x_m, h.y_m, h.z_m, h.name) for h in state.handles])

    def _mask(self, name: str, world: World | None, region: Region | None, show: Callable[[Any], None]) -> None:
        self._stops.pop(name, lambda: None)()
        if world is None or region is None:
            show(None)
            return
        stop = self._aside(partial(_evaluated, world, region), partial(self._take, name, show))
        self._stops[name] = stop

    def _take(self, name: str, show: Callable[[Any], None], item: object) -> None:
        if isinstance(item, _Mask) and name in self._stops:
            show(item.cells)


class _Mask:
    """Where a region lies: ``(rows, cols)``."""

    def __init__(self, cells: Any) -> None:
        self.cells = cells


def _evaluated(world: World, region: Region, _tick: object) -> Iterator[object]:
    from pcgstudio.build import context_of  # noqa: PLC0415 - loaded by the work that made the world

    yield _Mask(region.evaluate(context_of(world)))


def _missed(state: State) -> bool:
    """Whether the check that is pointed at does not hold."""
    checks = state.report.checks if state.report else ()
    return state.pointed is not None and state.pointed < len(checks) and not checks[state.pointed].passed


def _pointed(state: State) -> Region | None:
    """Return the place of the check that is pointed at."""
    if state.pointed is None or state.report is None or not 0 <= state.pointed < len(state.report.checks):
        return None
    check = state.report.checks[state.pointed].check
    feature = check.arguments.get("feature")
    if check.region.kind != "everywhere" or not isinstance(feature, str):
        return check.region
    from pcgstudio.generator import load_features  # noqa: PLC0415 - loaded by the work that made the report
    from pcgstudio.region import Of  # noqa: PLC0415 - the same

    return Of(feature=feature) if feature in load_features() else check.region
