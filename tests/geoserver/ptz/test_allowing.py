"""Heads keep to the rules for addresses."""

from dataclasses import dataclass

import pytest

from geoserver.ptz.allowing import by_rules
from geoserver.ptz.head import HeadLost


@dataclass
class Found:
    ip: str


class Lost(Exception):
    def __init__(self, reason: str) -> None:
        self.reason = reason


class Rules:
    """Allows one name."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def endpoint(self, url: str) -> Found:
        self.asked.append(url)
        if "gone" in url:
            raise Lost("unreachable")
        if "camera" not in url and "[" not in url:
            raise Lost("not-allowed")
        return Found("192.0.2.7")


def test_what_the_rules_say_is_what_a_head_hears() -> None:
    rules = Rules()
    allowed = by_rules(rules)
    assert allowed("camera", 8080) == "192.0.2.7"
    assert allowed("2001:db8::1", 80) == "192.0.2.7"
    assert rules.asked == ["http://camera:8080/", "http://[2001:db8::1]:80/"]
    for host, reason in (("gone", "unreachable"), ("router", "not-allowed")):
        with pytest.raises(HeadLost) as lost:
            allowed(host, 80)
        assert lost.value.reason == reason
