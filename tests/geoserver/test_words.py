"""Sentences: both languages complete, codes of all floors known, values named alike."""

import importlib
import pkgutil
import string
from collections.abc import Iterator
from types import ModuleType

import pytest

import data
import geoserver
import layers
import tiles
from geoserver.settings import locale_from_environment
from geoserver.words import command_line_language, language, say, sentences
from tiles.errors import Fault


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def faults() -> set[type[Fault]]:
    """Every class of fault that any module of ours defines."""
    for package in (tiles, layers, geoserver, data):
        list(modules(package))
    found: set[type[Fault]] = set()
    waiting = [Fault]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += one.__subclasses__()
    return {one for one in found if one.__module__.split(".")[0] in ("tiles", "layers", "geoserver", "data")}


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_sentences_with_the_same_values() -> None:
    english, chinese = sentences("en"), sentences("zh")
    assert english.keys() == chinese.keys()
    for section in english:
        assert english[section].keys() == chinese[section].keys(), section
        for code, template in english[section].items():
            assert names(template) == names(chinese[section][code]), f"{section}.{code}"


def test_chinese_is_chinese() -> None:
    for section, rows in sentences("zh").items():
        for code, template in rows.items():
            if section == "fault" and template.startswith("{"):
                continue
            assert any("一" <= letter <= "鿿" for letter in template), f"{section}.{code}"


def test_every_fault_has_a_title_and_a_sentence() -> None:
    for one in faults():
        for lang in ("en", "zh"):
            assert one.code in sentences(lang)["title"], f"{one.__name__}: title {one.code}"
            assert one.code in sentences(lang)["fault"], f"{one.__name__}: fault {one.code}"


def test_sentences_of_faults_use_only_values_that_they_carry() -> None:
    for one in faults():
        own = names(one.text)
        if one.code in ("unknown-datum", "bad-parameter"):
            continue
        assert names(sentences("en")["fault"][one.code]) <= own, one.__name__


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,zh;q=0.3,en;q=0.7", "en"),
        ("de-DE", "en"),
        ("*", "en"),
        ("zh;q=banana, en;q=0.1", "en"),
        ("zh;q=0,en;q=0.1", "en"),
    ],
)
def test_language_of_a_header(header: str | None, expected: str) -> None:
    assert language(header) == expected


def test_language_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert command_line_language(locale_from_environment()) == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert command_line_language(locale_from_environment()) == "zh"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert command_line_language(locale_from_environment()) == "en"


def test_a_missing_or_odd_value_never_breaks_a_sentence() -> None:
    assert "?" in say("en", "fault", "outside-city", {"lon": "east"})
    assert "{" not in say("zh", "fault", "outside-city", {})
    assert say("en", "fault", "no-such-code", {}, default="as it came") == "as it came"
