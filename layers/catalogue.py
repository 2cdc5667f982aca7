"""The table of kinds: what lies over the city, listed once.

API, storage, exchange and client types derive from it. A new kind is one row here and its model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layers.cameras.model import Camera
from layers.checkpoints import Checkpoint
from layers.crossings import Crossing
from layers.health.orders import RepairOrder
from layers.incidents.model import Incident
from layers.privacy import PrivacyVolume
from layers.record import Record
from layers.responsible import Unit
from layers.vehicles import Vehicle
from layers.zones import Zone


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
        indexed=(
            "area",
            "name",
            "tier",
            "type",
            "owner",
            "contractor",
            "district",
            "street",
            "community",
            "status",
        ),
    ),
    Kind(
        name="privacy-volume",
        plural="privacy-volumes",
        model=PrivacyVolume,
        title="Privacy volumes",
        title_zh="隐私区域",
        indexed=("area", "name"),
    ),
    Kind(
        name="incident",
        plural="incidents",
        model=Incident,
        title="Incidents",
        title_zh="警情",
        indexed=(
            "area",
            "source",
            "number",
            "category",
            "severity",
            "state",
            "unit",
            "district",
            "street",
            "community",
        ),
        actions=("create", "change", "remove", "accept", "dispatch", "arrive", "resolve", "close", "supervise", "note"),
    ),
    Kind(
        name="checkpoint",
        plural="checkpoints",
        model=Checkpoint,
        title="Checkpoints",
        title_zh="卡口",
        indexed=("area", "name", "road", "status", "owner", "district", "street", "community"),
    ),
    Kind(
        name="zone",
        plural="zones",
        model=Zone,
        title="Zones",
        title_zh="区域",
        indexed=("area", "name", "watch"),
    ),
    Kind(
        name="crossing",
        plural="crossings",
        model=Crossing,
        title="Crossings of geofences",
        title_zh="围栏越界",
        indexed=("area", "zone", "mover", "way"),
        actions=("create",),
    ),
    Kind(
        name="unit",
        plural="units",
        model=Unit,
        title="Units",
        title_zh="单位",
        indexed=("area", "name"),
    ),
    Kind(
        name="vehicle",
        plural="vehicles",
        model=Vehicle,
        title="Vehicles",
        title_zh="车辆",
        indexed=("area", "name", "type", "unit", "duty", "incident", "plate", "district", "street", "community"),
        actions=("create", "change", "remove", "assign"),
    ),
    Kind(
        name="repair-order",
        plural="repair-orders",
        model=RepairOrder,
        title="Repair orders",
        title_zh="维修工单",
        indexed=("area", "tier", "camera", "state", "contractor", "owner", "district", "street", "community"),
        actions=("create", "change", "remove", "accept", "fixed", "close", "cancel", "reopen"),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({row.name: row for row in _ROWS})
"""By singular name."""

COLLECTIONS: Mapping[str, Kind] = MappingProxyType({row.plural: row for row in _ROWS})
"""By plural name, the collection id."""
