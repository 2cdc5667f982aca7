"""How long a click waits: the link through HTTP against a running server, beside the same server's empty answer.

``python -m tests.bench.link [CITY_FOLDER]`` starts the server itself; without a folder it uses the demo city.
"""

import argparse
import statistics
import time
from pathlib import Path

import httpx
import numpy as np

from tests.browser.conftest import serve
from tests.cities import built
from tests.judges.link_truth import open_city, random_places

ROOT = Path(__file__).resolve().parents[2]


def quantiles(seconds: list[float]) -> str:
    p50, p99 = np.percentile(seconds, [50, 99]) * 1000
    return f"p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   max {max(seconds) * 1000:6.2f} ms"


def timed(client: httpx.Client, url: str) -> float:
    start = time.perf_counter()
    answer = client.get(url)
    seconds = time.perf_counter() - start
    answer.raise_for_status()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, nargs="?")
    parser.add_argument("--places", type=int, default=500)
    given = parser.parse_args()
    city = given.city or built("city", ROOT / ".build" / "city")
    scene, cameras = open_city(city)
    places = random_places(scene, cameras, given.places, seed=7)
    serving = serve(city)
    base = next(serving)
    link, health = [], []
    with httpx.Client(base_url=base, timeout=30) as client:
        for place in places[:50]:
            timed(client, f"/api/link?lon={place.lon}&lat={place.lat}&height={place.height_m}")
        for place in places:
            link.append(timed(client, f"/api/link?lon={place.lon}&lat={place.lat}&height={place.height_m}"))
            health.append(timed(client, "/health"))
    serving.close()
    print(f"link through HTTP, {len(places)} places, {len(cameras)} cameras, one client")
    print(f"  /api/link {quantiles(link)}")
    print(f"  /health   {quantiles(health)}   (the server's own floor)")
    print(f"  ratio of medians {statistics.median(link) / statistics.median(health):.1f}")


if __name__ == "__main__":
    main()
