"""What the console of the server refuses to do with accounts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoserver.accounts import managing
from geoserver.accounts.managing import Wanted
from geoserver.faults import BadParameter, UnknownId
from geoserver.settings import Settings
from tiles.errors import Fault, NotBuilt

OPERATOR = Wanted("operator", ("all",))


class Silent:
    """A console that keeps what it is told."""

    as_json, lang = True, "en"

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def tell(self, code: str, **values: Any) -> None:
        self.told.append((code, values))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "build.json").write_text("{}")
    return Settings(folder=tmp_path)


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (lambda s, c: managing.reset(s, "nobody", c), UnknownId),
        (lambda s, c: managing.disable(s, "nobody", True, c), UnknownId),
        (lambda s, c: managing.give(s, "nobody", [OPERATOR], c), UnknownId),
        (lambda s, c: managing.show_sessions(s, "nobody", c), UnknownId),
        (lambda s, c: managing.end_sessions(s, "nobody", c), UnknownId),
        (lambda s, c: managing.show_tokens(s, "nobody", c), UnknownId),
        (lambda s, c: managing.add_token(s, "nobody", "", ["see:camera"], 1, c), UnknownId),
        (lambda s, c: managing.end_token(s, "nothing", c), UnknownId),
        (lambda s, c: managing.add(s, "a b", "", OPERATOR, c), BadParameter),
        (lambda s, c: managing.add(s, "wang", "", Wanted("root", ("all",)), c), BadParameter),
        (lambda s, c: managing.add(s, "wang", "", Wanted("operator", ()), c), BadParameter),
        (
            lambda s, c: managing.add(s, "wang", "", Wanted("operator", ("all",), networks=("internet",)), c),
            BadParameter,
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_not_done(
    settings: Settings, act: Callable[[Settings, Any], None], fault: type[Fault]
) -> None:
    console = Silent()
    with pytest.raises(fault):
        act(settings, console)
    managing.show(settings, console)  # type: ignore[arg-type]  # all that it uses
    assert console.told == []


@pytest.mark.parametrize("scopes", [[], ["see"], ["see:"], ["see:camera incident"], ["See:camera"], ["a:b:c"]])
def test_what_is_no_scope(settings: Settings, scopes: list[str]) -> None:
    console = Silent()
    managing.add(settings, "wang", "", OPERATOR, console)  # type: ignore[arg-type]
    with pytest.raises(BadParameter):
        managing.add_token(settings, "wang", "", scopes, 1, console)  # type: ignore[arg-type]


def test_a_folder_without_a_city_is_given_no_database(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt):
        managing.show(Settings(folder=tmp_path), Silent())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_area_that_the_city_does_not_have_is_refused(village: Path, tmp_path: Path) -> None:
    for name in ("build.json", "parts"):
        (tmp_path / name).symlink_to(village / name)
    settings, console = Settings(folder=tmp_path), Silent()
    with pytest.raises(UnknownId) as refused:
        managing.add(settings, "wang", "", Wanted("operator", ("999999",)), console)  # type: ignore[arg-type]
    assert refused.value.values == {"kind": "area", "id": "999999"}
    managing.add(settings, "wang", "", Wanted("operator", ("150302",)), console)  # type: ignore[arg-type]
    assert [code for code, _ in console.told] == ["user-added"]
