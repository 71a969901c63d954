"""The table of a batch: one row an item, in order; Parquet for programs, CSV for eyes."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from .folder import MANIFEST_CSV, MANIFEST_PARQUET, MAPS, Folder, atomic_file
from .select import Decision

FIXED = (
    "index", "id", "status", "reason", "path", "source", "seed", "satisfied", "score", "checks_passed", "checks",
    "recipe_hash", "content_hash", "seconds", "build_seconds", "peak_mib", "version",
)  # fmt: skip
"""The columns that every batch has; after them ``param:``, ``check:`` (measured values) and ``trait:`` ones."""


def rows(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return one flat mapping an item."""
    return [_row(one) for one in decisions]


def _row(one: Decision) -> dict[str, Any]:
    told = one.record
    checks = told.get("checks", [])
    spent = told.get("seconds", {})
    made = told["state"] == "made"
    row = {
        "index": one.index, "id": told["id"], "status": one.status, "reason": one.reason,
        "path": f"{MAPS}/{told['id'][:2]}/{told['id']}" if made else "",
        "source": told["source"], "seed": told["seed"], "satisfied": told.get("satisfied"),
        "score": told.get("score"), "checks_passed": sum(c["passed"] for c in checks), "checks": len(checks),
        "recipe_hash": told.get("recipe_hash", ""), "content_hash": told.get("content_hash", ""),
        "seconds": spent.get("all"), "build_seconds": spent.get("build"), "peak_mib": told.get("peak_mib"),
        "version": told["version"],
    }  # fmt: skip
    row |= {f"param:{name}": value for name, value in told["parameters"].items()}
    row |= {f"check:{c['demand']}": c["measured"] for c in checks}
    return row | {f"trait:{name}": value for name, value in told.get("traits", {}).items()}


def write(folder: Folder, decisions: Sequence[Decision]) -> None:
    """Write ``manifest.parquet`` (with the descriptors) and ``manifest.csv`` (without)."""
    table = rows(decisions)
    names = list(dict.fromkeys([*FIXED, *(name for row in table for name in row)]))
    with atomic_file(folder.path / MANIFEST_CSV) as path, path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    _write_parquet(folder, table, names, [d.record.get("descriptor") for d in decisions])


def _write_parquet(folder: Folder, table: list[dict[str, Any]], names: list[str], descriptors: list[Any]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {name: _column(pa, [row.get(name) for row in table]) for name in names}
    columns["descriptor"] = pa.array(descriptors, pa.list_(pa.float32()))
    with atomic_file(folder.path / MANIFEST_PARQUET) as path:
        pq.write_table(pa.table(columns), path, compression="zstd")


def _column(pa: Any, values: list[Any]) -> Any:
    """Return an array of the values' own type; as text where a swept parameter mixes kinds."""
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int, float}:
        return pa.array(values, pa.float64())
    if len(kinds) > 1:
        return pa.array([None if v is None else str(v) for v in values])
    return pa.array(values)


def result_hash(decisions: Iterable[Decision]) -> str:
    """Hash what a batch came to: items, decisions and the content of the maps, in order; times do not count."""
    digest = hashlib.blake2b(digest_size=16)
    for one in decisions:
        told = [one.index, one.record["id"], one.status, one.reason, one.record.get("content_hash", "")]
        digest.update(json.dumps(told).encode())
    return digest.hexdigest()
