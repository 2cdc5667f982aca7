"""Saying who asks, to a camera that wants to know: digest (RFC 7616, RFC 2617) and basic authentication."""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.request import parse_http_list, parse_keqv_list

HASHES: Final = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
"""The stronger one first; nearly all cameras know MD5 alone."""


@dataclass
class Credentials:
    """User and password, and what the camera asked for; says nothing before it has asked."""

    user: str = field(repr=False)
    password: str = field(repr=False)
    _asked: Mapping[str, str] | None = field(default=None, repr=False)
    _scheme: str = ""
    _count: int = 0

    def ask(self, challenges: Sequence[str]) -> bool:
        """Take what WWW-Authenticate says; whether a new answer to it can be given."""
        known = self._asked
        found = [_challenge(one) for one in challenges]
        for name in HASHES:
            for scheme, values in found:
                if scheme == "digest" and values.get("algorithm", "MD5").upper() == name and values.get("nonce"):
                    self._scheme, self._asked, self._count = scheme, values, 0
                    return bool(self.user) and (known is None or values.get("stale", "").lower() == "true")
        if any(scheme == "basic" for scheme, _ in found):
            self._scheme, self._asked = "basic", {}
            return bool(self.user) and known is None
        return False

    def header(self, method: str, uri: str) -> str | None:
        """The value of Authorization for a request; None before anything was asked."""
        if self._asked is None or not self.user:
            return None
        if self._scheme == "basic":
            return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return self._digest(self._asked, method, uri)

    def _digest(self, asked: Mapping[str, str], method: str, uri: str) -> str:
        algorithm = asked.get("algorithm", "MD5")
        made = HASHES[algorithm.upper()]

        def hashed(*words: str) -> str:
            return made(":".join(words).encode()).hexdigest()

        nonce, realm = asked["nonce"], asked.get("realm", "")
        who, what = hashed(self.user, realm, self.password), hashed(method, uri)
        values = {"username": self.user, "realm": realm, "nonce": nonce, "uri": uri}
        bare = {}
        if "auth" in [word.strip() for word in asked.get("qop", "").split(",")]:
            self._count += 1
            count, mine = f"{self._count:08x}", secrets.token_hex(8)
            values |= {"response": hashed(who, nonce, count, mine, "auth", what), "cnonce": mine}
            bare = {"qop": "auth", "nc": count}
        else:
            values["response"] = hashed(who, nonce, what)
        if "opaque" in asked:
            values["opaque"] = asked["opaque"]
        if "algorithm" in asked:
            bare["algorithm"] = algorithm
        quoted = [f'{name}="{_escaped(value)}"' for name, value in values.items()]
        return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in bare.items())])


def _escaped(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable()).replace("\\", "\\\\").replace('"', '\\"')


def _challenge(text: str) -> tuple[str, dict[str, str]]:
    scheme, _, rest = text.strip().partition(" ")
    try:
        values = parse_keqv_list([one for one in parse_http_list(rest) if "=" in one])
    except (ValueError, IndexError):
        values = {}
    return scheme.lower(), {name.lower(): value.replace('"', "").replace("\r", "") for name, value in values.items()}
