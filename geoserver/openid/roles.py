"""Which values of a provider's claim are which roles here, from a TOML file.

Each ``[[role]]`` has a ``value`` of the claim, and what it gives: ``role``, ``areas`` and, if wanted, ``tiers``,
``networks`` and ``window``, as a post has them. One value may stand in several of them.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geoserver.faults import BadFile, BadParameter
from layers.grants.model import ANY
from layers.grants.roles import Post

KEY = "role"


@dataclass(frozen=True, slots=True)
class RoleMap:
    """Values of a claim and the posts that they give, in the order of the file."""

    rows: tuple[tuple[str, Post], ...]

    def posts(self, values: Collection[str]) -> tuple[Post, ...]:
        """What somebody holds whose claim has these values; nothing where none of them is named."""
        found = (post for value, post in self.rows if value in values)
        return tuple(dict.fromkeys(found))


def read_roles(file: Path, areas: Collection[str] | None = None) -> RoleMap:
    """The map of a file.

    ``areas`` : codes that there are; None where they are not known

    Raises
    ------
    BadFile
        It cannot be read, or is no TOML.
    BadParameter
        A row cannot be used; names file, row and value.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        remedy = "Name a TOML file with [[role]] rows, in GEOSERVER_OIDC_ROLES."
        raise BadFile(file=file, detail=f"cannot be read ({why}).", remedy=remedy) from None
    rows = document.get(KEY)
    odd = sorted(set(document) - {KEY})
    if odd or not isinstance(rows, list) or not rows:
        _refuse(file, 1, odd[0] if odd else KEY, "", "openid-rows", "is not what stands here: give [[role]] rows.")
    return RoleMap(tuple(_row(file, number, row, areas) for number, row in enumerate(rows or (), start=1)))


def _row(file: Path, number: int, row: Any, areas: Collection[str] | None) -> tuple[str, Post]:
    given: Mapping[str, Any] = row if isinstance(row, dict) else {}
    value = given.get("value")
    if not isinstance(value, str) or not value:
        _refuse(file, number, "value", value, "openid-value", "is no value of the claim. Give one, as text.")
    try:
        post = Post.model_validate({name: part for name, part in given.items() if name != "value"})
    except ValidationError as bad:
        error = bad.errors(include_url=False)[0]
        name = ".".join(map(str, error["loc"])) or KEY
        detail = error["msg"].removeprefix("Value error, ")
        _refuse(file, number, name, _part(given, error["loc"]), "openid-post", f"cannot be given: {detail}.", detail)
        raise AssertionError from None
    unknown = sorted(post.areas - {ANY} - set(areas)) if areas is not None else []
    if unknown:
        text = "is no area of this city. Give the code of one, or * for everywhere."
        _refuse(file, number, "areas", unknown[0], "openid-area", text)
    return str(value), post


def _part(given: Mapping[str, Any], where: tuple[int | str, ...]) -> Any:
    return given.get(str(where[0])) if where else None


def _refuse(file: Path, number: int, name: str, value: Any, reason: str, detail: str, why: str = "") -> None:
    parameter = f"{file}: [[role]] {number}: {name}"
    raise BadParameter(parameter=parameter, value=str(value)[:80], reason=reason, detail=detail, why=why)
