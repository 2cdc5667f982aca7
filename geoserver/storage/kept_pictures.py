"""Pictures beside the records, and which of them are still named: by a record, or by a body of the journal to which
somebody may go back."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_ID = re.compile(r'"([0-9a-f]{64})"')
NAMING_PICTURES = """
SELECT CAST(document AS TEXT), CAST(NULL AS TEXT) FROM record WHERE kind = 'incident'
UNION ALL SELECT CAST(before AS TEXT), CAST(after AS TEXT) FROM journal
  WHERE kind = 'incident' AND (before IS NOT NULL OR after IS NOT NULL)
"""
"""Documents that may name pictures."""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """The bytes of a picture that records name.

    Attributes
    ----------
    id : SHA-256 of ``whole``, in hexadecimal
    whole, small : JPEG
    """

    id: str
    whole: bytes = field(repr=False)
    small: bytes = field(repr=False)


def named(rows: Iterable[Iterable[Any]]) -> set[str]:
    """Ids that stand in documents; what only looks like one is kept too, and harms nothing."""
    return {id_ for row in rows for text in row if text for id_ in _ID.findall(str(text))}


def picture_document(one: KeptPicture) -> dict[str, str]:
    """A picture as JSON can carry it."""
    return {"id": one.id, "whole": base64.b64encode(one.whole).decode(), "small": base64.b64encode(one.small).decode()}


def picture_kept(document: Mapping[str, str]) -> KeptPicture:
    """The way back.

    Raises
    ------
    KeyError, ValueError
        It is no such document, or its bytes are not those that it names.
    """
    whole, small = (base64.b64decode(document[name], validate=True) for name in ("whole", "small"))
    if hashlib.sha256(whole).hexdigest() != document["id"]:
        raise ValueError("its bytes are not those that its id names")
    return KeptPicture(document["id"], whole, small)
