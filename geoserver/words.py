"""Sentences in the caller's language: by code, from messages/{zh,en}.toml. No rules here."""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Lang = Literal["zh", "en"]
Section = Literal[
    "title",
    "fault",
    "reason",
    "assumption",
    "assumed",
    "parameter",
    "status",
    "incident",
    "row",
    "remedy",
    "command",
    "note",
    "unreadable",
    "unreadable-remedy",
    "conflict",
    "proposal",
    "calibration",
    "column",
    "stream",
    "steering",
    "image-fault",
    "openid",
    "verdict",
    "health-setting",
    "fix",
    "filter",
    "field",
]


@cache
def sentences(lang: Lang) -> Mapping[str, Mapping[str, str]]:
    """All sentences of a language: section → code → template."""
    return tomllib.loads((files("geoserver") / "messages" / f"{lang}.toml").read_text(encoding="utf-8"))


class _Lenient(string.Formatter):
    """Fills a template; a value that is missing or of another type shows as it is instead of failing."""

    def get_value(self, key: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(key, "?") if isinstance(key, str) else super().get_value(key, args, dict(kwargs))

    def format_field(self, value: Any, format_spec: str) -> str:
        try:
            return str(super().format_field(value, format_spec))
        except (ValueError, TypeError):
            return str(value)


_FORMATTER = _Lenient()


def say(lang: Lang, section: Section, code: str, values: Mapping[str, Any], default: str = "") -> str:
    """The sentence for a code, filled; ``default`` (a filled sentence) where the language has none."""
    template = sentences(lang).get(section, {}).get(code)
    if template is None:
        return default or code
    try:
        return template.format_map(values)
    except (KeyError, ValueError, TypeError):
        return _FORMATTER.vformat(template, (), values)


def language(accept: str | None) -> Lang:
    """The language that an Accept-Language header prefers: zh or en, en where it says neither."""
    best: tuple[float, Lang] = (0.0, "en")
    for part in (accept or "").split(","):
        tag, _, rest = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        weight = _weight(rest)
        if primary in ("zh", "en") and weight > best[0]:
            best = (weight, "zh" if primary == "zh" else "en")
    return best[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def command_line_language(locale: str) -> Lang:
    """The language of the command line, from the locale that the environment names."""
    return "zh" if locale.lower().startswith("zh") else "en"
