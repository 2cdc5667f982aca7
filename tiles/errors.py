"""What can go wrong on the ground floor, named for the fact.

Each class carries a stable ``code``, an English sentence ``text`` and the values that fill it.
The upper floors translate by ``code``; they never parse the sentence.
"""

from typing import Any, ClassVar


class Fault(Exception):
    """A fact that stops the work. ``values`` fill ``text``; ``code`` is stable and translated above."""

    code: ClassVar[str] = "fault"
    text: ClassVar[str] = "{detail}"

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.text.format(**values))


class TilesError(Fault):
    """Root of the ground floor's errors."""


class BadSource(TilesError):
    """A source file cannot be used; names the file, what is wrong with it and the remedy."""

    code = "bad-source"
    text = "{file}: {detail} {remedy}"


class MissingCRS(TilesError):
    """A source names no coordinate reference system and the city file gives none."""

    code = "missing-crs"
    text = '{file}: no coordinate reference system. Add crs = "EPSG:…" to its entry in the city file.'


class MissingDatum(TilesError):
    """A source of heights names no vertical datum; heights are never guessed."""

    code = "missing-datum"
    text = (
        '{file}: heights without a vertical datum. Add vertical_datum = "ellipsoid", "EGM96" or an EPSG '
        "code to its entry in the city file."
    )


class UnknownDatum(TilesError):
    """No grid is at hand for a vertical datum, so a height in it cannot be made ellipsoidal."""

    code = "unknown-datum"
    text = (
        "{file}: no geoid grid for vertical datum {datum}. Give geoid_grid = PATH, or state a substitute "
        'with stand_in = "EGM96".'
    )


class OutsideCity(TilesError):
    """A place lies outside the extent of the city."""

    code = "outside-city"
    text = "The place {lon:.5f}, {lat:.5f} is outside the city."


class BadCityFile(TilesError):
    """The city file is not as it should be; names the key, the value and the remedy."""

    code = "bad-city-file"
    text = "{file}: {key}: {detail} {remedy}"


class NotBuilt(TilesError):
    """A folder holds no built city."""

    code = "not-built"
    text = "{folder} holds no built city. Run: geoserver build CITY.toml --out {folder}"
