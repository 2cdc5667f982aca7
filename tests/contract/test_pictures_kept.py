"""Pictures beside the records, over both engines: there with their record or not at all, kept while they are named."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from geoserver.storage.kept_pictures import KeptPicture
from geoserver.storage.store import Conflict, Store, Write
from layers.incidents.model import Picture
from layers.incidents.states import pictured, without_picture
from tests.layers.incidents.builders import an_incident

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def a_picture(text: str) -> tuple[Picture, KeptPicture]:
    whole = text.encode()
    id_ = hashlib.sha256(whole).hexdigest()
    return Picture(id=id_, at=NOW, by="li", width_px=4, height_px=3, size=5), KeptPicture(id_, whole, b"small")


def test_a_picture_comes_with_its_record_or_not_at_all(store: Store) -> None:
    told, kept = a_picture("one")
    incident = an_incident("a")
    store.commit([Write.put(incident, 0)])
    with pytest.raises(Conflict):
        store.commit([Write.put(pictured(incident, told), 7)], pictures=[kept])
    assert store.picture(told.id) is None
    store.commit([Write.put(pictured(incident, told), 1)], pictures=[kept])
    assert (store.picture(told.id), store.picture(told.id, small=True)) == (b"one", b"small")
    # The same bytes of another incident are the same picture.
    store.commit([Write.put(pictured(an_incident("b"), told), 0)], pictures=[kept])
    assert store.picture("none") is None


def test_what_nothing_names_is_forgotten_with_the_bodies(store: Store) -> None:
    (one, kept_one), (two, kept_two) = a_picture("one"), a_picture("two")
    first = pictured(pictured(an_incident("a"), one), two)
    store.commit([Write.put(first, 0)], pictures=[kept_one, kept_two])
    store.commit([Write.put(without_picture(first, one), 1)])
    # It can still be undone: a body of the journal names it.
    store.prune(datetime.now(UTC) - timedelta(days=1))
    assert store.picture(one.id) == b"one"
    store.prune(datetime.now(UTC) + timedelta(days=1))
    assert store.picture(one.id) is None
    assert store.picture(two.id) == b"two"
