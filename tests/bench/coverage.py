"""Profile, footprint and index of all cameras of a built city: seconds and bytes.

``python -m tests.bench.coverage CITY``. Everything is made anew in a folder of its own, with one process a core;
the city itself is not touched. The clock starts before the city is opened, with all modules imported.
``--drag`` prints instead what one camera costs while it is dragged: the median of 60 trials each.
"""

import argparse
import os
import resource
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from geoserver.coverage_store import CoverageStore
from geoserver.coverage_tasks import Ground
from geoserver.coverage_work import Coverer, Wanted
from geoserver.fleet import Fleet
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query
from geoserver.town import Town
from layers.cameras.model import Camera


def opened(folder: Path) -> tuple[Town, list[Camera]]:
    settings = Settings(folder=folder.resolve())
    store = SqliteStore.open(settings.database)
    cameras = [record for record in store.find(Query(kind="camera")) if isinstance(record, Camera)]
    store.close()
    return Town.open(settings.folder, settings.cache), cameras


def whole_city(folder: Path, workers: int) -> None:
    """All cameras, from nothing."""
    begun = time.perf_counter()
    town, cameras = opened(folder)
    spans: dict[str, list[float]] = {}

    def tell(stage: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        spans.setdefault(stage, [now, now])[1] = now

    with tempfile.TemporaryDirectory(prefix="coverage-") as scratch:
        started = time.perf_counter()
        spans["open"] = [begun, started]
        Fleet.make(cameras, town.scene, 0)
        spans["index"] = [started, time.perf_counter()]
        ground = Ground.of(town)
        spans["facades"] = [spans["index"][1], time.perf_counter()]
        store = CoverageStore(Path(scratch), write=True)
        wanted = Wanted.of(cameras, town.scene)
        Coverer(ground, store, folder.resolve(), workers, tell, threading.Event()).update(wanted)
        total = time.perf_counter() - begun
        parts = ", ".join(f"{stage} {end - begin:.1f} s" for stage, (begin, end) in spans.items())
        print(f"{len(cameras)} cameras, {len(wanted.cameras)} counted, {workers} processes: {total:.1f} s ({parts})")
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg()[:2])
        own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        spent = [one.ru_utime + one.ru_stime for one in (own, others)]
        print(f"processor: {spent[0]:.1f} s here, imports included, {spent[1]:.1f} s in other processes; load {load}")
        for name, size in store.nbytes.items():
            print(f"{name}: {size / 1e6:.1f} MB, {size / max(len(wanted.cameras), 1):.0f} bytes a camera")
        store.close()


def dragged(folder: Path) -> None:
    """Coverage of one camera at trial headings, as the route answers it."""
    from geoserver.api.deps import answer
    from geoserver.coverage_answers import coverage_answer

    town, cameras = opened(folder)
    now = type("Shown", (), {"town": town, "fleet": type("F", (), {"cameras": {c.id: c for c in cameras}})()})()
    rng = np.random.default_rng(7)
    street = [c for c in cameras if c.tier == 3 and not c.is_ptz and c.can_be_aimed and c.status == "in-service"]
    for reach in (200.0, 300.0, 600.0):
        times, whole = [], []
        for camera in rng.choice(np.array(street, object), 60):
            # The field of view with which 12.5 px/m just reach that far.
            hfov = float(np.degrees(2 * np.arctan(camera.image_width_px / 2 / (reach * 12.5))))
            trial = camera.model_copy(
                update={"hfov_deg": hfov, "heading_deg": float(rng.uniform(0, 360)), "distortion": ()}
            )
            for preview, kept in ((True, times), (False, whole)):
                started = time.perf_counter()
                answer(coverage_answer(now, trial, "2014", "en", preview=preview))  # type: ignore[arg-type]
                kept.append(time.perf_counter() - started)
        for name, kept in (("preview", times), ("whole", whole)):
            median, worst = np.percentile(kept, [50, 95]) * 1e3
            print(f"{reach:.0f} m, {name}: median {median:.1f} ms, p95 {worst:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--drag", action="store_true")
    given = parser.parse_args()
    if given.drag:
        dragged(given.city)
    else:
        whole_city(given.city, given.workers)


if __name__ == "__main__":
    main()
