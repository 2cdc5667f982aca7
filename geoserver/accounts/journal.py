"""Sign-ins and changes of accounts as rows of the journal, which is never told a password or secret."""

from collections.abc import Mapping
from typing import Any

from geoserver.accounts.service import Told
from geoserver.storage.store import Look, Store


def into(store: Store) -> Told:
    """Has what happens at the door written into a store's journal: kind ``account``, the deed in ``detail``."""

    def told(actor: str, deed: str, name: str, detail: Mapping[str, Any]) -> None:
        store.note([Look(actor or "-", "account", name or "-", detail={"deed": deed, **detail})])

    return told
