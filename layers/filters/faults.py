"""What can be wrong with a filter."""

from typing import Any

from layers.errors import LayersError


class BadFilter(LayersError):
    """A filter cannot be used; names where, what is wrong, and the remedy.

    ``at`` : line and column of a text, or the JSON pointer of a document
    ``reason`` : code of the sentence; ``node`` is the part that it is about
    """

    code = "bad-filter"
    text = "The filter cannot be used at {at}: {detail}"


def refused(reason: str, at: str, node: Any = None, **values: Any) -> BadFilter:
    """A filter that is refused, for a reason."""
    return BadFilter(at=at or "/", reason=reason, node=node, detail=reason, **values)
