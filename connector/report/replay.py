"""The proof of a replay: both documents' digests, and where they first differ."""

import json
from collections.abc import Iterator
from typing import Any

from connector.report.words import clean


def replay_text(reference: str, stored: bytes, computed: bytes, digests: tuple[str, str]) -> str:
    """Write whether a document computed anew is the stored one, byte for byte."""
    lines = [
        f"{reference}, computed anew from what was stored at its close",
        f"  stored    sha256 {digests[0]}, {len(stored)} bytes",
        f"  computed  sha256 {digests[1]}, {len(computed)} bytes",
    ]
    found = first_difference(stored, computed)
    lines.append(f"  NOT THE SAME: {clean(found)}" if found else "  The same, byte for byte")
    return "\n".join(lines)


def replay_data(reference: str, stored: bytes, computed: bytes, digests: tuple[str, str]) -> dict[str, Any]:
    """Give the proof as data; ``difference`` is null if there is none."""
    return {
        "reference": reference,
        "proven": stored == computed,
        "stored": {"sha256": digests[0], "bytes": len(stored)},
        "computed": {"sha256": digests[1], "bytes": len(computed)},
        "difference": first_difference(stored, computed) or None,
    }


def first_difference(stored: bytes, computed: bytes) -> str:
    """Say where two documents in canonical JSON first differ; empty: nowhere."""
    if stored == computed:
        return ""
    if not computed:
        return "computed anew, nothing is due and there is no document"
    return next(_differences("", json.loads(stored), json.loads(computed)), "the same values in other bytes")


def _differences(path: str, stored: Any, computed: Any) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(computed, dict):
        for key in sorted({*stored, *computed}):
            yield from _differences(f"{path}.{key}" if path else key, stored.get(key), computed.get(key))
    elif isinstance(stored, list) and isinstance(computed, list) and len(stored) == len(computed):
        for at, (one, other) in enumerate(zip(stored, computed, strict=True)):
            yield from _differences(f"{path}[{at}]", one, other)
    elif isinstance(stored, list) and isinstance(computed, list):
        yield f"{path} has {len(stored)} entries, computed anew {len(computed)}"
    elif stored != computed:
        yield f"{path} is {_shown(stored)}, computed anew {_shown(computed)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
