"""Connected-vehicle logs: SAE J2735 basic safety messages as the US DOT's operational data environment logs them."""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from layers.tracks.files.rows import FileOfFixes, Row, gathered, milliseconds

MINUTE_MS: Final = 60_000


def read_bsm(data: bytes) -> FileOfFixes:
    """One JSON document a line; other messages than BSM are named as refused."""
    return gathered(_rows(data))


def _rows(data: bytes) -> Iterator[tuple[int, str, Row | str]]:
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield number, *_row(orjson.loads(line))
        except orjson.JSONDecodeError:
            yield number, "", "is no JSON."
        except (KeyError, TypeError, ValueError):
            yield number, "", "is no basic safety message with id, time and position."


def _row(message: dict[str, Any]) -> tuple[str, Row | str]:
    core = message["payload"]["data"]["coreData"]
    at, place = core["position"], core.get("secMark")
    logged_ms = milliseconds(str(message["metadata"]["recordGeneratedAt"]))
    if logged_ms is None:
        return "", "metadata.recordGeneratedAt is no time."
    time_ms = logged_ms if place is None else _at_second(logged_ms, int(place))
    return str(core["id"]), (
        time_ms,
        float(at["longitude"]),
        float(at["latitude"]),
        _known(at.get("elevation")),
        _known(core.get("heading")),
        _known(core.get("speed")),
    )


def _at_second(logged_ms: int, mark_ms: int) -> int:
    """The moment nearest to when it was logged at which so much of a minute has passed (J2735 DSecond)."""
    if not 0 <= mark_ms < MINUTE_MS:
        return logged_ms  # 65535: not known; 60000 and above: a leap second
    begin = logged_ms - logged_ms % MINUTE_MS
    return min((begin + mark_ms + k * MINUTE_MS for k in (-1, 0, 1)), key=lambda at: abs(at - logged_ms))


def _known(value: Any) -> float | None:
    return None if value is None else float(value)
