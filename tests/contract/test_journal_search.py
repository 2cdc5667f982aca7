"""What every store promises of a search of its journal, and what is given out with a seal."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geoserver.audit import SealKey
from geoserver.faults import BadExport
from geoserver.journal_export import check_export, sealed_lines, searched
from geoserver.storage.store import JournalQuery, Look, Store, Write
from tests.contract.conftest import Place, Places
from tests.geoserver.builders import a_camera

NORTH, SOUTH = (106.0, 39.7, 107.0, 40.0), (106.0, 39.0, 107.0, 39.5)


@pytest.fixture
def filled(places: Places) -> Iterator[Store]:
    """Rows: 1–2 made by wang, 3 changed by li, 4 taken in by li's list, 5 a look of li, 6 a sign-in, 7 moved."""
    place: Place = places()
    store = place.open()
    one, two = a_camera("a", area="150303", lat=39.8), a_camera("b", area="150302", lat=39.2)
    store.commit([Write.put(one, 0), Write.put(two, 0)], actor="wang")
    store.commit([Write.put(one.model_copy(update={"name": "%gate_'\"?"}), 1)], actor="li")
    store.commit([Write.put(a_camera("c", area="", lat=39.6), 0)], actor="load:li")
    store.note([Look("li", "camera", "a", "a call", {"lon": 106.5, "lat": 39.9, "area": "150303"})])
    store.note([Look("li", "account", "li", detail={"deed": "signed-in", "lon": "nowhere"})])
    store.commit([Write.put(two.model_copy(update={"area": "150303", "lat": 39.8}), 1)], actor="wang")
    yield store
    store.close()


def found(store: Store, **asked: Any) -> list[int]:
    return [row.seq for row in store.search(JournalQuery(**asked))]


@pytest.mark.parametrize(
    ("asked", "seqs"),
    [
        ({}, [7, 6, 5, 4, 3, 2, 1]),
        ({"limit": 2}, [7, 6]),
        ({"before": 6, "limit": 2}, [5, 4]),
        ({"person": "wang"}, [7, 2, 1]),
        ({"person": "li"}, [6, 5, 4, 3]),
        ({"kind": "camera", "id": "a"}, [5, 3, 1]),
        ({"action": "change"}, [7, 3]),
        ({"action": "look"}, [6, 5]),
        ({"changes": True, "limit": 2}, [7, 4]),
        ({"changes": True, "person": "li"}, [4, 3]),
        ({"changes": True, "but": "camera"}, []),
        ({"action": "signed-in"}, [6]),
        ({"action": "signed-out"}, []),
        ({"areas": frozenset({"150303"})}, [7, 5, 3, 1]),
        ({"areas": frozenset({"150302", "x"})}, [7, 2]),
        ({"areas": frozenset()}, []),
        ({"within": frozenset({"150303"})}, [5, 3, 1]),
        ({"within": frozenset({"150303", "150302"})}, [7, 5, 3, 2, 1]),
        ({"within": frozenset()}, []),
        ({"bbox": NORTH}, [7, 5, 3, 1]),
        ({"bbox": SOUTH}, [7, 2]),
        ({"bbox": (170.0, -90.0, -170.0, 90.0)}, []),
        ({"bbox": (106.0, 39.0, -170.0, 90.0)}, [7, 5, 4, 3, 2, 1]),
        ({"person": "wang", "bbox": SOUTH, "action": "create"}, [2]),
        ({"person": "' OR 1=1 --"}, []),
        ({"person": "a\x00"}, []),
        ({"since": datetime.now(UTC) + timedelta(days=1)}, []),
        ({"until": datetime.now(UTC) - timedelta(days=1)}, []),
    ],
)
def test_what_a_search_finds(filled: Store, asked: dict[str, Any], seqs: list[int]) -> None:
    assert found(filled, **asked) == seqs


def test_times_are_from_the_first_up_to_but_without_the_second(filled: Store) -> None:
    times = {row.seq: row.time for row in filled.search(JournalQuery())}
    assert found(filled, since=times[3], until=times[5]) == [seq for seq in (4, 3) if times[3] <= times[seq] < times[5]]


def test_pruned_rows_lie_nowhere(filled: Store) -> None:
    filled.prune(datetime.now(UTC) + timedelta(days=1))
    assert found(filled) == [7, 6, 5, 4, 3, 2, 1]
    assert found(filled, within=frozenset({"150303", "150302"})) == []


@pytest.fixture
def given_out(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, SealKey]:
    monkeypatch.setattr("geoserver.journal_export.PAGE", 2)
    key = SealKey.open_or_make(tmp_path / "seal.pem")
    file = tmp_path / "journal.jsonl"
    rows = searched(filled, JournalQuery(person="li"), filled.head())
    file.write_bytes(b"".join(sealed_lines(rows, {"person": "li"}, "admin", key)))
    return file, key


def test_what_is_given_out_is_known_again(given_out: tuple[Path, SealKey]) -> None:
    file, key = given_out
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["seq"] for line in lines[:-1]] == [6, 5, 4, 3]
    assert lines[0]["detail"]["deed"] == "signed-in"
    assert lines[-1]["seal"]["asked"] == {"person": "li"}
    told = check_export(file, key)
    assert (told.rows, told.by, told.key) == (4, "admin", key.name)


def test_openssl_says_the_same_without_us(given_out: tuple[Path, SealKey], tmp_path: Path) -> None:
    """As docs/security.md tells it."""
    file, _ = given_out
    *rows, last = file.read_bytes().splitlines(keepends=True)
    seal = json.loads(last)["seal"]
    signature = seal.pop("signature")
    assert seal["sha256"] == hashlib.sha256(b"".join(rows)).hexdigest()
    text = "geoserver journal export 1\n" + json.dumps(seal, sort_keys=True, separators=(",", ":"))
    (tmp_path / "text").write_text(text, "utf-8")
    (tmp_path / "signature").write_bytes(base64.b64decode(signature))
    public = ["openssl", "pkey", "-in", str(tmp_path / "seal.pem"), "-pubout", "-out", str(tmp_path / "public.pem")]
    subprocess.run(public, check=True)
    check = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(tmp_path / "public.pem")]
    check += ["-in", str(tmp_path / "text"), "-sigfile", str(tmp_path / "signature")]
    subprocess.run(check, check=True)


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (lambda lines: lines[1:], "rows"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "rows"),
        (lambda lines: [lines[0].replace(b"signed-in", b"signed-up"), *lines[1:]], "rows"),
        (lambda lines: [*lines[:-1], lines[-1].replace(b'"rows": 4', b'"rows": 5')], "signature"),
        (lambda lines: [*lines[:-1], lines[-1].replace(b'"by": "admin"', b'"by": "nobody"')], "signature"),
        (lambda lines: lines[:-1], "no-seal"),
        (lambda _: [], "no-seal"),
        (lambda lines: [*lines, b"[1]"], "no-seal"),
        (lambda lines: [*lines, b"\xff\xfe"], "no-seal"),
    ],
)
def test_a_file_that_was_changed_is_told(given_out: tuple[Path, SealKey], change: Any, flaw: str) -> None:
    file, key = given_out
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))
    with pytest.raises(BadExport) as told:
        check_export(file, key)
    assert told.value.values["flaw"] == flaw


def test_another_key_is_told(given_out: tuple[Path, SealKey], tmp_path: Path) -> None:
    with pytest.raises(BadExport) as told:
        check_export(given_out[0], SealKey.open_or_make(tmp_path / "other.pem"))
    assert told.value.values["flaw"] == "key"
