"""What is said of an OpenID Connect provider, in the environment (``GEOSERVER_OIDC_…``)."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from geoserver.faults import BadFile, BadParameter

PREFIX = "GEOSERVER_OIDC_"
NAMES = (
    "ISSUER", "CLIENT", "SECRET_FILE", "ROLES", "ROLES_CLAIM", "NAME_CLAIM", "SCOPES", "CA", "ORIGINS", "BUTTON_ZH",
    "BUTTON_EN", "LOCAL", "CHECK_S", "AWAY_S", "LONGEST_S", "AUDIENCE", "INTROSPECT",
)  # fmt: skip
"""All that may follow the prefix."""
SWITCH = {**dict.fromkeys(("1", "on", "true", "yes"), True), **dict.fromkeys(("0", "off", "false", "no"), False)}
Local = Literal["on", "administrators"]
"""Who signs in by a password: everyone who has one, or only administrators of everywhere."""


@dataclass(frozen=True)
class OpenIdOptions:
    """One provider, as this server is to use it.

    Attributes
    ----------
    issuer : its address, exactly as it names itself
    client, secret_file : how it knows this server; no file: a client without a secret
    roles_file : which values of the roles' claim are which roles here
    scopes : what is asked for, with blanks
    name_claim, roles_claim : where a person's name and their roles or groups stand; dots go into objects
    ca_file : certificates that its TLS is checked by; None: those of this machine
    origins : origins besides the issuer's that it may have its endpoints at
    buttons : language → what stands on the button
    local : who may still sign in by a password
    check_s : so often the provider is asked again whether a session still holds, where it gives refresh tokens
    away_s : so long a session outlasts a provider that does not answer
    longest_s : so long one lasts where it gives none
    audience : of the provider's tokens that systems may show; None: none are taken
    introspect : whether the provider is asked about each of these too
    """

    issuer: str
    client: str
    roles_file: Path
    secret_file: Path | None = None
    scopes: str = "openid profile"
    name_claim: str = "preferred_username"
    roles_claim: str = "groups"
    ca_file: Path | None = None
    origins: tuple[str, ...] = ()
    buttons: Mapping[str, str] = field(default_factory=lambda: {"zh": "统一身份认证登录", "en": "Single sign-on"})
    local: Local = "on"
    check_s: float = 60.0
    away_s: float = 3_600.0
    longest_s: float = 3_600.0
    audience: str | None = None
    introspect: bool = False

    def secret(self) -> str | None:
        """The client's secret.

        Raises
        ------
        BadFile
        """
        if self.secret_file is None:
            return None
        try:
            return self.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            remedy = f"Name a file with the client's secret that this server may read, in {PREFIX}SECRET_FILE."
            raise BadFile(file=self.secret_file, detail=f"cannot be read ({why}).", remedy=remedy) from None


def options_of(environment: Mapping[str, str]) -> OpenIdOptions | None:
    """What the environment says; None where it names no issuer.

    Raises
    ------
    BadParameter
    """
    said = {name.removeprefix(PREFIX): value.strip() for name, value in environment.items() if name.startswith(PREFIX)}
    said = {name: value for name, value in said.items() if value}
    unknown = next((name for name in sorted(said) if name not in NAMES), None)
    if unknown is not None:
        names = ", ".join(NAMES)
        detail = f"is no setting of the provider. After {PREFIX} there may stand: {names}."
        _refuse(unknown, said[unknown], "openid-unknown", detail, prefix=PREFIX, names=names)
    if "ISSUER" not in said:
        if said:
            _refuse("ISSUER", "", "openid-missing", "is not given, and other settings of the provider are.")
        return None
    for name in ("CLIENT", "ROLES"):
        if name not in said:
            _refuse(name, "", "openid-missing", "is not given, and other settings of the provider are.")
    return OpenIdOptions(
        issuer=_address("ISSUER", said["ISSUER"]),
        client=said["CLIENT"],
        roles_file=Path(said["ROLES"]),
        secret_file=_path(said.get("SECRET_FILE")),
        scopes=_scopes(said.get("SCOPES", OpenIdOptions.scopes)),
        name_claim=said.get("NAME_CLAIM", OpenIdOptions.name_claim),
        roles_claim=said.get("ROLES_CLAIM", OpenIdOptions.roles_claim),
        ca_file=_path(said.get("CA")),
        origins=tuple(_address("ORIGINS", one) for one in said.get("ORIGINS", "").replace(",", " ").split()),
        buttons=_buttons(said),
        local=_local(said.get("LOCAL", "on")),
        check_s=_seconds(said, "CHECK_S", OpenIdOptions.check_s),
        away_s=_seconds(said, "AWAY_S", OpenIdOptions.away_s),
        longest_s=_seconds(said, "LONGEST_S", OpenIdOptions.longest_s),
        audience=said.get("AUDIENCE"),
        introspect=_switch(said, "INTROSPECT"),
    )


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, the port always told."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def is_guarded(address: str) -> bool:
    """Whether nobody on the way can read or change what is said there: TLS, or this machine alone."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return True
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"


def _address(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        odd = not parts.hostname or parts.port == 0 or parts.username or parts.query or parts.fragment
    except ValueError:
        odd = True
    if odd or not is_guarded(value):
        _refuse(name, value, "openid-address", "is no https:// address (or http:// of this machine) without a query.")
    return value


def _scopes(value: str) -> str:
    if "openid" not in value.split():
        _refuse("SCOPES", value, "openid-scopes", "does not have openid among the scopes.")
    return value


def _buttons(said: Mapping[str, str]) -> Mapping[str, str]:
    given = {"zh": said.get("BUTTON_ZH", "")[:40], "en": said.get("BUTTON_EN", "")[:40]}
    usual = OpenIdOptions("", "", Path()).buttons
    # One name, in whatever language, is better than none of its own.
    either = given["zh"] or given["en"]
    return {lang: text or either or usual[lang] for lang, text in given.items()}


def _local(value: str) -> Local:
    for one in get_args(Local):
        if value == one:
            chosen: Local = one
            return chosen
    _refuse("LOCAL", value, "openid-local", "is neither on nor administrators.")
    raise AssertionError


def _seconds(said: Mapping[str, str], name: str, usual: float) -> float:
    value = said.get(name)
    if value is None:
        return usual
    if not (value.isascii() and value.isdigit()) or not 1 <= int(value) <= 86_400:
        _refuse(name, value, "openid-seconds", "is no whole number of seconds from 1 to 86400.")
    return float(value)


def _switch(said: Mapping[str, str], name: str) -> bool:
    value = said.get(name, "off")
    if value.lower() not in SWITCH:
        _refuse(name, value, "openid-switch", "is neither on nor off.")
    return SWITCH[value.lower()]


def _path(value: str | None) -> Path | None:
    return None if value is None else Path(value)


def _refuse(name: str, value: str, reason: str, detail: str, **more: str) -> None:
    raise BadParameter(parameter=f"{PREFIX}{name}", value=value[:120], reason=reason, detail=detail, **more)
