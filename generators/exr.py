"""OpenEXR pictures, as far as heightmaps need them: scan lines, half or float channels, stored plain, RLE or ZIP.

Source: The OpenEXR file layout, Academy Software Foundation; its ZIP scheme stores differences of interleaved bytes.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MAGIC = 20000630
_TILED, _DEEP, _MULTIPART = 0x200, 0x800, 0x1000
_LINES = {0: 1, 1: 1, 2: 1, 3: 16}  # rows in a block by compression: none, RLE, ZIPS, ZIP
_NAMES = {4: "PIZ", 5: "PXR24", 6: "B44", 7: "B44A", 8: "DWAA", 9: "DWAB"}
_TYPES: dict[int, np.dtype[np.generic]] = {0: np.dtype("<u4"), 1: np.dtype("<f2"), 2: np.dtype("<f4")}
_WANTED = ("Y", "R", "G", "B", "Z", "V", "height")


def read_exr(data: bytes) -> Floats:
    """Return the brightness of a picture, ``(rows, cols) float32``; of several channels the first of Y, R, G, B.

    Raises
    ------
    ValueError
        It is no such file, or stored in a way that is not read here; the message says which.
    """
    if len(data) < 8 or struct.unpack_from("<I", data)[0] != MAGIC:
        raise ValueError("it is no OpenEXR file")
    flags = struct.unpack_from("<I", data, 4)[0]
    if flags & (_TILED | _DEEP | _MULTIPART):
        raise ValueError("tiled, deep and multi-part OpenEXR files are not read; save it as plain scan lines")
    header, at = _header(data)
    compression = header["compression"][0]
    if compression not in _LINES:
        raise ValueError(f"{_NAMES.get(compression, 'its')} compression is not read; save it with ZIP or none")
    x0, y0, x1, y1 = struct.unpack("<4i", header["dataWindow"])
    rows, cols = y1 - y0 + 1, x1 - x0 + 1
    if not (0 < rows <= 65536 and 0 < cols <= 65536):
        raise ValueError("its size makes no sense")
    channels = _channels(header["channels"])
    name = next((c for c in _WANTED if c in {n for n, _ in channels}), channels[0][0])
    out = np.empty((rows, cols), np.float32)
    lines = _LINES[compression]
    blocks = -(-rows // lines)
    for offset in struct.unpack_from(f"<{blocks}Q", data, at):
        first, size = struct.unpack_from("<iI", data, offset)
        count = min(lines, rows - (first - y0))
        raw = _unpacked(data[offset + 8 : offset + 8 + size], compression, count * cols * _width(channels))
        out[first - y0 : first - y0 + count] = _picked(raw, channels, name, count, cols)
    return out


def _header(data: bytes) -> tuple[dict[str, bytes], int]:
    """Return the attributes by name, and where they end."""
    found, at = {}, 8
    while data[at] != 0:
        end = data.index(b"\0", at)
        kind_end = data.index(b"\0", end + 1)
        size = struct.unpack_from("<I", data, kind_end + 1)[0]
        found[data[at:end].decode("latin-1")] = data[kind_end + 5 : kind_end + 5 + size]
        at = kind_end + 5 + size
    return found, at + 1


def _channels(data: bytes) -> list[tuple[str, np.dtype[np.generic]]]:
    """Return names and types in the order that they are stored."""
    found: list[tuple[str, np.dtype[np.generic]]] = []
    at = 0
    while data[at] != 0:
        end = data.index(b"\0", at)
        kind, _linear, sx, sy = struct.unpack_from("<iI2i", data, end + 1)
        if kind not in _TYPES or (sx, sy) != (1, 1):
            raise ValueError("a channel has a type or a sampling that is not read")
        found.append((data[at:end].decode("latin-1"), _TYPES[kind]))
        at = end + 17
    if not found:
        raise ValueError("it has no channel")
    return found


def _width(channels: list[tuple[str, np.dtype[np.generic]]]) -> int:
    return sum(kind.itemsize for _, kind in channels)


def _unpacked(block: bytes, compression: int, size: int) -> bytes:
    if compression == 0 or len(block) == size:  # what would not get smaller is stored plain
        return block
    packed = _unrolled(block) if compression == 1 else zlib.decompress(block)
    steps = np.frombuffer(packed, np.uint8).astype(np.int64)
    steps[1:] -= 128
    values = np.cumsum(steps).astype(np.uint8)
    half = (len(values) + 1) // 2
    out = np.empty_like(values)
    out[0::2], out[1::2] = values[:half], values[half:]
    return out.tobytes()


def _unrolled(block: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(block):
        count = struct.unpack_from("b", block, at)[0]
        if count < 0:
            out += block[at + 1 : at + 1 - count]
            at += 1 - count
        else:
            out += block[at + 1 : at + 2] * (count + 1)
            at += 2
    return bytes(out)


def _picked(raw: bytes, channels: list[tuple[str, np.dtype[np.generic]]], name: str, count: int, cols: int) -> Floats:
    """``(count, cols)`` one channel of a block: row after row, in each row channel after channel."""
    whole = np.frombuffer(raw, np.uint8).reshape(count, cols * _width(channels))
    at = 0
    for channel, kind in channels:
        if channel == name:
            part = np.ascontiguousarray(whole[:, at : at + cols * kind.itemsize])
            return part.view(kind).astype(np.float32)
        at += cols * kind.itemsize
    raise ValueError(f"channel {name} is missing")
