"""Photographs that people send, made harmless: read by one library, turned upright, written anew without metadata.

What is kept is always JPEG of a bounded size, whatever was sent; of the sender's bytes nothing is left, so neither
place and owner of the camera nor anything hidden behind the picture is passed on.
"""

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps

from geoserver.faults import BadPicture, PictureTooLarge
from geoserver.storage.kept_pictures import KeptPicture

MAX_BYTES = 10_000_000
MAX_PIXELS = 64_000_000
"""More than telephones take; a bomb promises more."""
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_PX, SMALL_PX = 4_096, 320
MEDIA_TYPE = "image/jpeg"
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error,
           Image.DecompressionBombError, Image.DecompressionBombWarning)  # fmt: skip
"""What the library says of files that are cut, made up, or of another form."""
Size = Literal["whole", "small"]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it may be kept, and its size in pixels."""

    kept: KeptPicture
    width_px: int
    height_px: int


def photo_of(sent: bytes) -> Photo:
    """A picture out of the bytes that somebody sent; the same bytes give the same picture.

    Raises
    ------
    BadPicture
    PictureTooLarge
    """
    if len(sent) > MAX_BYTES:
        raise PictureTooLarge(what="bytes", size=len(sent), limit=MAX_BYTES)
    upright = _upright(sent)
    whole = _jpeg(upright, 88)
    small = upright.copy()
    small.thumbnail((SMALL_PX, SMALL_PX))
    kept = KeptPicture(hashlib.sha256(whole).hexdigest(), whole, _jpeg(small, 80))
    return Photo(kept, upright.width, upright.height)


def _upright(sent: bytes) -> Image.Image:
    """The picture as it is looked at, no larger than is kept. Its size is known before its pixels are unpacked."""
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            pixels = opened.width * opened.height
            if pixels > MAX_PIXELS:
                raise PictureTooLarge(what="pixels", size=pixels, limit=MAX_PIXELS)
            opened.draft("RGB", (LONGEST_PX, LONGEST_PX))
            turned = ImageOps.exif_transpose(opened)
            turned.thumbnail((LONGEST_PX, LONGEST_PX))
            return _opaque(turned)
    except _BROKEN:
        raise BadPicture() from None


def _opaque(image: Image.Image) -> Image.Image:
    """In red, green and blue, on white, with nothing beside the pixels."""
    clean = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        clean.paste(layer, mask=layer)
    else:
        clean.paste(image.convert("RGB"))
    return clean


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
