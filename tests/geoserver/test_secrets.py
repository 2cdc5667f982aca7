"""The vault: what is kept does not tell what it holds, opens only in its place, and only with its key."""

import base64
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver.faults import BadFile, BrokenSeal
from geoserver.secrets import FIELDS, MARK, Vault
from geoserver.storage.sqlite import SqliteStore
from layers.cameras.model import Credential

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
