"""A bundle of arrays that kernels take as one argument.

Handing forty arrays to a kernel takes ten microseconds, more than many a question; a bundle is handed as one
pointer. It shows the arrays as long as they are changed in place, and is bundled anew when one is replaced.
"""

from typing import Any

from numba import njit, types
from numba.experimental import structref


@structref.register
class BundleType(types.StructRef):  # type: ignore[misc]  # numba has no types
    """Numba's type of a bundle."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Types of values, not of literals."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class Bundle(structref.StructRefProxy):  # type: ignore[misc]  # the same
    """One tuple, bundled: ``parts`` in a kernel. Made by `bundled`."""


structref.define_proxy(Bundle, BundleType, ["parts"])


@njit(cache=True)
def bundled(parts: Any) -> Any:
    """Bundle a tuple; compiled once, where the class's own constructor would be in every process."""
    return Bundle(parts)
