"""What is kept of a map: a picture of any size, and a turntable; both drawn beside the main thread, without OpenGL."""

from __future__ import annotations

import io
import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QPainter

from pcgstudio.errors import InputError

from ..images import as_image
from ..scene import Bytes, Scene
from .camera import Pose, framing, wrapped
from .lane import Tick
from .legend import Ink, paint_legend
from .ramps import Legend
from .shown import Shown


@dataclass(frozen=True)
class Sitting:
    """What a picture shows.

    Parameters
    ----------
    scene : Scene
    pose : Pose
    aspect : float
        Width over height of the window that the pose was chosen in.
    shown : Shown
    paper : tuple of int
        sRGB bytes behind the map.
    legend : Legend, optional
        Set into the lower left corner.
    dark : bool
        Whether the paper is dark.
    """

    scene: Scene
    pose: Pose
    aspect: float
    shown: Shown = field(default_factory=Shown)
    paper: tuple[int, int, int] = (34, 39, 46)
    legend: Legend | None = None
    dark: bool = True


def screenshot(sitting: Sitting, path: Path, size: tuple[int, int], tick: Tick) -> Path:
    """Write what the window shows as a PNG of another size.

    Parameters
    ----------
    size : tuple of int
        Width and height [pixels].

    Raises
    ------
    InputError
        The file cannot be written.
    """
    from .soft import picture_of  # noqa: PLC0415 - loads kernels, which the window's start need not

    tick(0.05)
    pose, aspect = sitting.pose, size[0] / size[1]
    if aspect < sitting.aspect:  # a narrower picture shows all that the window shows from farther away
        pose = replace(pose, distance_m=pose.distance_m * sitting.aspect / aspect)
    picture = picture_of(sitting.scene, pose, size, shown=sitting.shown, background=sitting.paper)
    tick(0.7)
    if sitting.legend is not None:
        picture = _lettered(picture, sitting.legend, sitting.dark)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=4)
    written(path, file.getvalue())
    return path


def _lettered(picture: Bytes, legend: Legend, dark: bool) -> Bytes:
    image = as_image(picture)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    larger = max(1.0, image.height() / 900)
    painter.scale(larger, larger)
    paint_legend(painter, legend, Ink(dark), image.height() / larger + 34)  # no scale bar below it
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(picture.shape).copy()


def turntable(
    sitting: Sitting, path: Path, tick: Tick, *, size: tuple[int, int] = (640, 480), frames: int = 48,
    seconds: float = 6.0,
) -> Path:  # fmt: skip
    """Write the map turning once around as a GIF that loops.

    Parameters
    ----------
    tick : callable
        Told how far it is; raises `Cancelled` to stop.
    frames : int
        Pictures of a turn.
    seconds : float
        How long a turn takes.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    from .soft import picture_of  # noqa: PLC0415 - loads kernels, which the window's start need not

    start = replace(sitting.pose, fov_deg=sitting.scene.fov_deg, elevation_deg=min(sitting.pose.elevation_deg, 60.0))
    turns = [wrapped(start.azimuth_deg + 360 * k / frames) for k in range(frames)]
    low, high = sitting.scene.bounds
    middle = (low + high) / 2
    target = (float(middle[0]), float(middle[1]), float(middle[2]))
    looks = [replace(start, azimuth_deg=turn, target=target) for turn in turns]
    away = max(
        framing(look, sitting.scene.frame, size[0] / size[1]).distance_m for look in looks[:: max(1, frames // 8)]
    )
    pictures: list[Image.Image] = []
    for number, look in enumerate(looks):
        tick(number / frames)
        drawn = picture_of(
            sitting.scene, replace(look, distance_m=away * 1.04), size, shown=sitting.shown, background=sitting.paper
        )
        picture = Image.fromarray(drawn)
        if not pictures:  # one palette for all, or the colours would flicker
            pictures.append(picture.quantize(255, method=Image.Quantize.MEDIANCUT))
        else:
            pictures.append(picture.quantize(palette=pictures[0], dither=Image.Dither.FLOYDSTEINBERG))
    file = io.BytesIO()
    pictures[0].save(
        file, "GIF", save_all=True, append_images=pictures[1:], duration=round(1000 * seconds / frames), loop=0,
        disposal=1,
    )  # fmt: skip
    tick(1.0)
    written(path, file.getvalue())
    return path


def written(path: Path, content: bytes) -> None:
    """Replace a file's content atomically.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    half: Path | None = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            half = Path(file.name)
            file.write(content)
        os.replace(half, path)
        half = None
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror}; choose another folder") from error
    finally:
        if half is not None:
            half.unlink(missing_ok=True)
