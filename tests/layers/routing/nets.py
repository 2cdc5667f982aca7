"""Small road networks, and the plainest search over them: one heap, no library."""

import heapq
import math

import numpy as np

from layers.routing.network import Network, Street
from layers.routing.spots import Spots


def a_town(seed: int, across: int = 7) -> list[Street]:
    """Streets of a crooked grid: some missing, some for one way, of several speeds, bent between junctions."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(across), np.arange(across)), axis=-1) * 100.0
    corners = corners + rng.normal(0, 12, corners.shape)
    streets = []
    for i in range(across):
        for j in range(across):
            for di, dj in ((0, 1), (1, 0)):
                if i + di >= across or j + dj >= across or rng.random() < 0.15:
                    continue
                a, b = corners[i, j], corners[i + di, j + dj]
                points = np.array([a, (a + b) / 2 + rng.normal(0, 8, 2), b])
                way = rng.random()
                streets.append(Street(points, float(rng.choice([5.0, 10.0, 20.0])), way > 0.15, way < 0.85))
    return streets


def plain_seconds(network: Network, start: tuple[int, float], goal: tuple[int, float]) -> float:
    """Least time from a spot (arc, metres along) to another, by a search forward from the start alone."""
    graph: dict[object, list[tuple[object, float]]] = {}

    def drive(one: object, other: object, seconds: float) -> None:
        graph.setdefault(one, []).append((other, seconds))

    for arc in range(len(network)):
        length, whole = float(network.lengths_m[arc]), float(network.times_s[arc])
        stops: list[tuple[float, object]] = [(0.0, int(network.begins[arc])), (length, int(network.ends[arc]))]
        stops += [(at, name) for name, (own, at) in (("start", start), ("goal", goal)) if own == arc]
        for (a, one), (b, other) in ((p, q) for p in stops for q in stops if p is not q):
            allowed = network.forward[arc] if b >= a else network.backward[arc]
            if allowed or a == b:
                drive(one, other, abs(b - a) / length * whole)
    best: dict[object, float] = {}
    queue: list[tuple[float, int, object]] = [(0.0, 0, "start")]
    count = 0
    while queue:
        seconds, _, at = heapq.heappop(queue)
        if at in best:
            continue
        best[at] = seconds
        for other, more in graph.get(at, ()):
            count += 1
            heapq.heappush(queue, (seconds + more, count, other))
    return best.get("goal", math.inf)


def some_spots(network: Network, count: int, seed: int) -> Spots:
    """Spots anywhere on the network."""
    rng = np.random.default_rng(seed)
    arcs = rng.integers(0, len(network), count)
    return Spots(arcs, rng.random(count) * network.lengths_m[arcs], np.zeros(count))
