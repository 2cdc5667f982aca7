"""What a server is started with; the only reader of the environment."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from dotenv import dotenv_values

from geoserver.faults import BadFile, BadParameter, NotLoopback
from geoserver.notifying import ServiceManager
from geoserver.openid.options import OpenIdOptions, options_of
from layers.grants.model import Network

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")
MOST_REENCODES = 64
MOST_FIX_DAYS = 3_660
ENVIRONMENT = "geoserver.env"
"""The file of a city's folder that holds settings."""
NETWORKS: tuple[str, ...] = get_args(Network)


@dataclass(frozen=True)
class Settings:
    """Settings of one server process."""

    folder: Path
    """The built city: build.json, parts/, city.sqlite, cache/."""
    host: str = "127.0.0.1"
    port: int = 8000
    client: Path | None = None
    """The built client; None looks beside the package."""
    allowed_hosts: tuple[str, ...] = field(default=LOOPBACK_NAMES)
    """Host names that a request may name: keeps foreign pages from reaching this server by a name of their own."""
    poll_s: float = 0.5
    """How often a new build or a changed record is looked for."""
    database_url: str | None = field(default=None, repr=False)
    """A postgresql:// address of records and journal; None keeps them in a file of the folder."""
    seal_key_file: Path | None = None
    """The key that seals the journal; None keeps it in the folder, beside the database."""
    vault_key_file: Path | None = None
    """The key that seals credentials of cameras; None keeps it in the folder, beside the database."""

    tls: tuple[Path, Path] | None = None
    """PEM files of a certificate (with its chain) and its key; None speaks plain HTTP."""
    behind_proxy: str | None = None
    """Address or network of a proxy that speaks TLS to others, and is believed who asks it."""
    network: str | None = None
    """The network zone that everyone asks from who reaches this server; None: not known."""

    simulated: bool = False
    """Whether cameras send pictures rendered from the city's model, and nothing is fetched from any address."""
    simulated_faults: Path | None = None
    """A table of camera and fault: what is wrong with the pictures of simulated cameras; None: nothing."""
    stream_networks: str = ""
    """Networks (10.0.0.0/8, with commas) in which cameras are; from any other address nothing is fetched."""
    run_folder: Path | None = None
    """Where server processes over one PostgreSQL meet; None: in this user's folder among the temporary files."""
    media_url: str | None = None
    """Template of the path at which a media server sends a stream to browsers; None: this server sends all."""
    fix_days: int = 30
    """Days for which fixes of vehicles are kept, the present one not counted."""
    reencodes: int = field(default_factory=lambda: os.cpu_count() or 1)
    """Streams that are encoded anew at a time, each on up to one core: masked ones, and those in H.265. 0: none."""

    cap_sender: str = ""
    """By which this server names itself in CAP alerts that it gives out; "": by its city."""
    health: str = "off"
    """Whether this server checks its cameras: on or off."""

    openid: OpenIdOptions | None = None
    """The provider that people may sign in through; None: there is none."""

    def __post_init__(self) -> None:
        if self.behind_proxy is not None:
            _refuse_no_proxy(self.behind_proxy)
        if self.network is not None and self.network not in NETWORKS:
            detail = f"is no network zone. Give one of {', '.join(NETWORKS)}."
            raise BadParameter(parameter="GEOSERVER_NETWORK", value=self.network, reason="network", detail=detail)
        if any(one.isspace() or one in ",<&" for one in self.cap_sender):
            detail = "has a space, a comma or markup. Give a name as CAP asks, e.g. centre@city.example."
            raise BadParameter(parameter="GEOSERVER_CAP_SENDER", value=self.cap_sender, reason="sender", detail=detail)
        if not (self.is_loopback or self.tls or self.behind_proxy):
            raise NotLoopback(host=self.host)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def database(self) -> str | Path:
        """Records, journal and credentials: a file, or the address of a server."""
        return self.database_url or self.folder / "city.sqlite"

    @property
    def seal_key(self) -> Path:
        """The key that seals the journal. Only one on another machine's disk, or a token's, guards against root."""
        return self.seal_key_file or self.folder / "keys" / "seal.pem"

    @property
    def vault_key(self) -> Path:
        """The key that seals credentials; see ``geoserver.secrets``."""
        return self.vault_key_file or self.folder / "keys" / "vault.key"

    @property
    def cache(self) -> Path:
        """Tiles drawn on request."""
        return self.folder / "cache"

    @property
    def coverage(self) -> Path:
        """Footprints, profiles and counts of what the cameras cover."""
        return self.folder / "coverage"

    @property
    def client_folder(self) -> Path:
        """Where the client's files are, built or not."""
        return self.client or Path(__file__).resolve().parent.parent / "frontend" / "dist"


def _refuse_no_proxy(address: str) -> None:
    """Refuse what is no address, and one that would have everybody believed."""
    try:
        known = ipaddress.ip_network(address, strict=False)
    except ValueError:
        known = None
    if known is None or known.prefixlen == 0:
        detail = "is not the address of one proxy, or of the network that your proxies are in."
        raise BadParameter(parameter="--behind-proxy", value=address, reason="proxy", detail=detail)


def settings_from_environment(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    tls: tuple[Path, Path] | None = None,
    behind_proxy: str | None = None,
    health: str = "off",
) -> Settings:
    """Settings of the verbs that work on a built city; ``health`` is what holds where nothing is said of it.

    They are said by the environment, or else by the city's own ``geoserver.env`` (NAME=value in lines).

    GEOSERVER_CLIENT, GEOSERVER_ALLOWED_HOSTS (commas), GEOSERVER_DATABASE, GEOSERVER_SEAL_KEY, GEOSERVER_KEY_FILE,
    GEOSERVER_NETWORK, GEOSERVER_HEALTH (on, off), GEOSERVER_SIMULATED (1), GEOSERVER_SIMULATED_FAULTS,
    GEOSERVER_STREAM_NETWORKS (commas), GEOSERVER_MEDIA_URL, GEOSERVER_RUN, GEOSERVER_REENCODES (as many as there are
    cores), GEOSERVER_FIX_DAYS (30) and GEOSERVER_CAP_SENDER are read, and those of a sign-in provider
    (GEOSERVER_OIDC_…, ``geoserver.openid.options``).

    Raises
    ------
    NotLoopback
        Others would reach the server, and nothing says how what they send is kept from being read.
    BadParameter
    BadFile
        The city's file of settings is not this user's to read.
    """
    said = _said(folder)
    client, key = said.get("GEOSERVER_CLIENT"), said.get("GEOSERVER_SEAL_KEY")
    run = said.get("GEOSERVER_RUN")
    vault, faulty = said.get("GEOSERVER_KEY_FILE"), said.get("GEOSERVER_SIMULATED_FAULTS")
    more = tuple(h.strip() for h in said.get("GEOSERVER_ALLOWED_HOSTS", "").split(",") if h.strip())
    return Settings(
        folder=folder.resolve(),
        host=host,
        port=port,
        client=Path(client) if client else None,
        allowed_hosts=LOOPBACK_NAMES + more,
        database_url=said.get("GEOSERVER_DATABASE") or None,
        seal_key_file=Path(key) if key else None,
        vault_key_file=Path(vault) if vault else None,
        tls=tls,
        behind_proxy=behind_proxy,
        network=said.get("GEOSERVER_NETWORK") or None,
        simulated=said.get("GEOSERVER_SIMULATED") == "1",
        simulated_faults=Path(faulty) if faulty else None,
        stream_networks=said.get("GEOSERVER_STREAM_NETWORKS", ""),
        media_url=said.get("GEOSERVER_MEDIA_URL") or None,
        run_folder=Path(run).resolve() if run else None,
        **_whole(said, "GEOSERVER_REENCODES", "reencodes", (0, MOST_REENCODES)),
        **_whole(said, "GEOSERVER_FIX_DAYS", "fix_days", (1, MOST_FIX_DAYS)),
        cap_sender=said.get("GEOSERVER_CAP_SENDER", ""),
        openid=options_of(said),
        health="on" if (said.get("GEOSERVER_HEALTH") or health) == "on" else "off",
    )


def _said(folder: Path) -> dict[str, str]:
    """Settings by name: of the environment, and where it has none, of the city's file."""
    file = folder / ENVIRONMENT
    try:
        kept = dotenv_values(file, interpolate=False, encoding="utf-8") if file.exists() else {}
    except (OSError, UnicodeError) as error:
        detail = f"the settings cannot be read ({error.strerror if isinstance(error, OSError) else 'no UTF-8'})."
        raise BadFile(file=file, detail=detail, remedy="Run this as the user whom the city belongs to.") from None
    return {name: value for name, value in kept.items() if value is not None} | os.environ


def _whole(said: Mapping[str, str], name: str, setting: str, limits: tuple[int, int]) -> dict[str, int]:
    """A setting that is said as a whole number; nothing where it is not said."""
    text = said.get(name, "").strip()
    if not text:
        return {}
    least, most = limits
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        detail = f"is no whole number from {least} to {most}."
        raise BadParameter(parameter=name, value=text[:20], reason="whole", detail=detail, least=least, most=most)
    return {setting: int(text)}


def service_manager_from_environment() -> ServiceManager | None:
    """Who started this process and wants to be told how it is, by systemd's own variables."""
    path, pause_us = os.environ.get("NOTIFY_SOCKET", ""), os.environ.get("WATCHDOG_USEC", "")
    return ServiceManager(path, int(pause_us) / 1e6 if pause_us.isdigit() else None) if path else None


def locale_from_environment() -> str:
    """What LC_ALL, LC_MESSAGES or LANG says, the first that says anything."""
    return next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
