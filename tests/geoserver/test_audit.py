"""The journal checked: what tampering is found, and where; seals; looks; the command line."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from typer.testing import CliRunner

from geoserver import auditing
from geoserver.audit import SealKey, Verdict, seal_head, verify
from geoserver.auditing import sealing
from geoserver.cli import app
from geoserver.faults import BadSealKey
from geoserver.settings import Settings
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Look, Write
from tests.geoserver.builders import a_camera


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "city.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(file)
    store.commit([Write.put(a_camera(f"c{i}", name=f"第{i}"), 0) for i in range(5)], actor="loader")
    store.note([Look("li", "camera", "c1", "a call at 110", {"lon": 106.8})])
    store.commit([Write.put(a_camera("c2", name="other"), 1)])
    store.commit([Write.remove(store.get("camera", "c3"))])  # type: ignore[arg-type]
    yield store
    store.close()


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    return SealKey.open_or_make(tmp_path / "elsewhere" / "seal.pem")


def tamper(file: Path, *statements: str) -> None:
    """As one who can write to the file does it: the triggers are no hindrance."""
    connection = sqlite3.connect(file)
    for trigger in ("journal_no_update", "journal_no_delete"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def bad(verdict: Verdict) -> tuple[str, str, int]:
    assert verdict.bad is not None
    return verdict.bad.what, verdict.bad.flaw, verdict.bad.seq


def test_an_untouched_journal_holds(store: SqliteStore, key: SealKey) -> None:
    seal_head(store, key)
    assert verify(store, key) == Verdict(rows=8, pruned=0, seals=1, sealed=8, bad=None)
    assert verify(store, None).good


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE journal SET actor = 'nobody' WHERE seq = 4", ("row", "chain", 4)),
        ("UPDATE journal SET time = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 2", ("row", "chain", 2)),
        ("UPDATE journal SET after = replace(after, '第3', '第9') WHERE seq = 4", ("row", "body", 4)),
        ("UPDATE journal SET after_digest = before_digest WHERE seq = 7", ("row", "chain", 7)),
        ("UPDATE journal SET detail = '{}' WHERE seq = 6", ("row", "body", 6)),
        ("UPDATE journal SET digest = x'00' WHERE seq = 5", ("row", "chain", 5)),
        ("DELETE FROM journal WHERE seq = 3", ("row", "gap", 3)),
        ("DELETE FROM journal WHERE seq = 1", ("row", "gap", 1)),
    ],
)
def test_the_first_bad_row_is_named(
    store: SqliteStore, file: Path, statement: str, expected: tuple[str, str, int]
) -> None:
    tamper(file, statement)
    assert bad(verify(store, None)) == expected


def test_a_journal_cut_short_is_seen_by_its_seals_only(store: SqliteStore, file: Path, key: SealKey) -> None:
    seal_head(store, key)
    tamper(file, "DELETE FROM journal WHERE seq > 5", "DELETE FROM record WHERE version > 1")
    assert bad(verify(store, key)) == ("seal", "cut", 8)


def test_seals_cut_off_too_are_known_beside_the_key(store: SqliteStore, file: Path, key: SealKey) -> None:
    seal_head(store, key)
    tamper(file, "DELETE FROM journal WHERE seq > 5", "DELETE FROM seal")
    assert bad(verify(store, key)) == ("seal", "cut", 8)


def test_a_chain_made_anew_does_not_fit_its_seal(tmp_path: Path, key: SealKey) -> None:
    first, second = (SqliteStore.open(tmp_path / name) for name in ("a.sqlite", "b.sqlite"))
    first.commit([Write.put(a_camera("a"), 0)])
    second.commit([Write.put(a_camera("a", name="forged"), 0)])
    seal = seal_head(first, key)
    assert seal is not None
    second.add_seal(seal)
    assert bad(verify(second, key)) == ("seal", "digest", 1)
    first.close()
    second.close()


def test_a_seal_that_was_changed_is_seen(store: SqliteStore, file: Path, key: SealKey) -> None:
    seal_head(store, key)
    tamper(file, "UPDATE seal SET time = '2020-01-01T00:00:00.000000+00:00'")
    assert bad(verify(store, key)) == ("seal", "signature", 8)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE record SET document = replace(document, '第0', '第9') WHERE id = 'c0'", ("c0", "other")),
        ("DELETE FROM record WHERE id = 'c4'", ("c4", "missing")),
    ],
)
def test_records_are_what_the_journal_says(
    store: SqliteStore, file: Path, statement: str, expected: tuple[str, str]
) -> None:
    tamper(file, statement)
    found = verify(store, None).bad
    assert found is not None
    assert (found.what, found.id, found.flaw) == ("record", *expected)


def test_pruned_bodies_leave_the_chain_whole(store: SqliteStore, key: SealKey) -> None:
    seal_head(store, key)
    assert store.prune(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.prune(datetime.now(UTC) + timedelta(seconds=1)) == 8
    verdict = verify(store, key)
    assert (verdict.good, verdict.pruned) == (True, 8)
    assert all(row.pruned for row in (*store.changes(), *store.looks()))


def test_a_row_is_not_changed_by_mistake(store: SqliteStore) -> None:
    for statement in (
        "UPDATE journal SET actor = 'nobody'",
        "UPDATE journal SET after = '{}'",
        "DELETE FROM journal",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            store._connection.execute(statement)
    assert verify(store, None).good


def test_a_head_is_sealed_once(store: SqliteStore, key: SealKey) -> None:
    assert seal_head(store, key) is not None
    assert seal_head(store, key) is None
    store.note([Look("li", "camera", "c1")])
    assert seal_head(store, key) is not None
    assert [seal.seq for seal in store.seals()] == [8, 9]


def test_the_public_key_is_enough_to_check(store: SqliteStore, key: SealKey, tmp_path: Path) -> None:
    seal_head(store, key)
    public = tmp_path / "public.pem"
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key._public.public_bytes(*form))
    there = SealKey.open(public)
    assert verify(store, there).seals == 1
    with pytest.raises(BadSealKey, match="public key"):
        there.sign_text(b"anything")


def test_a_key_is_for_its_owner_only_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "seal.pem"
    name = SealKey.open_or_make(file).name
    assert file.stat().st_mode & 0o077 == 0
    assert SealKey.open_or_make(file).name == name
    file.write_text("no key")
    with pytest.raises(BadSealKey):
        SealKey.open(file)
    with pytest.raises(BadSealKey):
        SealKey.open(tmp_path / "none.pem")


def test_the_head_is_sealed_again_and_again_and_on_leaving(
    store: SqliteStore, key: SealKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = threading.Event()
    real = seal_head

    def seal(*given: object) -> object:
        made = real(*given)  # type: ignore[arg-type]
        sealed.set()
        return made

    monkeypatch.setattr(auditing, "seal_head", seal)
    settings = Settings(folder=tmp_path, seal_key_file=tmp_path / "elsewhere" / "seal.pem")
    with sealing(store, settings, every_s=0.01):
        assert sealed.wait(10)
        store.note([Look("li", "camera", "c1")])
    assert store.seals()[-1].seq == 9


def test_the_command_line(store: SqliteStore, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    city = ["--city", str(file.parent)]
    run = CliRunner()
    first = run.invoke(app, ["audit", "verify", *city])
    assert first.exit_code == 0, first.output
    assert "no key" in first.output
    assert "Row 8 sealed" in run.invoke(app, ["audit", "seal", *city]).output
    assert "up to row 8" in run.invoke(app, ["audit", "seal", *city]).output
    good = run.invoke(app, ["audit", "verify", *city])
    assert (good.exit_code, "8 rows" in good.output, "1 seals" in good.output) == (0, True, True)
    tamper(file, "UPDATE journal SET actor = 'nobody' WHERE seq = 4")
    told = run.invoke(app, ["audit", "verify", *city, "--json"])
    assert told.exit_code == 1
    assert '"seq": 4' in told.output
