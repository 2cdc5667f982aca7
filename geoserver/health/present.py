"""What this process knows of the cameras' health now: read at each link and each list, so kept at hand."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from layers.health.state import Known

NOTHING = Known("")


class PresentHealth:
    """By camera. Safe to use from many threads; readers never wait.

    Attributes
    ----------
    seq : grows with every change of an online state or of faults, the same in all processes over one database
    online : by camera, where it is known
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: dict[str, Known] = {}
        self._seq_of: dict[str, int] = {}
        self.seq = 0
        self.online: Mapping[str, bool] = {}

    def take(self, seq: int, changed: Iterable[Known]) -> None:
        """Take up what has changed, up to a number."""
        some = list(changed)
        with self._guard:
            known, numbers, online = dict(self._known), dict(self._seq_of), dict(self.online)
            for one in some:
                numbers.pop(one.camera, None)  # the latest stand last
                known[one.camera], numbers[one.camera] = one, seq
                online.pop(one.camera, None)
                if one.online is not None:
                    online[one.camera] = one.online
            self._known, self._seq_of, self.online = known, numbers, online
            self.seq = max(self.seq, seq)

    def of(self, camera: str) -> Known:
        """What is known of a camera."""
        return self._known.get(camera, NOTHING)

    def told(self, row: dict[str, Any]) -> dict[str, Any]:
        """A camera as it is answered, with what is known of its health; the same object where nothing is."""
        known = self._known.get(row["id"])
        return row if known is None else row | {"online": known.online, "faults": list(known.faults)}

    def since(self, seq: int) -> tuple[int, Sequence[Known]]:
        """What has changed after a number, and the number up to which that is."""
        with self._guard:
            latest = takewhile(lambda one: one[1] > seq, reversed(self._seq_of.items()))
            return self.seq, [self._known[id_] for id_, _ in latest]
