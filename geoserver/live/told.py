"""A row of the journal as the feed tells it: worked out once, whoever is told."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import orjson
from pydantic import ValidationError

from geoserver.boxes import Box
from geoserver.fleet import in_box
from geoserver.live.audience import Audience
from geoserver.ogc_items import feature
from geoserver.storage.store import Change
from layers.catalogue import KINDS
from layers.record import Record

ACTIONS = frozenset({"create", "change", "remove"})
"""What is told; a mere look is not."""


class Told:
    """One change. A value; its messages are made when somebody is to have them."""

    def __init__(self, change: Change) -> None:
        self.seq = change.seq
        self.topic = KINDS[change.kind].plural
        self._change = change

    @classmethod
    def of(cls, change: Change) -> "Told | None":
        """What is to be told of a row, None for nothing: a look, or a kind that is gone."""
        return cls(change) if change.action in ACTIONS and change.kind in KINDS else None

    @property
    def readable(self) -> bool:
        """Whether the row still says what happened: old rows may be pruned, or of a form no longer read."""
        change = self._change
        if (change.before is None) != (change.action == "create") or (change.after is None) != (
            change.action == "remove"
        ):
            return False
        try:
            return (self._before, self._after) != (None, None)
        except ValidationError:
            return False

    def message(self, box: Box | None, audience: Audience) -> str | None:
        """What somebody who looks at a box is told, or None: the change, or that the record left their view."""
        change = self._change
        if _in(change.after, box) and self._after is not None and audience.may_see(self._after):
            return self._text
        if _in(change.before, box) and self._before is not None and audience.may_see(self._before):
            return self._gone
        return None

    def concerns(self, box: Box | None) -> bool:
        """Whether somebody who looks at a box may have to be told."""
        return _in(self._change.after, box) or _in(self._change.before, box)

    @cached_property
    def _after(self) -> Record | None:
        return _record(self._change.kind, self._change.after)

    @cached_property
    def _before(self) -> Record | None:
        return _record(self._change.kind, self._change.before)

    @cached_property
    def _text(self) -> str:
        return self._say(self._change.action, self._after)

    @cached_property
    def _gone(self) -> str:
        return self._say("remove" if self._change.after is None else "leave", None)

    def _say(self, action: str, record: Record | None) -> str:
        message = {
            "type": "change",
            "topic": self.topic,
            "seq": self.seq,
            "id": self._change.id,
            "action": action,
            "feature": None if record is None else feature(record),
        }
        return orjson.dumps(message).decode()


def _in(document: Mapping[str, Any] | None, box: Box | None) -> bool:
    return document is not None and (box is None or in_box(document["lon"], document["lat"], box))


def _record(kind: str, document: Mapping[str, Any] | None) -> Record | None:
    return None if document is None else KINDS[kind].model.model_validate(document)
