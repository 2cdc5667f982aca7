"""The vault: what is kept does not tell what it holds, opens only in its place, and only with its key."""

import base64
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver.console import Console
from geoserver.faults import BadFile, BrokenSeal
from geoserver.loading import load_file
from geoserver.sealed_store import open_sealed
from geoserver.secrets import FIELDS, MARK, Vault
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query
from layers.cameras.lists.load import Loading
from layers.cameras.model import Camera, Credential

SECRET = Credential(camera="north", stream="main", url="rtsp://10.66.77.88/1", user="root", password="opensesame")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "keys" / "vault.key")


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def key_file(folder: Path, *lines: str, mode: int = 0o600) -> Path:
    file = folder / "some.key"
    file.write_text("\n".join(lines))
    file.chmod(mode)
    return file


def test_a_credential_in_the_store_does_not_tell_what_it_holds(vault: Vault, tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "city.sqlite")
    store.set_credentials([vault.seal_credential(SECRET)])
    kept = store.credential("north", "main")
    assert kept is not None
    assert vault.unseal_credential(kept) == SECRET
    on_disk = b"".join(path.read_bytes() for path in tmp_path.glob("city.sqlite*"))
    for name in FIELDS:
        assert getattr(SECRET, name).encode() not in on_disk
        assert getattr(kept, name).startswith(MARK)
    store.close()


def test_a_copied_file_of_the_database_opens_nothing_without_the_key(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal_credential(SECRET)
    with pytest.raises(BrokenSeal) as refused:
        Vault.open(tmp_path / "other" / "vault.key").unseal_credential(sealed)
    assert "vault.key" in str(refused.value)


@pytest.mark.parametrize("moved", [{"camera": "south"}, {"stream": "sub"}, {"url": "user", "user": "url"}])
def test_a_value_moved_to_another_place_does_not_open(vault: Vault, moved: dict[str, str]) -> None:
    sealed = vault.seal_credential(SECRET)
    there = {name: getattr(sealed, value) if value in FIELDS else value for name, value in moved.items()}
    with pytest.raises(BrokenSeal):
        vault.unseal_credential(sealed.model_copy(update=there))


def test_names_of_places_cannot_be_cut_differently(vault: Vault) -> None:
    with pytest.raises(BrokenSeal):
        vault.unseal(vault.seal("x", "ab", "c"), "a", "bc")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.data())
def test_what_is_sealed_opens_and_one_bit_of_difference_does_not(
    tmp_path_factory: pytest.TempPathFactory, value: str, data: st.DataObject
) -> None:
    vault = Vault.open(tmp_path_factory.getbasetemp() / "keys" / "vault.key")
    sealed = vault.seal(value, "a", "b")
    assert vault.unseal(sealed, "a", "b") == value
    assert sealed != vault.seal(value, "a", "b")
    raw = bytearray(base64.urlsafe_b64decode(sealed.removeprefix(MARK)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BrokenSeal):
        vault.unseal(MARK + base64.urlsafe_b64encode(bytes(raw)).decode(), "a", "b")


@pytest.mark.parametrize("value", ["", "rtsp://10.0.0.1/1", MARK, MARK + "!!", MARK + "AAAA", MARK + "A" * 60, "秘密"])
def test_what_was_never_sealed_is_told_and_not_handed_on(vault: Vault, value: str) -> None:
    assert not vault.is_current(value)
    with pytest.raises(BrokenSeal) as refused:
        vault.unseal(value, "a")
    assert "rtsp" not in str(refused.value)


def test_a_new_key_on_top_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    before = Vault.open(key_file(tmp_path, "# of 2025", old)).seal("x", "a")
    both = Vault.open(key_file(tmp_path, "# of 2026", new, "", old))
    assert both.unseal(before, "a") == "x"
    assert not both.is_current(before)
    again = both.seal("x", "a")
    assert both.is_current(again)
    only = Vault.open(key_file(tmp_path, new))
    assert only.unseal(again, "a") == "x"
    with pytest.raises(BrokenSeal):
        only.unseal(before, "a")


def test_a_key_is_made_for_its_owner_only_and_once(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "vault.key"
    made: list[Vault] = []
    threads = [threading.Thread(target=lambda: made.append(Vault.open(file))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealed = made[0].seal("x")
    assert all(vault.unseal(sealed) == "x" for vault in made)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("lines", [(), ("# nothing",), ("short",), (base64.b64encode(b"x" * 31).decode(),), ("\x00",)])
def test_a_file_without_a_key_is_refused_and_not_shown(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(BadFile) as refused:
        Vault.open(key_file(tmp_path, *lines))
    assert "some.key" in str(refused.value)
    assert not any(line in str(refused.value) for line in lines if line.strip("\x00# "))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(BadFile, match="chmod 600"):
        Vault.open(key_file(tmp_path, new_key(), mode=mode))


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(BadFile):
        Vault.open(tmp_path)


def test_keys_are_not_shown(tmp_path: Path) -> None:
    line = new_key()
    assert line not in repr(Vault.open(key_file(tmp_path, line)))


def test_an_opened_store_seals_and_opens_by_itself(tmp_path: Path) -> None:
    database, key = tmp_path / "city.sqlite", tmp_path / "keys" / "vault.key"
    store = open_sealed(database, key)
    store.set_credentials([])
    assert store.credential("north", "main") is None
    assert not key.exists(), "a city without credentials needs no key"
    store.set_credentials([SECRET])
    assert store.credential("north", "main") == SECRET
    assert store.head() == 0
    store.close()
    plain = SqliteStore.open(database)
    kept = plain.credential("north", "main")
    assert kept is not None
    assert all(getattr(kept, name).startswith(MARK) for name in FIELDS)
    plain.close()


def test_credentials_from_before_there_was_a_key_are_sealed_by_their_next_load(tmp_path: Path) -> None:
    plain = SqliteStore.open(tmp_path / "city.sqlite")
    plain.set_credentials([SECRET])
    store = open_sealed(tmp_path / "city.sqlite", tmp_path / "vault.key")
    assert store.credential("north", "main") == SECRET
    store.set_credentials([SECRET])
    assert plain.credential("north", "main") != SECRET
    assert store.credential("north", "main") == SECRET
    plain.close()
    store.close()


def test_without_its_key_a_kept_credential_stays_shut(tmp_path: Path) -> None:
    store = open_sealed(tmp_path / "city.sqlite", tmp_path / "vault.key")
    store.set_credentials([SECRET])
    store.close()
    (tmp_path / "vault.key").unlink()
    again = open_sealed(tmp_path / "city.sqlite", tmp_path / "vault.key")
    with pytest.raises(BrokenSeal):
        again.credential("north", "main")
    again.close()


def test_a_list_that_is_loaded_leaves_no_address_in_the_database(village_copy: Path, tmp_path: Path) -> None:
    """The whole way: a file with addresses of streams, the verb that loads it, and every file of the city."""
    settings_ = Settings(folder=village_copy)
    store = open_sealed(settings_.database, settings_.vault_key)
    there = next(store.find(Query("camera")))
    file = tmp_path / "list.csv"
    row = f"x1,x1,{there.lon},{there.lat},rtsp://10.66.77.99/1,root,opensesame"
    file.write_text(f"id,name,lon,lat,url,user,password\n{row}\n")
    assert load_file(village_copy, file, Loading(), False, Console(True)) == 0
    kept = store.get("camera", "x1")
    assert isinstance(kept, Camera)
    got = store.credential("x1", kept.streams[0])
    assert got is not None
    assert (got.url, got.user, got.password) == ("rtsp://10.66.77.99/1", "root", "opensesame")
    store.close()
    for path in village_copy.glob("city.sqlite*"):
        assert b"10.66.77.99" not in path.read_bytes()
        assert b"opensesame" not in path.read_bytes()
