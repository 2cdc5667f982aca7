"""A small city of two districts for walking its routes: every kind on both sides, everything marked by its side."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from shapely.geometry import box

from geoserver.accounts.kept import KeptAccounts
from geoserver.services import Now, Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from geoserver.town import Town
from layers.areas import AreaIndex
from layers.cameras.model import Tier
from layers.checkpoints import Checkpoint
from layers.crossings import Crossing
from layers.grants.roles import ROLES, Post
from layers.health.orders import RepairOrder
from layers.incidents.states import begun
from layers.privacy import PrivacyVolume
from layers.record import Record
from layers.responsible import Unit
from layers.vehicles import Vehicle
from layers.zones import Zone
from tests import door
from tests.contract.conftest import Place
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import flat_scene, serving

CITY, WEST, EAST = "150300", "150302", "150303"
MARKS = {WEST: "westmark", EAST: "eastmark"}
"""Stands in the id and name of all that lies on a side: whoever may not see that side must not read it anywhere."""
MIDDLE = 106.8
SPOTS = {WEST: (106.7990, 39.6003), EAST: (106.8010, 39.6003)}
AREAS = [
    (CITY, "city", "city", "", box(106.7, 39.5, 106.9, 39.7)),
    (WEST, "district westmark", "district", CITY, box(106.7, 39.5, MIDDLE, 39.7)),
    (EAST, "district eastmark", "district", CITY, box(MIDDLE, 39.5, 106.9, 39.7)),
    (f"{WEST}001", "street westmark", "street", WEST, box(106.7, 39.5, MIDDLE, 39.7)),
    (f"{EAST}001", "street eastmark", "street", EAST, box(MIDDLE, 39.5, 106.9, 39.7)),
]
NOBODY, NO_ROLE, CHIEF, SPARE = "nobody", "no role", "chief", "spare"
PEOPLE: dict[str, tuple[Post, ...]] = {
    **{f"{role} west": (Post(role=role, areas=frozenset({WEST})),) for role in ROLES},
    **{f"{role} east": (Post(role=role, areas=frozenset({EAST})),) for role in ROLES},
    NO_ROLE: (),
    CHIEF: door.POSTS,
}
"""Who walks → what they hold; nobody holds nothing and is not known."""
_NUMBER = itertools.count(1)


def town(folder: Path) -> Town:
    """The flat scene with its districts."""
    rows = [
        ({"code": code, "name": name, "name_en": name, "level": level, "parent": parent}, shape)
        for code, name, level, parent, shape in AREAS
    ]
    shapes = {row["code"]: (row, shape) for row, shape in rows}
    return replace(Town.of_scene(flat_scene(), folder), areas=AreaIndex.build(AREAS), area_shapes=shapes)


def a_record(kind: str, side: str, *, tier: Tier = 3, mark: str = "") -> Record:
    """A new thing of a kind on a side, each at a place of its own."""
    mark, number = mark or MARKS[side], next(_NUMBER)
    away = number * (1e-7 if side == EAST else -1e-7)
    lon, lat = SPOTS[side][0] + away, SPOTS[side][1]
    common: dict[str, Any] = {"id": f"{kind}-{mark}-{number}", "lon": lon, "lat": lat, "area": f"{side}001"}
    levels = {"district": side, "street": f"{side}001"}
    d = 1e-4
    ring = ((lon - d, lat - d), (lon + d, lat - d), (lon + d, lat + d), (lon - d, lat + d), (lon - d, lat - d))
    if kind == "camera":
        # Every one looks at the middle, so that both sides' cameras would stand in one answer.
        heading = 90.0 if side == WEST else 270.0
        place = {name: value for name, value in common.items() if name != "id"}
        return a_camera(common["id"], **place, **levels, name=mark, heading_deg=heading, tier=tier)
    if kind == "privacy-volume":
        return PrivacyVolume(**common, name=mark, rings=(ring,), base_m=1040.0, top_m=1050.0)
    if kind == "incident":
        fields = {**common, **levels, "source": "110", "number": common["id"], "category": "fire", "address": mark}
        return begun({**fields, "reported_at": datetime.now(UTC), "severity": 2, "unit": mark}, by="x")
    if kind == "checkpoint":
        return Checkpoint(**common, **levels, name=mark)
    if kind == "zone":
        return Zone(**common, name=mark, rings=(ring,))
    if kind == "crossing":
        at = datetime.now(UTC)
        return Crossing(**common, name=mark, zone=mark, mover_kind="unit", mover=mark, way="enter", at=at)
    if kind == "repair-order":
        at = datetime.now(UTC)
        fields = {"camera": f"camera-{mark}-{number}", "camera_name": mark, "faults": ("black",), "tier": tier}
        return RepairOrder(**common, **levels, **fields, opened_at=at, deadline=at)
    if kind == "vehicle":
        return Vehicle(**common, **levels, name=mark, unit=mark)
    return Unit(**common, name=mark)


@dataclass(frozen=True)
class World:
    """A served city and those who ask it."""

    address: str
    database: str | Path
    services: Services
    clients: dict[str, httpx.Client]
    keys: dict[str, str]

    def fresh(self, kind: str, side: str, mark: str = "") -> Record:
        """A new thing in the store, known to the server."""
        record = a_record(kind, side, mark=mark)
        self.services.store.commit([Write.put(record, 0)])
        self.services.apply_now()
        return record

    def ask(self, who: str, method: str, path: str, **how: Any) -> httpx.Response:
        """What somebody is answered."""
        return self.clients[who].request(method, path, **how)


@contextlib.contextmanager
def world_at(place: Place, folder: Path) -> Iterator[World]:
    """A server over a place for a store, with its people."""
    url = place.address if isinstance(place.address, str) else None
    settings = Settings(folder=folder, client=folder / "client", database_url=url, simulated=True)
    store = place.open()
    here = town(folder)
    kinds = (
        "camera",
        "privacy-volume",
        "incident",
        "checkpoint",
        "zone",
        "unit",
        "crossing",
        "repair-order",
        "vehicle",
    )
    things = [a_record(kind, side) for kind in kinds for side in (WEST, EAST)]
    things += [a_record("camera", side, tier=tier) for side in (WEST, EAST) for tier in (1, 2)]
    store.commit([Write.put(one, 0) for one in things])
    services = Services(store, Now.of(here, store), folder / "cache")
    with contextlib.closing(services), serving(settings, services) as address, contextlib.ExitStack() as stack:
        accounts = stack.enter_context(contextlib.closing(KeptAccounts.open(settings.database)))
        clients = {NOBODY: stack.enter_context(httpx.Client(base_url=address, timeout=180))}
        keys: dict[str, str] = {}
        door.keys_of(accounts, SPARE, ())
        for who, posts in PEOPLE.items():
            keys[who], _ = door.keys_of(accounts, who.replace(" ", "-"), posts)
            headers = {"Authorization": f"Bearer {keys[who]}"}
            clients[who] = stack.enter_context(httpx.Client(base_url=address, headers=headers, timeout=180))
        yield World(address, settings.database, services, clients, keys)
