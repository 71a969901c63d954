"""Pieces of a scene as VTK objects, made without copies where the arrays allow it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from ..scene import Piece, Scene

numpy_to_vtk: Any = numpy_support.numpy_to_vtk  # VTK annotates it by halves


def texture_of(picture: NDArray[np.uint8]) -> Any:
    """Return a texture of a picture ``(rows, cols, 3)``; no mipmaps: a second a map without a graphics card."""
    image = vtkImageData()
    lay(image, picture)
    texture = vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.MipmapOff()
    texture.RepeatOff()
    texture.EdgeClampOn()
    return texture


def lay(image: Any, picture: NDArray[np.uint8]) -> None:
    """Put a picture, row 0 on top, into an image, whose row 0 is below."""
    rows, cols, _ = picture.shape
    image.SetDimensions(cols, rows, 1)
    turned = np.ascontiguousarray(picture[::-1]).reshape(-1, 3)
    image.GetPointData().SetScalars(numpy_to_vtk(turned, deep=True))
    image.Modified()


def mesh_of(piece: Piece) -> Any:
    """Return the triangles of a piece with its colours or its places on the picture."""
    mesh = vtkPolyData()
    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(piece.vertices), deep=True))
    mesh.SetPoints(points)
    cells = vtkCellArray()
    offsets = np.arange(0, 3 * len(piece.faces) + 1, 3, dtype=np.int32)
    corners = np.ascontiguousarray(piece.faces, dtype=np.int32).ravel()
    cells.SetData(numpy_to_vtk(offsets, deep=True), numpy_to_vtk(corners, deep=True))
    mesh.SetPolys(cells)
    if piece.places is not None:
        mesh.GetPointData().SetTCoords(numpy_to_vtk(np.ascontiguousarray(piece.places), deep=True))
    else:
        colours = numpy_to_vtk(np.ascontiguousarray(piece.colour), deep=True)
        mesh.GetCellData().SetScalars(colours)
    return mesh


def prepared(scene: Scene) -> dict[int, Any]:
    """Return the meshes of the pieces that are seen at rest by their numbers, and textures by the ids of pictures."""
    # A texture that is made before the graphics of VTK are loaded is of a base class that cannot be drawn, and crashes.
    import vtkmodules.vtkRenderingOpenGL2  # noqa: F401, PLC0415 - loaded for what it registers, and only with graphics

    ready: dict[int, Any] = {}
    for number, piece in enumerate(scene.pieces):
        if piece.detail != "moving":
            ready[number] = mesh_of(piece)
            if piece.places is not None and id(piece.colour) not in ready:
                ready[id(piece.colour)] = texture_of(piece.colour)
    return ready


def actor_of(mesh: Any, texture: Any = None) -> Any:
    """Return what draws a mesh as it is: its light is in its colours."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    if texture is None:
        mapper.SetScalarModeToUseCellData()
        mapper.SetColorModeToDirectScalars()
    else:
        mapper.ScalarVisibilityOff()
        actor.SetTexture(texture)
    return actor
