"""What happened to the rows of source files: counts, and the rows refused, told one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_NOTICES = 100
"""Rows told one by one, of each kind and file; further ones are only counted."""


@dataclass
class Report:
    """Grows over the files of a source.

    ``counts`` is by name; ``notices`` are ``code, file, row, value, remedy``; rows count from 0 as in the
    file.
    """

    counts: dict[str, int] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)

    def count(self, name: str, number: Any) -> None:
        """Add to a count."""
        self.counts[name] = self.counts.get(name, 0) + int(number)

    def rows(self, code: str, file: Path, rows: NDArray[Any], values: Iterable[Any], remedy: str) -> None:
        """Count refused rows and tell the first of them with their values."""
        self.count(code.replace("-", "_"), len(np.atleast_1d(rows)))
        for row, value in zip(rows[:MOST_NOTICES].tolist(), values, strict=False):
            told = {"code": code, "file": file.name, "row": row, "value": str(value)[:80], "remedy": remedy}
            self.notices.append(told)
