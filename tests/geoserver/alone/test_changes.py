"""Changes of cameras taken up one by one: every answer is as after a start with the same records."""

import orjson

from geoserver.link_answers import link_answer
from geoserver.place_answers import search
from geoserver.seen_fleet import SeenFleet
from geoserver.services import Now, Services
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Look, Write
from layers.grants.permissions import everywhere
from layers.privacy import PrivacyVolume
from tests import door
from tests.geoserver.builders import a_camera


def put(store: SqliteStore, *cameras: object) -> None:
    writes = []
    for camera in cameras:
        kept = store.get("camera", camera.id)  # type: ignore[attr-defined]
        writes.append(Write.put(camera, kept.version if kept else 0))  # type: ignore[arg-type]
    store.commit(writes)


def told(now: Now) -> dict[str, object]:
    """What the city answers, without what counts changes."""
    listing = orjson.loads(SeenFleet(now.fleet, everywhere("camera")).listing)
    places = [(106.8 + dx, 39.6 + dy, None) for dx in (-0.002, 0.0, 0.001) for dy in (-0.001, 0.0005, 0.002)]
    return {
        "list": sorted(map(str, listing["cameras"])),
        "order": [row["id"] for row in listing["cameras"]],
        "count": (listing["count"], now.fleet.count, len(now.fleet.index), len(now.fleet.cameras)),
        "versions": {id_: camera.version for id_, camera in now.fleet.cameras.items()},
        "links": [link_answer(now, place, 12.5, None, 50, "en", seen=everywhere("camera")) for place in places],
        "names": [search(now, q, 20, "zh", door.caller().permissions) for q in ("north", "n", "新", "moved", "2")],
    }


def test_each_change_is_served_as_after_a_start(own: Services) -> None:
    changes = (
        lambda: put(own.store, a_camera("north", heading_deg=45.0, name="moved")),
        lambda: put(own.store, a_camera("aaa", lon=106.801), a_camera("new-2", lat=39.601, name="新的")),
        lambda: own.store.commit([Write.remove(own.store.get("camera", "south"))]),  # type: ignore[arg-type]
        lambda: put(own.store, *(a_camera(f"many-{k}", lon=106.799 + k * 1e-5) for k in range(300))),
        lambda: put(own.store, a_camera("lookout", tier=1, status="retired", lat=39.599)),
        lambda: put(own.store, a_camera("south", heading_deg=10.0)),
    )
    before = told(own.now)
    for change in changes:
        kept = own.now
        change()
        assert own.apply_now()
        assert told(own.now) == told(Now.of(own.now.town, own.store))
        assert own.now.fleet.seq == own.store.head()
        assert own.now.fleet.version != kept.fleet.version
        assert own.now.fleet.index is kept.fleet.index
    assert not own.apply_now()
    assert told(own.now) != before


def test_changes_of_other_kinds_leave_the_cameras_as_they_are(own: Services) -> None:
    kept = own.now
    ring = ((106.8, 39.6), (106.801, 39.6), (106.801, 39.601), (106.8, 39.6))
    own.store.commit([Write.put(PrivacyVolume(id="o", rings=(ring,), base_m=1040.0, top_m=1050.0), 0)])  # type: ignore[call-arg]
    assert own.apply_now()
    assert own.now.fleet.seq == own.store.head() > kept.fleet.seq
    assert own.now.fleet.version == kept.fleet.version
    assert own.now.names is kept.names


def test_a_noted_look_at_a_camera_is_no_change_of_it(own: Services) -> None:
    kept = own.now
    own.store.note([Look("someone", "camera", "north", "a call")])
    assert not own.apply_now()
    assert own.now is kept
    put(own.store, a_camera("south", heading_deg=3.0))
    assert own.apply_now()
    assert "north" in own.now.fleet.cameras


def test_listeners_are_told_what_changed_once_it_is_served(own: Services) -> None:
    heard: list[tuple[frozenset[str], bool]] = []
    own.on_change(lambda ids: heard.append((frozenset(ids), own.now.fleet.seq == own.store.head())))
    put(own.store, a_camera("north", heading_deg=99.0), a_camera("fresh"))
    own.store.commit([Write.remove(own.store.get("camera", "roof"))])  # type: ignore[arg-type]
    assert own.refresh()
    assert heard == [(frozenset({"north", "fresh", "roof"}), True)]
    assert not own.refresh()
    assert len(heard) == 1


def test_a_request_keeps_the_fleet_that_it_began_with(own: Services) -> None:
    began = own.now
    put(own.store, a_camera("north", heading_deg=123.0), a_camera("one-more"))
    own.apply_now()
    assert began.fleet.cameras["north"].heading_deg == 0.0
    assert began.fleet.summary("north")["heading"] == 0.0
    assert "one-more" not in began.fleet.cameras
    assert own.now.fleet.cameras["north"].heading_deg == 123.0
