"""Credentials of cameras at rest: AES-256-GCM, with keys that are kept outside the database.

A sealed value is bound to where it belongs (camera, stream, field), so that one copied to another row does not
open there. The key file has one key a line, base64 of 32 bytes; the first seals, all of them open. To change
the key, put a new line on top, seal again what is kept (``Vault.is_current`` says what is), and take the old
line away.
"""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from geoserver.faults import BadFile, BrokenSeal
from layers.cameras.model import Credential

MARK = "sealed:1:"
"""How a sealed value begins; no address does."""
KEY_BYTES, ID_BYTES, NONCE_BYTES = 32, 4, 12
FIELDS = ("url", "user", "password")


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens values with the keys of one file. Safe to use from many threads."""

    file: Path
    _keys: Mapping[bytes, AESGCM] = field(repr=False)
    """By the key's id; the first one seals."""

    @classmethod
    def open(cls, file: Path) -> "Vault":
        """Read a key file, or make one with a new key where there is none.

        Raises
        ------
        BadFile
            It cannot be read, others may read it, or a line is no key. Keys are not shown.
        """
        try:
            if not file.exists():
                _make(file)
            if os.name == "posix" and file.stat().st_mode & 0o077:
                detail, remedy = "others on this machine may read the key.", f"Run: chmod 600 {file}"
                raise BadFile(file=file, detail=detail, remedy=remedy)
            lines = file.read_text(encoding="ascii").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a text of ASCII letters"
            remedy = "Name a key file that this server may read, in GEOSERVER_KEY_FILE."
            raise BadFile(file=file, detail=f"the key cannot be read ({reason}).", remedy=remedy) from None
        keys = [_key(file, row, line) for row, line in enumerate(lines, start=1) if line.strip() and line[0] != "#"]
        if not keys:
            raise BadFile(file=file, detail="holds no key.", remedy="Put base64 of 32 random bytes into it.")
        return cls(file, {_id(key): AESGCM(key) for key in keys})

    def seal(self, value: str, *belongs: str) -> str:
        """A value sealed for one place; another text every time."""
        (id_, key), nonce = next(iter(self._keys.items())), secrets.token_bytes(NONCE_BYTES)
        sealed = id_ + nonce + key.encrypt(nonce, value.encode(), _bound(belongs))
        return MARK + base64.urlsafe_b64encode(sealed).decode()

    def unseal(self, sealed: str, *belongs: str) -> str:
        """What was sealed for this place.

        Raises
        ------
        BrokenSeal
            It was changed, moved here from another place, sealed with a key that is not there, or never sealed.
        """
        raw = _raw(sealed)
        key, nonce = self._keys.get(raw[:ID_BYTES]), raw[ID_BYTES : ID_BYTES + NONCE_BYTES]
        if key is None or len(nonce) < NONCE_BYTES:
            raise BrokenSeal(file=self.file)
        try:
            return key.decrypt(nonce, raw[ID_BYTES + NONCE_BYTES :], _bound(belongs)).decode()
        except InvalidTag:
            raise BrokenSeal(file=self.file) from None

    def is_current(self, value: str) -> bool:
        """Whether a value is sealed with the key that seals now; if not, it should be sealed again."""
        return _raw(value)[:ID_BYTES] == next(iter(self._keys))

    def seal_credential(self, one: Credential) -> Credential:
        """A credential as it may be kept."""
        sealed = {name: self.seal(getattr(one, name), one.camera, one.stream, name) for name in FIELDS}
        return one.model_copy(update=sealed)

    def unseal_credential(self, kept: Credential) -> Credential:
        """A credential as it is used.

        Raises
        ------
        BrokenSeal
        """
        opened = {name: self.unseal(getattr(kept, name), kept.camera, kept.stream, name) for name in FIELDS}
        return kept.model_copy(update=opened)


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Whoever comes first makes it: two servers that start together end up with one key.
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _key(file: Path, row: int, line: str) -> bytes:
    try:
        key = base64.b64decode(line.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        detail, remedy = f"line {row} is no key.", "A key is base64 of 32 random bytes, one a line."
        raise BadFile(file=file, detail=detail, remedy=remedy)
    return key


def _id(key: bytes) -> bytes:
    return hashlib.sha256(b"geoserver vault key" + key).digest()[:ID_BYTES]


def _bound(belongs: tuple[str, ...]) -> bytes:
    """No two places have the same bytes, whatever their names hold."""
    parts = [part.encode() for part in belongs]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _raw(sealed: str) -> bytes:
    if not sealed.startswith(MARK):
        return b""
    try:
        return base64.urlsafe_b64decode(sealed.removeprefix(MARK).encode())
    except ValueError:
        return b""
