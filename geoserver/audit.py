"""The journal checked and sealed.

Anyone who can write to the database can also make a chain anew, so its head is signed with a key that is kept
elsewhere: what was sealed cannot be changed, and not be cut off, without it being seen. The last seals are also
kept in a file beside the key, so that rows and their seals cannot be cut off together.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from geoserver.faults import BadSealKey
from geoserver.storage.journal import Tail, flaw, is_pruned, moment
from geoserver.storage.store import LOOK, JournalRow, Seal, Store

Kind = Literal["row", "seal", "record"]


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong: a row, a seal, or a record that is not what the journal says.

    ``flaw`` : of a row ``gap``, ``chain`` or ``body``; of a seal ``cut`` (its row is gone), ``digest`` or
        ``signature``; of a record ``missing``, ``unknown`` or ``other``
    """

    what: Kind
    flaw: str
    seq: int = 0
    kind: str = ""
    id: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a check found. ``sealed`` is the last row that a seal covers, ``seals`` how many were checked."""

    rows: int
    pruned: int
    seals: int
    sealed: int
    bad: Finding | None

    @property
    def good(self) -> bool:
        """Whether everything is as it was written."""
        return self.bad is None


class SealKey:
    """An Ed25519 key that signs heads of the journal, and the file of seals beside it."""

    def __init__(self, file: Path, private: Ed25519PrivateKey | None, public: Ed25519PublicKey) -> None:
        self._private = private
        self._public = public
        self._file = file
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.name = hashlib.sha256(raw).hexdigest()[:16]

    @classmethod
    def open(cls, file: Path) -> "SealKey":
        """A key from a PEM file, private or public.

        Raises
        ------
        BadSealKey
        """
        try:
            data = file.read_bytes()
        except OSError as error:
            raise BadSealKey(file=str(file), detail=f"cannot be read ({error.strerror}).") from None
        try:
            if b"PUBLIC" in data:
                public = serialization.load_pem_public_key(data)
                private = None
            else:
                private = serialization.load_pem_private_key(data, None)
                public = private.public_key()
        except (ValueError, TypeError) as error:
            raise BadSealKey(file=str(file), detail=f"holds no key ({error}).") from None
        if not isinstance(public, Ed25519PublicKey) or not isinstance(private, Ed25519PrivateKey | None):
            raise BadSealKey(file=str(file), detail="holds a key of another kind.")
        return cls(file, private, public)

    @classmethod
    def open_or_make(cls, file: Path) -> "SealKey":
        """A key from its file; made, for its owner only, where there is none."""
        if file.exists():
            return cls.open(file)
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls.open(file)
        except OSError as error:
            raise BadSealKey(file=str(file), detail=f"cannot be made ({error.strerror}).") from None
        with os.fdopen(handle, "wb") as out:
            out.write(Ed25519PrivateKey.generate().private_bytes(*form))
        return cls.open(file)

    def sign(self, tail: Tail, time: str) -> Seal:
        """A seal of a head of the journal, kept beside the key too."""
        seal = Seal(tail.seq, tail.digest, time, self.sign_text(_signed(tail.seq, tail.digest, time)), self.name)
        with self._kept.open("a", encoding="ascii") as out:
            out.write(json.dumps(seal_document(seal)) + "\n")
        return seal

    def signed(self, seal: Seal) -> bool:
        """Whether a seal is of this key."""
        return self.is_signed(_signed(seal.seq, seal.digest, seal.time), seal.signature)

    def sign_text(self, text: bytes) -> bytes:
        """A signature of a text, which must begin with what it is, so that none is taken for another.

        Raises
        ------
        BadSealKey
        """
        if self._private is None:
            raise BadSealKey(file=str(self._file), detail="is a public key, which checks and does not sign.")
        return self._private.sign(text)

    def is_signed(self, text: bytes, signature: bytes) -> bool:
        """Whether a signature of a text is of this key."""
        try:
            self._public.verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def kept(self) -> list[Seal]:
        """The seals that stand beside the key."""
        try:
            lines = self._kept.read_text("ascii").splitlines()
        except FileNotFoundError:
            return []
        return [seal_of(json.loads(line)) for line in lines]

    @property
    def _kept(self) -> Path:
        return self._file.with_suffix(".seals")


def _signed(seq: int, digest: bytes, time: str) -> bytes:
    return f"geoserver journal seal 1\n{seq}\n{digest.hex()}\n{time}\n".encode()


def seal_document(seal: Seal) -> dict[str, Any]:
    """A seal as JSON can carry it."""
    signature = base64.b64encode(seal.signature).decode()
    return {"seq": seal.seq, "digest": seal.digest.hex(), "time": seal.time, "signature": signature, "key": seal.key}


def seal_of(document: Mapping[str, Any]) -> Seal:
    """The seal that a document tells."""
    signature = base64.b64decode(document["signature"])
    digest = bytes.fromhex(document["digest"])
    return Seal(int(document["seq"]), digest, str(document["time"]), signature, str(document["key"]))


def seal_head(store: Store, key: SealKey) -> Seal | None:
    """Sign the head of the journal; None where it is signed already, or empty."""
    head = store.head()
    last = max((seal.seq for seal in store.seals() if seal.key == key.name), default=0)
    if head <= last:
        return None
    row = next(store.journal(head - 1))
    seal = key.sign(Tail(row.seq, row.digest), moment(datetime.now(UTC)))
    store.add_seal(seal)
    return seal


def verify(store: Store, key: SealKey | None) -> Verdict:
    """Check the journal row by row, every seal of a key, and that the records are what the journal says.

    Without a key the seals are not checked. All is read at one moment, while others may write.
    """
    with store.content() as content:
        walk = Walk()
        for kind, document in content.records:
            walk.record(kind, document)
        wanted = {seal.seq: seal for seal in content.seals} if key else {}
        kept = key.kept() if key else []
        bad = walk.rows(content.journal, wanted.keys() | {seal.seq for seal in kept})
    seals = [*wanted.values(), *kept]
    if bad is None and key is not None:
        bad = next(walk.bad_seals(seals, key), None)
    sealed = max((seal.seq for seal in seals), default=0)
    return Verdict(walk.tail.seq, walk.pruned, len(wanted), sealed, bad or walk.bad_record())


class Walk:
    """One pass over all records and then the journal, and what is found on the way."""

    def __init__(self) -> None:
        self.tail = Tail()
        self.pruned = 0
        self._documents: dict[tuple[str, str], bytes] = {}
        self._last: dict[tuple[str, str], bytes | None] = {}
        self._digests: dict[int, bytes] = {}

    def record(self, kind: str, document: str) -> None:
        """Pass a record."""
        said = json.loads(document, parse_int=float)
        self._documents[kind, str(said["id"])] = _canonical(said)

    def row(self, row: JournalRow) -> Finding | None:
        """Pass a row; what is wrong with it."""
        wrong = flaw(row, self.tail)
        if wrong:
            return Finding("row", wrong, seq=self.tail.seq + 1 if wrong == "gap" else row.seq)
        self.tail = Tail(row.seq, row.digest)
        self.pruned += is_pruned(row)
        if row.action == "remove":
            self._last.pop((row.kind, row.id), None)
        elif row.action != LOOK:
            after = None if row.after is None else _canonical(json.loads(row.after, parse_int=float))
            self._last[row.kind, row.id] = after
        return None

    def rows(self, journal: Iterable[JournalRow], wanted: set[int]) -> Finding | None:
        """Pass rows up to the first bad one; the digests of some are kept, for their seals."""
        for row in journal:
            bad = self.row(row)
            if bad:
                return bad
            if row.seq in wanted:
                self._digests[row.seq] = row.digest
        return None

    def bad_seals(self, seals: Iterable[Seal], key: SealKey) -> Iterator[Finding]:
        """The seals that do not hold; those of other keys are left out."""
        for seal in sorted(seals, key=lambda one: one.seq):
            if seal.key != key.name:
                continue
            if not key.signed(seal):
                yield Finding("seal", "signature", seq=seal.seq)
            elif seal.seq > self.tail.seq:
                yield Finding("seal", "cut", seq=seal.seq)
            elif self._digests.get(seal.seq) != seal.digest:
                yield Finding("seal", "digest", seq=seal.seq)

    def bad_record(self) -> Finding | None:
        """The first record that is not what its last row says; of a pruned row only that it exists is known."""
        for kind, id_ in sorted(self._last.keys() | self._documents.keys()):
            told, found = self._last.get((kind, id_)), self._documents.get((kind, id_))
            if (kind, id_) not in self._last:
                return Finding("record", "unknown", kind=kind, id=id_)
            if found is None:
                return Finding("record", "missing", kind=kind, id=id_)
            if told is not None and told != found:
                return Finding("record", "other", kind=kind, id=id_)
        return None


def _canonical(said: Any) -> bytes:
    """A digest of what a JSON text says: an engine may write the same number or order of names otherwise."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()[:16]
