"""Times as files have them."""

from datetime import UTC, datetime


def iso(time_ms: int) -> str:
    """A time (ms since 1970-01-01 UTC) by ISO 8601, in UTC, to the millisecond."""
    return f"{datetime.fromtimestamp(time_ms / 1e3, UTC):%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"
