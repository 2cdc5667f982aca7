"""Counters of this process, told in Prometheus's text form."""

import threading
from collections import defaultdict

from geoserver.services import Now
from geoserver.streams.reencoders import Reencoders
from geoserver.version import VERSION

BUCKETS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Meter:
    """Counts of requests and their durations, by method, route and status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._times: dict[str, list[int]] = {}
        self._sums: dict[str, float] = defaultdict(float)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one request."""
        with self._lock:
            self._requests[method, route, status] += 1
            slots = self._times.setdefault(route, [0] * (len(BUCKETS_S) + 1))
            slots[sum(seconds > edge for edge in BUCKETS_S)] += 1
            self._sums[route] += seconds

    def text(self, now: Now, reencoders: Reencoders) -> str:
        """All counters."""
        with self._lock:
            lines = [
                "# TYPE geoserver_info gauge",
                f'geoserver_info{{version="{VERSION}",city_version="{now.town.scene.version}"}} 1',
                "# TYPE geoserver_cameras gauge",
                f"geoserver_cameras {now.fleet.count}",
                "# TYPE geoserver_journal_sequence gauge",
                f"geoserver_journal_sequence {now.fleet.seq}",
                "# TYPE geoserver_reencoders_in_use gauge",
                f"geoserver_reencoders_in_use {reencoders.in_use}",
                "# TYPE geoserver_reencoders_allowed gauge",
                f"geoserver_reencoders_allowed {reencoders.allowed}",
                "# TYPE geoserver_requests_total counter",
                *(
                    f'geoserver_requests_total{{method="{m}",route="{r}",status="{s}"}} {n}'
                    for (m, r, s), n in sorted(self._requests.items())
                ),
                "# TYPE geoserver_request_seconds histogram",
            ]
            for route in sorted(self._times):
                lines += self._histogram(route)
        return "\n".join(lines) + "\n"

    def _histogram(self, route: str) -> list[str]:
        total, lines = 0, []
        for edge, n in zip((*BUCKETS_S, "+Inf"), self._times[route], strict=True):
            total += n
            lines.append(f'geoserver_request_seconds_bucket{{route="{route}",le="{edge}"}} {total}')
        lines.append(f'geoserver_request_seconds_sum{{route="{route}"}} {self._sums[route]:.6f}')
        lines.append(f'geoserver_request_seconds_count{{route="{route}"}} {total}')
        return lines
