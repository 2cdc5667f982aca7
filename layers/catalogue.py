"""The table of kinds: what lies over the city, listed once.

API, storage, exchange and client types derive from it. A new kind is one row here and its model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layers.cameras.model import Camera
from layers.privacy import PrivacyVolume
from layers.record import Record


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    Attributes
    ----------
    name, plural : singular for records and the journal, plural for addresses and collections
    model : the record's class
    title, title_zh : as on screens, plural
    indexed : fields that a store keeps as columns beside the document, for filters
    actions : what may be done to a record of this kind
    """

    name: str
    plural: str
    model: type[Record]
    title: str
    title_zh: str
    indexed: tuple[str, ...]
    actions: tuple[str, ...] = ("create", "change", "remove")


_ROWS = (
    Kind(
        name="camera",
        plural="cameras",
        model=Camera,
        title="Cameras",
        title_zh="摄像机",
        indexed=("area", "name", "tier", "type", "owner", "district", "street", "community", "status"),
    ),
    Kind(
        name="privacy-volume",
        plural="privacy-volumes",
        model=PrivacyVolume,
        title="Privacy volumes",
        title_zh="隐私区域",
        indexed=("area", "name"),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({row.name: row for row in _ROWS})
"""By singular name."""

COLLECTIONS: Mapping[str, Kind] = MappingProxyType({row.plural: row for row in _ROWS})
"""By plural name, the collection id."""
