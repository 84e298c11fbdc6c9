"""Compares the shape of a simulated answer with a recorded one."""

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"


def samples(desk: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((SAMPLES / f"{desk}.json").read_text("utf-8"))
    return rows


def differences(
    ours: Any, recorded: Any, *, own: frozenset[str] = frozenset(), part: bool = False, at: str = ""
) -> list[str]:
    """Name what differs. ``own``: keys of the recorded installation; ``part``: we may leave keys out."""
    if ours is None or recorded is None:
        return []
    if type(ours) is not type(recorded):
        return [f"{at}: {type(ours).__name__}, recorded {type(recorded).__name__}"]
    if isinstance(ours, dict):
        lacking = set() if part else set(recorded) - set(ours) - own
        found = [f"{at}.{key}: not sent" for key in sorted(lacking)]
        found += [f"{at}.{key}: not recorded" for key in sorted(set(ours) - set(recorded))]
        for key in set(ours) & set(recorded):
            found += differences(ours[key], recorded[key], own=own, part=part, at=f"{at}.{key}")
        return found
    if isinstance(ours, list) and ours and recorded:
        return differences(ours[0], recorded[0], own=own, part=part, at=f"{at}[0]")
    return []
