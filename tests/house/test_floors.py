"""The house: imports fall, there is no circle, and the generic package names are ours."""

import ast
import importlib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"tiles": 0, "layers": 1, "geoserver": 2}
PACKAGES = (*FLOORS, "data", "bundle")
RECIPE_KNOWN_TO = ("data", "geoserver", "bundle")
DOORS_OF_TILES = {
    "tiles.datum",
    "tiles.geodesy",
    "tiles.scene",
    "tiles.errors",
    "tiles.obstacles",
    "tiles.profile",
    "tiles.served",
    "tiles.facades",
}


def modules() -> dict[str, Path]:
    """Module name → file, of all our packages."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: set[str]) -> set[str]:
    """Our own modules that a file imports, at any depth of the file, for types too."""
    wanted: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            wanted |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return {name for name in wanted if name in known}


def arrows() -> list[tuple[str, str]]:
    """Every import between two of our modules."""
    table = modules()
    return [(name, target) for name, path in table.items() for target in imports(path, set(table)) if target != name]


def floor(name: str) -> str:
    """The package that a module stands in."""
    return name.split(".")[0]


def test_there_is_something_to_check() -> None:
    assert len(arrows()) > 50


@pytest.mark.parametrize("package", PACKAGES)
def test_generic_names_are_this_tree(package: str) -> None:
    assert Path(importlib.import_module(package).__file__ or "").resolve().is_relative_to(ROOT / package)


def test_imports_fall() -> None:
    climbing = [
        (a, b) for a, b in arrows() if floor(a) in FLOORS and floor(b) in FLOORS and FLOORS[floor(b)] > FLOORS[floor(a)]
    ]
    assert climbing == []


def test_layers_know_tiles_through_their_doors() -> None:
    others = {(a, b) for a, b in arrows() if floor(a) == "layers" and floor(b) == "tiles" and b != "tiles"}
    assert {(a, b) for a, b in others if b not in DOORS_OF_TILES} == set()


def test_nothing_but_the_server_knows_the_recipe() -> None:
    assert {(a, b) for a, b in arrows() if floor(b) == "data" and floor(a) not in RECIPE_KNOWN_TO} == set()
    assert {(a, b) for a, b in arrows() if floor(b) == "bundle" and floor(a) != "bundle"} == set()
    allowed = {"tiles", "tiles.geodesy"}
    assert {(a, b) for a, b in arrows() if floor(a) == "data" and floor(b) in FLOORS and b not in allowed} == set()


def test_no_circle_between_modules() -> None:
    graph: dict[str, set[str]] = {}
    packages = {name for name, path in modules().items() if path.name == "__init__.py"}
    for a, b in arrows():
        if b not in packages:
            graph.setdefault(a, set()).add(b)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle: {' -> '.join(circle.args[1])}")


def test_package_entrances_are_empty() -> None:
    for name, path in modules().items():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text("utf-8")).body
            assert all(isinstance(node, ast.Expr) for node in body), f"{name}: only a docstring in __init__"


def test_files_are_small() -> None:
    long = {name: n for name, path in modules().items() if (n := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_environment_is_read_in_one_place() -> None:
    readers = {
        name
        for name, path in modules().items()
        if floor(name) != "data" and ("os.environ" in path.read_text("utf-8") or "os.getenv" in path.read_text("utf-8"))
    }
    assert readers <= {"geoserver.settings"}


def test_client_floors() -> None:
    """Map layers know CesiumJS and no React; panels know React and no CesiumJS; the model knows neither."""
    source = ROOT / "frontend" / "src"
    wrong = []
    react, cesium = ("from 'react", "from 'antd", "/panels/"), ("from 'cesium", "/scene/", "/layers/")
    for folder, forbidden in {
        "panels": cesium,
        "layers": react,
        "scene": react,
        "model": (*react, *cesium),
        "api": (*react, *cesium, "/model/"),
    }.items():
        files = list((source / folder).rglob("*.ts*"))
        assert files, folder
        for path in files:
            text = path.read_text("utf-8").replace('"', "'")
            lines = [line for line in text.splitlines() if line.startswith(("import", "} from", "export"))]
            wrong += [(str(path.relative_to(source)), word) for line in lines for word in forbidden if word in line]
    assert wrong == []
