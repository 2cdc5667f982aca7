"""The cameras as one caller sees them: those beyond their reach might as well not be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import orjson

from geoserver.boxes import Box
from geoserver.faults import UnknownId
from geoserver.fleet import Fleet, in_box
from layers.cameras.model import Camera
from layers.grants.permissions import Reach

KEPT = 64
"""Views of one fleet that are kept; beyond that all are made anew."""


@dataclass(frozen=True)
class SeenFleet:
    """A fleet within a reach. A value, shared by all whose reach is the same."""

    fleet: Fleet
    reach: Reach

    @cached_property
    def rows(self) -> Sequence[dict[str, Any]]:
        """Summaries in the order of the ids."""
        if self.reach.is_everything:
            return self.fleet.rows
        return [row for row in self.fleet.rows if self.has(row["id"])]

    @property
    def count(self) -> int:
        """How many cameras are seen."""
        return len(self.rows)

    @cached_property
    def etag(self) -> str:
        """Names the list as it is seen."""
        # Sets have no order of their own, and one of another process would give another name to the same.
        whole = {tier: None if areas is None else sorted(areas) for tier, areas in self.reach.areas_of.items()}
        mark = blake2b(repr(sorted(whole.items(), key=repr)).encode(), digest_size=8).hexdigest()
        return f"{self.fleet.version}-{mark}"

    @cached_property
    def listing(self) -> bytes:
        """The answer of ``/api/cameras`` without filters; made when it is first asked for."""
        document = {"version": self.fleet.version, "count": self.count, "cameras": self.rows}
        return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)

    def has(self, id_: str) -> bool:
        """Whether there is a camera that is seen."""
        camera = self.fleet.cameras.get(id_)
        return camera is not None and self.reach.covers(camera.area, camera.tier)

    def camera(self, id_: str) -> Camera:
        """A camera.

        Raises
        ------
        UnknownId
            There is none, or it is not seen: no difference.
        """
        if not self.has(id_):
            raise UnknownId(kind="camera", id=id_)
        return self.fleet.cameras[id_]

    def cameras(self) -> list[Camera]:
        """All that are seen, in the order of their ids."""
        return [self.fleet.cameras[row["id"]] for row in self.rows]

    def select(
        self, box: Box | None, *, tier: int | None, owner: str | None, area: str | None, text: str | None
    ) -> list[dict[str, Any]]:
        """Summaries of the cameras that meet every given condition."""
        wanted = (text or "").casefold()
        return [
            row
            for row in self.rows
            if (tier is None or row["tier"] == tier)
            and (not owner or row["owner"] == owner)
            and (not area or area in (row["district"], row["street"], row["community"]))
            and (box is None or in_box(row["lon"], row["lat"], box))
            and (not wanted or any(wanted in row[name].casefold() for name in ("id", "name", "name_en")))
        ]


def seen_fleet(fleet: Fleet, reach: Reach) -> SeenFleet:
    """A fleet within a reach, made once for all who have the same."""
    key = reach.key
    kept: SeenFleet | None = fleet.views.get(key)
    if kept is None:
        if len(fleet.views) >= KEPT:
            fleet.views.clear()
        kept = fleet.views[key] = SeenFleet(fleet, reach)
    return kept
