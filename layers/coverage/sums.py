"""How many cameras see each cell of a block: by tier and by step of density, so that every ladder, class and
tier can be read from it, and one camera's part can be taken out and put back exactly."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras.covering.steps import STEPS_PX_M, Steps
from layers.coverage.runs import CELLS, add
from layers.errors import BadInput

TIERS = (1, 2, 3)
PLANES = len(TIERS) * len(STEPS_PX_M)
SHAPE = (len(TIERS), len(STEPS_PX_M), CELLS)
MARK = b"SUM1"
HEADER = struct.Struct("<4sQB")
Counts = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Counts (tiers, steps, cells) of one block: cameras of a tier that reach exactly that step."""

    counts: Counts = field(repr=False)

    @classmethod
    def empty(cls) -> "Sums":
        """A block that nobody sees."""
        return cls(np.zeros(SHAPE, np.uint16))

    def change(self, tier: int, runs: NDArray[np.uint32], sign: int) -> None:
        """Add one camera's runs (sign 1) or take them away (−1)."""
        add(runs, sign, self.counts[tier - 1])

    def at_least(self, step: int, tiers: Sequence[int] = TIERS) -> Counts:
        """Cameras (4096,) of some tiers that reach a step."""
        chosen = [tier - 1 for tier in tiers]
        return np.asarray(self.counts[chosen, step - 1 :].sum(axis=(0, 1), dtype=np.uint16))

    def best(self, tiers: Sequence[int] = TIERS) -> Steps:
        """The highest step (4096,) that any camera of some tiers reaches; 0 where there is none."""
        some: Any = self.counts[[tier - 1 for tier in tiers]].any(axis=0)
        height = len(STEPS_PX_M)
        return np.where(some.any(axis=0), height - some[::-1].argmax(axis=0), 0).astype(np.uint8)

    @property
    def is_empty(self) -> bool:
        """Whether nobody sees anything of the block."""
        return not self.counts.any()

    def to_bytes(self) -> bytes:
        """Compressed: only the planes that hold something, in single bytes where they suffice."""
        planes = self.counts.reshape(PLANES, CELLS)
        held = planes.any(axis=1)
        mask = sum(1 << int(k) for k in np.flatnonzero(held))
        some = planes[held]
        small = not some.size or int(some.max()) < 256
        body = (some.astype(np.uint8) if small else some).tobytes()
        return HEADER.pack(MARK, mask, 1 if small else 2) + zlib.compress(body, 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Sums":
        """What ``to_bytes`` wrote; counts that can be changed.

        Raises
        ------
        BadInput
        """
        if data[:4] != MARK:
            raise BadInput(field="sums", value=data[:4], detail="is no block.", remedy="Compute it again.")
        _, mask, width = HEADER.unpack_from(data)
        kind = np.uint8 if width == 1 else np.uint16
        some = np.frombuffer(zlib.decompress(data[HEADER.size :]), kind).reshape(-1, CELLS)
        counts = np.zeros((PLANES, CELLS), np.uint16)
        counts[[k for k in range(PLANES) if mask >> k & 1]] = some
        return cls(counts.reshape(SHAPE))


def merged(blocks: Iterable[NDArray[np.int32]]) -> list[int]:
    """All blocks of several footprints, each once, ascending."""
    given = [one for one in blocks if one.size]
    return np.unique(np.concatenate(given)).tolist() if given else []
