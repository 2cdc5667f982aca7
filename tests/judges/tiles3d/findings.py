"""Issues, and checks of JSON values that write them. The rules are those of the published 1.1 schemas, in our words."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

IDENTIFIER = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_]*$")


@dataclass(frozen=True)
class Issue:
    """``kind`` named as the official validator names it, ``path`` in the document, ``severity`` error or warning."""

    kind: str
    path: str
    detail: str = ""
    severity: str = "error"


@dataclass
class Findings:
    """The issues of one document."""

    issues: list[Issue] = field(default_factory=list)

    def add(self, kind: str, path: str, detail: Any = "", severity: str = "error") -> bool:
        self.issues.append(Issue(kind, path, str(detail)[:200], severity))
        return False

    def object(self, value: Any, path: str) -> bool:
        return isinstance(value, dict) or self.add("TYPE_MISMATCH", path, "not an object")

    def text(self, value: Any, path: str, pattern: re.Pattern[str] | None = None) -> bool:
        if not isinstance(value, str):
            return self.add("TYPE_MISMATCH", path, "not a string")
        return pattern is None or bool(pattern.match(value)) or self.add("STRING_PATTERN_MISMATCH", path, value)

    def boolean(self, value: Any, path: str) -> bool:
        return isinstance(value, bool) or self.add("TYPE_MISMATCH", path, "not a boolean")

    def number(self, value: Any, path: str, least: float | None = None) -> bool:
        if not is_number(value):
            return self.add("TYPE_MISMATCH", path, "not a number")
        return least is None or value >= least or self.add("VALUE_NOT_IN_RANGE", path, value)

    def integer(self, value: Any, path: str, least: int | None = None, below: int | None = None) -> bool:
        if not is_integer(value):
            return self.add("TYPE_MISMATCH", path, "not an integer")
        low, high = least is not None and value < least, below is not None and value >= below
        return not (low or high) or self.add("VALUE_NOT_IN_RANGE", path, value)

    def listed(self, value: Any, path: str, allowed: Any) -> bool:
        hashable = isinstance(value, (str, int, float, bool))
        return (hashable and value in allowed) or self.add("VALUE_NOT_IN_LIST", path, value)

    def array(
        self,
        value: Any,
        path: str,
        item: Callable[[Any], bool] = lambda _: True,
        *,
        least: int = 0,
        length: int | None = None,
        unique: bool = False,
    ) -> bool:
        if not isinstance(value, list):
            return self.add("TYPE_MISMATCH", path, "not an array")
        if len(value) < least or (length is not None and len(value) != length):
            return self.add("ARRAY_LENGTH_MISMATCH", path, len(value))
        if not all(item(one) for one in value):
            return self.add("ARRAY_ELEMENT_TYPE_MISMATCH", path, value)
        if unique and len({repr(one) for one in value}) < len(value):
            return self.add("ARRAY_ELEMENT_NOT_UNIQUE", path, value)
        return True

    def need(self, value: dict[str, Any], name: str, path: str) -> bool:
        return name in value or self.add("PROPERTY_MISSING", f"{path}/{name}")

    def root_property(self, value: dict[str, Any], path: str) -> None:
        """``extensions`` and ``extras``, which every object may have."""
        if "extensions" in value and self.object(value["extensions"], f"{path}/extensions"):
            for name, content in value["extensions"].items():
                self.object(content, f"{path}/extensions/{name}")
        if "extras" in value and not isinstance(value["extras"], dict):
            self.add("TYPE_UNEXPECTED", f"{path}/extras", severity="warning")


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
