"""Works out the coverage of a built city from the command line, on all cores; goes on where it was stopped."""

import threading
import time
from pathlib import Path

from geoserver.console import Console
from geoserver.coverage_store import CoverageStore
from geoserver.coverage_tasks import Ground
from geoserver.coverage_work import Coverer, Wanted
from geoserver.settings import settings_from_environment
from geoserver.storage.opening import open_store
from geoserver.storage.store import Query
from geoserver.town import Town
from layers.cameras.model import Camera

STAGES = {"footprints": "footprints-of-cameras"}
"""How stages are called beside those of a build, where that has one of the same name."""


def cover(folder: Path, workers: int, console: Console) -> None:
    """Bring the coverage of a city up to date; nothing happens where there are no cameras.

    Raises
    ------
    LogBusy
        Another process, perhaps a server, is at work on it.
    """
    settings = settings_from_environment(folder)
    records = open_store(settings.database)
    try:
        cameras = [record for record in records.find(Query(kind="camera")) if isinstance(record, Camera)]
    finally:
        records.close()
    if not cameras:
        return
    started = time.perf_counter()
    town = Town.open(settings.folder, settings.cache)
    wanted = Wanted.of(cameras, town.scene)
    store = CoverageStore(settings.coverage, write=True)

    def tell(stage: str, done: int, total: int) -> None:
        console.stage(STAGES.get(stage, stage), done, total)

    try:
        Coverer(Ground.of(town), store, settings.folder, workers, tell, threading.Event()).update(wanted)
        included = len(store.counted())
        left_out = len(wanted.left_out) + len(wanted.cameras) - included
    finally:
        store.close()
    console.tell("covered", cameras=included, left_out=left_out, seconds=time.perf_counter() - started)
