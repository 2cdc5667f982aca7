"""What a server is started with; the only reader of the environment."""

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path

from geoserver.faults import NotLoopback

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


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
    """Host names that a request may name: keeps foreign pages from reaching a server without accounts."""
    poll_s: float = 0.5
    """How often a new build or a changed record is looked for."""
    database_url: str | None = field(default=None, repr=False)
    """A postgresql:// address of records and journal; None keeps them in a file of the folder."""
    seal_key_file: Path | None = None
    """The key that seals the journal; None keeps it in the folder, beside the database."""
    vault_key_file: Path | None = None
    """The key that seals credentials of cameras; None keeps it in the folder, beside the database."""

    def __post_init__(self) -> None:
        refuse_open_host(self.host)

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


def refuse_open_host(host: str) -> None:
    """Refuse any address but this machine's own: there are no accounts yet."""
    if host == "localhost":
        return
    try:
        if ipaddress.ip_address(host.strip("[]")).is_loopback:
            return
    except ValueError:
        pass
    raise NotLoopback(host=host)


def settings_from_environment(folder: Path, host: str = "127.0.0.1", port: int = 8000) -> Settings:
    """Settings of the verbs that work on a built city.

    GEOSERVER_CLIENT, GEOSERVER_ALLOWED_HOSTS (commas), GEOSERVER_DATABASE, GEOSERVER_SEAL_KEY and
    GEOSERVER_KEY_FILE are read.
    """
    client, key = os.environ.get("GEOSERVER_CLIENT"), os.environ.get("GEOSERVER_SEAL_KEY")
    vault = os.environ.get("GEOSERVER_KEY_FILE")
    more = tuple(h.strip() for h in os.environ.get("GEOSERVER_ALLOWED_HOSTS", "").split(",") if h.strip())
    return Settings(
        folder=folder.resolve(),
        host=host,
        port=port,
        client=Path(client) if client else None,
        allowed_hosts=LOOPBACK_NAMES + more,
        database_url=os.environ.get("GEOSERVER_DATABASE") or None,
        seal_key_file=Path(key) if key else None,
        vault_key_file=Path(vault) if vault else None,
    )


def locale_from_environment() -> str:
    """What LC_ALL, LC_MESSAGES or LANG says, the first that says anything."""
    return next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
