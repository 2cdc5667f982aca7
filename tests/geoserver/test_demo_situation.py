"""The demo's calls come once a day, and what people have done with them stays."""

from datetime import datetime, timedelta
from pathlib import Path

from geoserver import demo_situation
from geoserver.console import Console
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Write
from layers.incidents.states import noted


def test_once_a_day_and_the_old_ones_are_closed_unless_somebody_has_touched_them(village_copy: Path, monkeypatch):
    city = village_copy
    store = SqliteStore.open(city / "city.sqlite")
    first = {one.id: one for one in store.find(Query("incident"))}
    assert len(first) == 42
    assert store.count(Query("checkpoint")) > 10
    touched = next(one for one in first.values() if one.state == "on-scene")
    store.commit([Write.put(noted(touched, "ours", at=touched.reported_at, by="we"), touched.version)])
    head = store.head()
    demo_situation.load_demo(city, city / "sources", Console(as_json=True))
    assert store.head() == head

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=1)

    monkeypatch.setattr(demo_situation, "datetime", Tomorrow)
    demo_situation.load_demo(city, city / "sources", Console(as_json=True))
    then = {one.id: one for one in store.find(Query("incident"))}
    assert len(then) == 84
    assert {one.id for one in then.values() if one.id in first and one.state != "closed"} == {touched.id}
    assert any(one.state == "reported" for one in then.values())
    store.close()
