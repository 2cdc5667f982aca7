"""Checks of single values of a file that people write; each refusal names key, value and remedy."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tiles.errors import BadCityFile


def is_number(value: Any) -> bool:
    """Whether a value is a finite number (and not true or false)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True)
class Values:
    """Checks with the file's name at hand."""

    path: Path

    def refuse(self, key: str, detail: str, remedy: str) -> NoReturn:
        """Stop at a key."""
        raise BadCityFile(file=str(self.path), key=key, detail=detail, remedy=remedy)

    def known(self, table: Mapping[str, Any], keys: tuple[str, ...], prefix: str) -> None:
        """Refuse keys that mean nothing, and guess what was meant."""
        for key in table:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                remedy = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(keys)}."
                self.refuse(prefix + key, "is not known.", remedy)

    def table(self, words: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """A sub-table, empty when absent."""
        value = words.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "is not a table.", f"Write [{key}].")
        return value

    def text(self, table: Mapping[str, Any], key: str) -> str:
        """A text of [city], empty when absent."""
        value = table.get(key, "")
        if not isinstance(value, str):
            self.refuse(f"city.{key}", f"{value!r} is not text.", "Put it in quotes.")
        return value

    def texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of texts of [city]."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.refuse(f"city.{key}", f"{value!r} is not a list of texts.", 'Write ["…", "…"].')
        return tuple(value)

    def flag(self, table: Mapping[str, Any], key: str, prefix: str) -> bool:
        """True or false; false when absent."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.refuse(prefix + key, f"{value!r} is not true or false.", "Write true or false.")
        return value

    def numbers(self, value: Any, count: int, key: str, meaning: str) -> tuple[float, ...]:
        """A list of so many finite numbers."""
        good = isinstance(value, list) and len(value) == count
        if not good or not all(is_number(v) for v in value):
            self.refuse(key, f"{value!r} is not {count} numbers.", f"Write [{meaning}].")
        return tuple(float(v) for v in value)

    def length(self, entry: Mapping[str, Any], key: str, default: float | None, prefix: str) -> float | None:
        """A finite number, or the default."""
        value = entry.get(key, default)
        if value is not None and not is_number(value):
            self.refuse(prefix + key, f"{value!r} is not a number.", "Write metres.")
        return None if value is None else float(value)
