"""All of a store in one file: records, the journal with its digests, seals, keys of writes; no credentials.

A zip of JSON lines, so that it can be read without us: ``manifest.json``, ``records.jsonl`` (kind and document),
``journal.jsonl`` (a row as it is kept), ``seals.jsonl``, ``done.jsonl``, ``pictures.jsonl`` (JPEG in base64). It is of
one moment, however much is written meanwhile, and any engine can take it up.
"""

import contextlib
import io
import json
import os
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoserver.accounts.documents import account_of, document_of
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.model import Account
from geoserver.audit import Walk, seal_document, seal_of
from geoserver.console import Console
from geoserver.faults import AccountExists, BadDump, BadFile
from geoserver.settings import Settings
from geoserver.storage.journal import Tail, moment
from geoserver.storage.kept_pictures import picture_document, picture_kept
from geoserver.storage.opening import open_store
from geoserver.storage.store import Content, JournalRow, Store
from layers.catalogue import KINDS

FORMAT = "geoserver-dump"
VERSION = 2
"""1 had no pictures."""
MANIFEST, RECORDS, JOURNAL, SEALS, DONE = "manifest.json", "records.jsonl", "journal.jsonl", "seals.jsonl", "done.jsonl"
ACCOUNTS, PICTURES = "accounts.jsonl", "pictures.jsonl"


@dataclass(frozen=True)
class Amount:
    """How much was dumped or loaded; ``head`` is the last row of the journal."""

    records: int
    rows: int
    head: int
    accounts: int = 0
    pictures: int = 0


def dump_all(store: Store, file: Path, accounts: Sequence[Account] = ()) -> Amount:
    """Write all of a store, while others may write to it; and accounts, without passwords and tokens.

    Raises
    ------
    BadFile
    """
    unfinished = file.with_name(file.name + ".part")
    try:
        # For its owner only: a journal tells who looked at what.
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out:
            amount = _write(store, out, accounts)
            raw.flush()
        os.replace(unfinished, file)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        remedy = "Give a file in a folder that can be written to."
        raise BadFile(file=str(file), detail=f"cannot be written ({error.strerror}).", remedy=remedy) from None
    return amount


def _write(store: Store, out: zipfile.ZipFile, accounts: Sequence[Account]) -> Amount:
    tail = Tail()

    def rows(journal: Iterable[JournalRow]) -> Iterator[Any]:
        nonlocal tail
        for row in journal:
            tail = Tail(row.seq, row.digest)
            yield vars(row) | {"digest": row.digest.hex()}

    with store.content() as content:
        records = _lines(out, RECORDS, ({"kind": kind, "document": json.loads(one)} for kind, one in content.records))
        count = _lines(out, JOURNAL, rows(content.journal))
        seals = _lines(out, SEALS, map(seal_document, content.seals))
        done = _lines(out, DONE, ({"key": key, "seq": seq} for key, seq in content.done))
        pictures = _lines(out, PICTURES, map(picture_document, content.pictures))
    people = _lines(out, ACCOUNTS, map(document_of, accounts))
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "time": moment(datetime.now(UTC)),
        "records": records,
        "rows": count,
        "seals": seals,
        "done": done,
        "accounts": people,
        "pictures": pictures,
        "head": tail.seq,
        "digest": tail.digest.hex(),
    }
    out.writestr(MANIFEST, json.dumps(manifest, indent=2))
    return Amount(records, count, tail.seq, people, pictures)


def _lines(out: zipfile.ZipFile, name: str, rows: Iterable[Any]) -> int:
    count = 0
    with out.open(name, "w", force_zip64=True) as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def load_all(store: Store, file: Path, take: Callable[[Account], None] = lambda _: None) -> Amount:
    """Take up a dump into an empty store: all of it or nothing, and only with an intact chain.

    ``take`` is handed its accounts, once all are read and the rest is in the store.

    Raises
    ------
    BadDump
        It is none, was cut, changed, or is of a newer version.
    StoreNotEmpty
    """
    with _opened(file) as reader:
        accounts = reader.accounts()
        store.restore(reader.content())
        for account in accounts:
            take(account)
        return reader.amount()


def check_dump(file: Path) -> Amount:
    """Read a dump through without taking it up; raises as ``load_all`` does."""
    with _opened(file) as reader:
        content = reader.content()
        for part in (content.records, content.journal, content.seals, content.done, content.pictures):
            deque(part, maxlen=0)
        reader.accounts()
        return reader.amount()


@contextlib.contextmanager
def _opened(file: Path) -> Iterator["_Reader"]:
    try:
        with zipfile.ZipFile(file) as source:
            yield _Reader(source, str(file))
    except OSError as error:
        remedy = "Give a file that can be read."
        raise BadFile(file=str(file), detail=f"cannot be read ({error.strerror or error}).", remedy=remedy) from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BadDump(file=str(file), part="zip", row=0, detail=f"is no whole dump ({error}).") from None


def dump_city(settings: Settings, file: Path, console: Console) -> None:
    """Dump a city's store and say how much it was."""
    with contextlib.closing(open_store(settings.database)) as store, _accounts(settings) as accounts:
        console.tell("dumped-all", file=str(file), **asdict(dump_all(store, file, accounts.accounts())))


def load_city(settings: Settings, file: Path, dry_run: bool, console: Console) -> None:
    """Load a dump into a city's empty store, or only check it, and say how much it was."""
    if dry_run:
        console.tell("would-load-all", file=str(file), **asdict(check_dump(file)))
        return
    with contextlib.closing(open_store(settings.database)) as store, _accounts(settings) as accounts:

        def take(account: Account) -> None:
            with contextlib.suppress(AccountExists):  # who is there already stays as they are
                accounts.add(account)

        console.tell("loaded-all", file=str(file), **asdict(load_all(store, file, take)))


def _accounts(settings: Settings) -> "contextlib.closing[KeptAccounts]":
    return contextlib.closing(KeptAccounts.open(settings.database))


class _Reader:
    """Reads a dump and checks it line by line; an exception undoes the transaction that takes it up."""

    def __init__(self, source: zipfile.ZipFile, file: str) -> None:
        self._source = source
        self._file = file
        self._counts: dict[str, int] = {}
        self._walk = Walk()
        self._manifest = self._read_manifest()

    def content(self) -> Content:
        """What is in it, checked while it is read."""
        return Content(
            self._lines(RECORDS, "records", self._record),
            self._lines(JOURNAL, "rows", self._row),
            self._lines(SEALS, "seals", seal_of),
            self._lines(DONE, "done", lambda row: (str(row["key"]), int(row["seq"]))),
            self._lines(PICTURES, "pictures", picture_kept) if "pictures" in self._manifest else (),
        )

    def accounts(self) -> list[Account]:
        """The accounts in it; none in a dump from before there were any."""
        return list(self._lines(ACCOUNTS, "accounts", account_of)) if "accounts" in self._manifest else []

    def amount(self) -> Amount:
        """How much it was."""
        some = self._counts
        accounts, pictures = some.get("accounts", 0), some.get("pictures", 0)
        return Amount(some["records"], some["rows"], self._walk.tail.seq, accounts, pictures)

    def _read_manifest(self) -> dict[str, Any]:
        try:
            manifest = json.loads(self._source.read(MANIFEST))
            known = manifest["format"] == FORMAT and int(manifest["version"]) <= VERSION
        except (KeyError, ValueError, TypeError) as error:
            raise self._bad("manifest", 0, f"is no manifest of a dump ({error}).") from None
        if not known:
            raise self._bad("manifest", 0, "is of another format or a newer version.")
        return dict(manifest)

    def _lines(self, name: str, part: str, read: Callable[[Any], Any]) -> Iterator[Any]:
        number = 0
        try:
            with self._source.open(name) as raw:
                for number, line in enumerate(io.TextIOWrapper(raw, "utf-8", newline="\n"), 1):  # noqa: B007
                    yield read(json.loads(line))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise self._bad(part, number, f"cannot be read ({error}).") from None
        self._counts[part] = number
        if number != self._manifest.get(part):
            raise self._bad(part, number, f"is the last, of {self._manifest.get(part)}.")
        if part == "rows":
            self._check_head(number)

    def _check_head(self, number: int) -> None:
        if self._walk.tail.digest.hex() != self._manifest.get("digest"):
            raise self._bad("rows", number, "is not the head that the manifest names.")
        other = self._walk.bad_record()
        if other:
            raise self._bad("records", number, f"are not what the journal says of {other.kind} {other.id}.")

    def _record(self, row: Any) -> tuple[str, str]:
        document = json.dumps(row["document"], ensure_ascii=False)
        KINDS[row["kind"]].model.model_validate_json(document)
        self._walk.record(row["kind"], document)
        return str(row["kind"]), document

    def _row(self, row: Any) -> JournalRow:
        made = JournalRow(**{**row, "digest": bytes.fromhex(row["digest"])})
        bad = self._walk.row(made)
        if bad:
            raise ValueError(f"the chain is broken: {bad.flaw}")
        return made

    def _bad(self, part: str, row: int, detail: str) -> BadDump:
        return BadDump(file=self._file, part=part, row=row, detail=detail)
