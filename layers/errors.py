"""What can go wrong among records and rules, named for the fact."""

from tiles.errors import Fault


class LayersError(Fault):
    """Root of the middle floor's errors."""


class BadInput(LayersError):
    """A value handed in cannot be used; names the field, the value and the remedy."""

    code = "bad-input"
    text = "{field}: {value!r} {detail} {remedy}"
