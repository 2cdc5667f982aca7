"""The rules for addresses of streams, as heads ask them."""

from typing import Protocol

from geoserver.ptz.head import Allowed, HeadLost


class _Endpoint(Protocol):
    @property
    def ip(self) -> str: ...


class Rules(Protocol):
    """What may be reached, by URL; refuses with an exception that has a ``reason``."""

    def endpoint(self, url: str) -> _Endpoint:
        """The checked address of a URL."""


def by_rules(rules: Rules) -> Allowed:
    """The addresses that the rules for streams allow: a camera's head stands in the same networks as its picture."""

    def allowed(host: str, port: int) -> str:
        name = f"[{host}]" if ":" in host else host
        try:
            return rules.endpoint(f"http://{name}:{port}/").ip
        except Exception as refused:
            known = getattr(refused, "reason", "") == "unreachable"
            raise HeadLost("unreachable" if known else "not-allowed") from None

    return allowed
