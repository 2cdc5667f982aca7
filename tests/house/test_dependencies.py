"""What the packages import is named as needed at run time: a server is installed without what tests need."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.test_floors import PACKAGES, ROOT


def closure(wanted: list[str]) -> set[str]:
    """Names of distributions that are installed for these requirements, with those of their extras."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(one), "") for one in wanted]
    while waiting:
        one, asked_by = waiting.pop()
        if one.marker is not None and not one.marker.evaluate({"extra": asked_by}):
            continue
        for extra in ("", *one.extras):
            key = canonicalize_name(one.name), extra
            if key not in found:
                found.add(key)
                waiting += [(Requirement(text), extra) for text in requires(one.name) or []]
    return {name for name, _ in found}


def imported(package: str) -> set[str]:
    """Top-level names that a package's files import, wherever they do."""
    names: set[str] = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names


def test_nothing_is_imported_that_a_server_does_not_have() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    there, of = closure(declared), packages_distributions()
    assert {"numpy", "starlette", "psycopg-binary"} <= there
    foreign = set().union(*map(imported, ("tiles", "layers", "geoserver"))) - set(sys.stdlib_module_names)
    foreign -= set(PACKAGES)
    lacking = {name for name in foreign if there.isdisjoint(map(canonicalize_name, of.get(name, [name])))}
    assert lacking == set()
