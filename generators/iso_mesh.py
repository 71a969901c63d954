"""Density to triangles: the closed surface where a field of voxels changes its sign."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray


def surface(density: FloatArray, origin: FloatArray, voxel_m: float) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return the surface around what is positive, watertight: the field is closed off at its border.

    Parameters
    ----------
    density : ndarray
        ``(nx, ny, nz) float32``.
    origin : ndarray
        ``(3,)`` x, y, z of the first voxel [m].
    voxel_m : float
        Edge of a voxel [m].

    Returns
    -------
    vertices, faces : ndarray
        ``(n, 3) float32`` [m] and ``(m, 3) int32``, counter-clockwise seen from outside.

    Notes
    -----
    Marching cubes (Lorensen & Cline 1987) in the parallel form of Schroeder, Maynard & Geveci (2015), as VTK has it.
    """
    # 0.2 s of imports that only volumes need.
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy  # noqa: PLC0415
    from vtkmodules.vtkCommonDataModel import vtkImageData  # noqa: PLC0415
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D  # noqa: PLC0415

    field = np.pad(density, 1, constant_values=-1.0).astype(np.float32)
    image = vtkImageData()
    image.SetDimensions(*field.shape)
    image.SetSpacing(voxel_m, voxel_m, voxel_m)
    image.SetOrigin(*(float(v) - voxel_m for v in origin))
    # The surface of what is positive, seen from outside: VTK's normals point to smaller values.
    flat = np.ascontiguousarray(field.ravel(order="F"))
    image.GetPointData().SetScalars(numpy_to_vtk(flat))  # type: ignore[no-untyped-call]  # VTK has no types here
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.0)
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    edges.Update()
    made = edges.GetOutput()
    if not made.GetNumberOfPolys():
        return np.empty((0, 3), np.float32), np.empty((0, 3), np.int32)
    vertices = vtk_to_numpy(made.GetPoints().GetData()).astype(np.float32)  # type: ignore[no-untyped-call]  # VTK has no types here
    faces = vtk_to_numpy(made.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32)  # type: ignore[no-untyped-call]  # VTK has no types here
    return vertices, outward(vertices, faces)


def outward(vertices: FloatArray, faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the faces of a closed mesh turned so that it has a positive volume."""
    a, b, c = (vertices[faces[:, k]].astype(np.float64) for k in range(3))
    volume = float(np.einsum("ij,ij->", a, np.cross(b, c)))
    return faces if volume >= 0 else np.ascontiguousarray(faces[:, ::-1])
