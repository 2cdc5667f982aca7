"""What may stand in an XML document."""

import re
from typing import Final

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0 (fifth edition), §2.2: no document can hold it, not even escaped."""


def xml_text(text: str) -> str:
    """A text without what no XML document can hold."""
    return _NOT_XML.sub("", text)
