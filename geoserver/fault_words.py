"""A fault in words: its title and its sentence, and its values as JSON can carry them."""

from typing import Any

from geoserver.faults import BadParameter, CannotSteer, SteeringFailed
from geoserver.openid.faults import LogoutRefused, ProviderFailed, SignInRefused, TokenRefused
from geoserver.streams.model import SourceLost
from geoserver.words import Lang, say
from layers.cameras.lists.grid import UnreadableList
from layers.filters.faults import BadFilter
from layers.incidents.cap.read import BadAlert
from tiles.errors import Fault


def fault_words(fault: Fault, lang: Lang) -> tuple[str, str]:
    """Title and sentence of a fault."""
    values = dict(fault.values)
    if isinstance(fault, BadParameter):
        values["detail"] = say(lang, "parameter", values["reason"], values, default=values["detail"])
    if isinstance(fault, BadFilter):
        values["detail"] = say(lang, "filter", values["reason"], values, default=values["detail"])
    if isinstance(fault, UnreadableList):
        values["detail"] = say(lang, "unreadable", values["reason"], values, default=values["detail"])
        values["remedy"] = say(lang, "unreadable-remedy", values["reason"], values, default=values["remedy"])
    if isinstance(fault, BadAlert):
        remedy = say(lang, "remedy", fault.reason, values)
        values["detail"] = f"{say(lang, 'row', fault.reason, values, default=values['detail'])} {remedy}"
    if isinstance(fault, SourceLost):
        values["reason"] = say(lang, "stream", fault.reason, {}, default=fault.reason)
    if isinstance(fault, CannotSteer | SteeringFailed):
        values["why"] = say(lang, "steering", values["reason"], values)
    if isinstance(fault, ProviderFailed | SignInRefused | TokenRefused | LogoutRefused):
        values["why"] = say(lang, "openid", values["reason"], values)
    title = say(lang, "title", fault.code, {}, default=fault.code)
    return title, sound(say(lang, "fault", fault.code, values, default=str(fault)))


def sound(text: str) -> str:
    """Text as UTF-8 can carry it; half a character, which JSON can name, shows as its code."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain(value: Any) -> Any:
    """A value as JSON can carry it; NaN, infinity and numbers beyond 64 bits become words."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, int | bool | None):
        return value if value is None or abs(value) < 2**63 else str(value)
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)
