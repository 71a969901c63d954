"""The map view: how long its drawings take to make, to show and to draw, by OpenGL and without.

``xvfb-run -a -s "-screen 0 1600x1000x24" python -I benchmarks/viewport.py`` prints, for maps of several resolutions in
a view of 1000 x 800 pixels: making the drawing and the drag preview (beside the main thread), handing them to the view
(on it), one frame at rest and in motion, and what the pointer costs. Wall times are medians; beside them stands what
all threads of this process spent on it, which a busy machine does not stretch.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import numba
import numpy as np
from PySide6.QtWidgets import QApplication, QLabel  # noqa: TID251 - what is measured is made of it

from pcgstudio.events import Finished
from pcgstudio.studio import run
from pcgstudio.ui.drawing import Drawing, coarse_drawer, drawer, live_possible, warm
from pcgstudio.ui.theme import dress
from pcgstudio.ui.view import MapView
from pcgstudio.ui.viewport.camera import turned
from pcgstudio.world import World

SENTENCE = "A mountainous island with a volcano, two lakes and a forest in the north"
CELLS = (256, 512, 1024)
SIZE = (1000, 800)
ROUNDS = 9


def taken(work: Callable[[], object], rounds: int = ROUNDS) -> str:
    """Return the median wall and processor time of a few calls in milliseconds, after one that does not count."""
    work()
    walls, spent = [], []
    for _ in range(rounds):
        wall, busy = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        spent.append(time.process_time() - busy)
    return f"{1000 * statistics.median(walls):7.1f} ms wall {1000 * statistics.median(spent):7.1f} ms processor"


def built(cells: int) -> World:
    """Return the world of the sentence."""
    *_, done = run(SENTENCE, seed=1, resolution=cells)
    assert isinstance(done, Finished)
    return done.world


def settle(app: QApplication, view: MapView, seconds: float = 0.3) -> None:
    """Let the view draw what was asked of it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until or view.stage.lane.busy("picture") or view.stage.lane.busy("dress"):
        app.processEvents()
        time.sleep(0.001)


def frame(app: QApplication, view: MapView, moving: bool) -> Callable[[], object]:
    """Return what turns the map a little and draws it."""
    stage = view.stage

    def draw() -> None:
        assert stage.pose is not None
        stage.gaze.look(turned(stage.pose, 2.0, 0.0), moving)
        app.processEvents()
        while stage.lane.busy("picture"):
            app.processEvents()
            time.sleep(0.0005)

    return draw


def measure(app: QApplication, live: bool, world: World) -> None:
    """Print the figures of a world."""
    full, rough = drawer(lambda: live), coarse_drawer(lambda: live)
    print(f"\n{world.grid.rows} x {world.grid.cols}, {'OpenGL' if live else 'pictures'}")
    drawing, preview = full(world), rough(world)
    print("  make the drawing       ", taken(lambda: full(world), 3))
    print("  make the drag preview  ", taken(lambda: rough(world)))
    view = MapView(QLabel())
    view.resize(SIZE[0], SIZE[1] + 34)
    view.show()
    view.show_drawing(drawing)
    settle(app, view)
    print("  hand over the drawing  ", taken(lambda: view.show_drawing(drawing)))
    settle(app, view)
    print("  hand over the preview  ", taken(lambda: view.show_coarse(preview)))
    settle(app, view)
    print("  a frame of the preview ", taken(lambda: (view.show_coarse(preview), settle(app, view, 0.002)), 5))
    view.show_drawing(Drawing(world, drawing.scene, live))
    settle(app, view)
    for name, moving in (("at rest  ", False), ("in motion", True)):
        print(
            f"  a frame {name}      ", taken(frame(app, view, moving)), f"{view.stage.canvas.triangles():8d} triangles"
        )
    spots = np.random.default_rng(1).uniform((100, 100), SIZE, (64, 2)).tolist()
    print("  64 looks at the pointer", taken(lambda: [view.stage.tell(_place(view, x, y)) for x, y in spots]))
    view.outline(world["water_kind"] == 2)
    print("  what lies over the map ", taken(view.stage.glass.grab))
    view.close_live()
    view.close()
    view.deleteLater()
    settle(app, view)


def _place(view: MapView, x: float, y: float) -> tuple[float, float] | None:
    point = view.stage.ground_at(x, y)
    return None if point is None else (float(point[0]), float(point[1]))


def main() -> None:
    os.environ.setdefault("QT_API", "pyside6")
    app = QApplication.instance() or QApplication(["viewport"])
    assert isinstance(app, QApplication)
    dress(app)
    list(warm(lambda *_: None))
    print(f"{numba.get_num_threads()} threads, {SIZE[0]} x {SIZE[1]} pixels")
    ways = (True, False) if live_possible() else (False,)
    for cells in CELLS:
        world = built(cells)
        for live in ways:
            measure(app, live, world)


if __name__ == "__main__":
    main()
