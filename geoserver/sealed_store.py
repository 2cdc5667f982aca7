"""A store whose credentials are sealed before they are kept, whatever the engine."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from geoserver.storage.opening import open_store
from geoserver.storage.store import Store
from layers.cameras.model import Credential

if TYPE_CHECKING:
    from geoserver.secrets import Vault


class SealedStore:
    """Passes everything on; only credentials are sealed on their way in, and opened on their way out."""

    def __init__(self, store: Store, key_file: Path) -> None:
        self._store = store
        self._key_file = key_file

    @cached_property
    def _vault(self) -> "Vault":
        """Opened with the first credential: a city without any needs no key."""
        from geoserver.secrets import Vault

        return Vault.open(self._key_file)

    def credential(self, camera: str, stream: str) -> Credential | None:
        """Where a stream is fetched; never leaves the server.

        Raises
        ------
        BadFile
            The key cannot be read.
        BrokenSeal
        """
        from geoserver.secrets import MARK

        kept = self._store.credential(camera, stream)
        if kept is None or not kept.url.startswith(MARK):
            return kept  # kept before there was a key; the next load of its list seals it
        return self._vault.unseal_credential(kept)

    def set_credentials(self, credentials: Iterable[Credential]) -> None:
        """Keep credentials, replacing those of the same streams.

        Raises
        ------
        BadFile
            The key cannot be read or made.
        """
        given = list(credentials)
        if given:
            self._store.set_credentials([self._vault.seal_credential(one) for one in given])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def open_sealed(address: str | Path, key_file: Path) -> Store:
    """The store at an address, with its credentials sealed by the first key of a file.

    Raises
    ------
    BadDatabase
    """
    return cast("Store", SealedStore(open_store(address), key_file))
