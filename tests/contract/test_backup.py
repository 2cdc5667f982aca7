"""All of a store dumped while others write, and loaded into another, of either engine: equal, chain intact."""

import hashlib
import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.model import Account
from geoserver.audit import SealKey, seal_head, verify
from geoserver.backup import check_dump, dump_all, load_all
from geoserver.cli import app
from geoserver.faults import BadDump, BadFile, StoreNotEmpty
from geoserver.storage.kept_pictures import KeptPicture
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Look, Query, Store, Write
from layers.cameras.model import Credential
from layers.grants.model import Grant
from layers.grants.roles import Post
from layers.privacy import PrivacyVolume
from tests import door
from tests.contract.conftest import Place
from tests.contract.get_postgres import Cluster
from tests.geoserver.builders import a_camera

RING = ((106.8, 39.6), (106.801, 39.6), (106.801, 39.601), (106.8, 39.6))


PICTURE = KeptPicture(hashlib.sha256(b"whole").hexdigest(), b"whole", b"\x00small")


def fill(store: Store, key: SealKey) -> None:
    store.commit([Write.put(a_camera(f"c{i}", name=f"第{i}", lon=106.8 + i / 7), 0) for i in range(20)], key="load-1")
    volume = PrivacyVolume(id="yard", rings=(RING,), base_m=1040.0, top_m=1050.0)  # type: ignore[call-arg]
    store.commit([Write.put(volume, 0), Write.put(a_camera("c3", name="new"), 1)], pictures=[PICTURE])
    store.commit([Write.remove(store.get("camera", "c4"))])  # type: ignore[arg-type]
    store.note([Look("li", "camera", "c1", "a call")])
    store.set_credentials([Credential(camera="c1", stream="main", url="rtsp://10.66.77.88/1", password="opensesame")])
    seal_head(store, key)


def everything(store: Store) -> list[Any]:
    with store.content() as content:
        records = [(kind, json.loads(document)) for kind, document in content.records]
        return [records, list(content.journal), list(content.seals), list(content.done), list(content.pictures)]


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    return SealKey.open_or_make(tmp_path / "key" / "seal.pem")


@pytest.mark.parametrize("target", ["postgres", "sqlite"])
def test_what_was_dumped_is_loaded_equal_into_either_engine(
    store: Store, target: str, key: SealKey, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fill(store, key)
    told = dump_all(store, tmp_path / "all.zip")
    assert (told.records, told.rows, told.head) == (20, 24, 24)
    cluster: Cluster | None = request.getfixturevalue("cluster") if target == "postgres" else None
    other = Place(target, cluster.database("target") if cluster else tmp_path / "target.sqlite").open()
    try:
        assert load_all(other, tmp_path / "all.zip") == told
        assert everything(other) == everything(store)
        assert verify(other, key).bad is None
        assert list(other.changes()) == list(store.changes())
        assert list(other.find(Query("camera"))) == list(store.find(Query("camera")))
        assert other.credential("c1", "main") is None
        assert other.picture(PICTURE.id) == PICTURE.whole
        assert other.picture(PICTURE.id, small=True) == PICTURE.small
        assert other.commit([Write.put(a_camera("x"), 0)], key="load-1") == 24
        assert other.commit([Write.put(a_camera("x"), 0)]) == 25
        assert other.count(Query("privacy-volume", bbox=(106, 39, 107, 40))) == 1
        with pytest.raises(StoreNotEmpty):
            load_all(other, tmp_path / "all.zip")
    finally:
        other.close()
        if cluster:
            cluster.drop("target")


def test_a_dump_holds_no_secret_and_is_for_its_owner(store: Store, key: SealKey, tmp_path: Path) -> None:
    fill(store, key)
    dump_all(store, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as dump:
        said = b"".join(dump.read(name) for name in dump.namelist())
    assert b"10.66.77.88" not in said
    assert b"opensesame" not in said


def test_a_dump_is_of_one_moment_while_others_write(store: Store, key: SealKey, tmp_path: Path) -> None:
    fill(store, key)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            store.commit([Write.put(a_camera(f"w{n}"), 0), Write.put(a_camera(f"v{n}"), 0)])
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            told = dump_all(store, tmp_path / f"{n}.zip")
            other = SqliteStore.open(tmp_path / f"{n}.sqlite")
            load_all(other, tmp_path / f"{n}.zip")
            assert verify(other, None).bad is None
            assert other.head() == told.head
            other.close()
    finally:
        stop.set()
        writer.join()


def rewritten(file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    made = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(made, "w") as out:
        for one in source.namelist():
            out.writestr(one, change(source.read(one)) if one == name else source.read(one))
    return made


@pytest.mark.parametrize(
    ("name", "change", "part", "row"),
    [
        ("journal.jsonl", lambda text: text.replace("第7".encode(), "第8".encode()), "rows", 8),
        ("journal.jsonl", lambda text: text.split(b"\n", 1)[1], "rows", 1),
        ("journal.jsonl", lambda text: text[: text.rindex(b"\n", 0, -1) + 1], "rows", 23),
        ("journal.jsonl", lambda text: text.replace(b'"before": null', b'"before": 7', 1), "rows", 1),
        ("journal.jsonl", lambda text: b"[1, 2]\n" + text, "rows", 1),
        ("records.jsonl", lambda text: text.replace("第7".encode(), "第8".encode()), "records", 24),
        ("records.jsonl", lambda text: text.replace(b'"tier": 3', b'"tier": 9', 1), "records", 1),
        ("records.jsonl", lambda text: text.replace(b'"camera"', b'"none"', 1), "records", 1),
        ("records.jsonl", lambda text: text[:-40], "records", 20),
        ("seals.jsonl", lambda text: b"", "seals", 0),
        ("pictures.jsonl", lambda text: text.replace(b"d2hvbGU=", b"d2hvbGV4"), "pictures", 1),
        ("pictures.jsonl", lambda text: b"", "pictures", 0),
        ("manifest.json", lambda text: text.replace(b'"version": 2', b'"version": 9'), "manifest", 0),
        ("manifest.json", lambda text: b"{}", "manifest", 0),
    ],
)
def test_a_dump_that_was_changed_is_refused_whole(
    key: SealKey, tmp_path: Path, name: str, change: Callable[[bytes], bytes], part: str, row: int
) -> None:
    store = SqliteStore.open(tmp_path / "from.sqlite")
    fill(store, key)
    dump_all(store, tmp_path / "all.zip")
    store.close()
    changed = rewritten(tmp_path / "all.zip", name, change)
    other = SqliteStore.open(tmp_path / "to.sqlite")
    with pytest.raises(BadDump) as told:
        load_all(other, changed)
    assert (told.value.values["part"], told.value.values["row"]) == (part, row)
    assert (other.head(), other.count(Query("camera"))) == (0, 0)
    with pytest.raises(BadDump):
        check_dump(changed)
    other.close()


def people() -> list[Account]:
    posts = (Post(role="operator", areas=frozenset({"150303"}), tiers=frozenset({3})),)
    grant = Grant(id="own", actions={"see"}, kinds={"camera"}, areas={"*"}, window={"begin": "20:00", "until": "06:00"})
    return [
        Account("li", "李", door.CHEAP.digest("opensesame"), disabled=True, posts=posts),
        Account("system", "system", None, grants=(grant,)),
    ]


def test_who_may_do_what_is_dumped_without_what_opens_it(place: Place, key: SealKey, tmp_path: Path) -> None:
    store, accounts = place.open(), KeptAccounts.open(place.address)
    fill(store, key)
    for account in people():
        accounts.add(account)
    file = tmp_path / "all.zip"
    assert dump_all(store, file, accounts.accounts()).accounts == check_dump(file).accounts == 2
    accounts.close()
    store.close()
    with zipfile.ZipFile(file) as dump:
        assert b"argon2" not in b"".join(dump.read(name) for name in dump.namelist())
    other, taken = SqliteStore.open(tmp_path / "to.sqlite"), list[Account]()
    assert load_all(other, file, taken.append).accounts == 2
    assert taken == [replace(one, password=None) for one in people()]
    other.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"operator"', b'"king"'),
        lambda text: text.replace(b'"li"', b'"L i"'),
        lambda text: text.split(b"\n", 1)[1],
        lambda text: text.replace(b'"disabled"', b'"password"', 1),
    ],
)
def test_changed_accounts_refuse_all_of_it(key: SealKey, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    store, other = SqliteStore.open(tmp_path / "from.sqlite"), SqliteStore.open(tmp_path / "to.sqlite")
    fill(store, key)
    dump_all(store, tmp_path / "all.zip", people())
    taken = list[Account]()
    with pytest.raises(BadDump) as told:
        load_all(other, rewritten(tmp_path / "all.zip", "accounts.jsonl", change), taken.append)
    assert (told.value.values["part"], other.head(), taken) == ("accounts", 0, [])
    other.close()
    store.close()


def test_a_file_that_is_no_dump_is_refused(tmp_path: Path, key: SealKey) -> None:
    store = SqliteStore.open(tmp_path / "from.sqlite")
    fill(store, key)
    file = tmp_path / "all.zip"
    dump_all(store, file)
    (tmp_path / "cut.zip").write_bytes(file.read_bytes()[:-200])
    (tmp_path / "text.zip").write_text("hello")
    for name in ("cut.zip", "text.zip"):
        with pytest.raises(BadDump):
            check_dump(tmp_path / name)
    with pytest.raises(BadFile):
        check_dump(tmp_path / "none.zip")
    with pytest.raises(BadFile):
        dump_all(store, tmp_path / "none" / "all.zip")
    store.close()


def test_the_command_line(tmp_path: Path, key: SealKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    (tmp_path / "a").mkdir()
    store = SqliteStore.open(tmp_path / "a" / "city.sqlite")
    fill(store, key)
    store.close()
    accounts = KeptAccounts.open(tmp_path / "a" / "city.sqlite")
    accounts.add(people()[0])
    accounts.close()
    run, file = CliRunner(), str(tmp_path / "all.zip")
    assert "20 records" in run.invoke(app, ["dump", "all", file, "--city", str(tmp_path / "a")]).output
    to = ["load", "all", file, "--city", str(tmp_path / "b")]
    assert "nothing was written" in run.invoke(app, [*to, "--dry-run"]).output
    loaded = run.invoke(app, to).output
    assert "20 records, 1 pictures and 24 journal rows" in loaded
    assert "1 accounts came without passwords" in loaded
    accounts = KeptAccounts.open(tmp_path / "b" / "city.sqlite")
    assert accounts.accounts() == [replace(people()[0], password=None)]
    accounts.close()
    again = run.invoke(app, to)
    assert (again.exit_code, "not empty" in again.output) == (1, True)
