"""How the map looks: colours of the dark and the light style, widths of roads and sizes of text by zoom."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]


def hex_colour(text: str) -> Colour:
    """``"#1a2330"`` as red, green, blue, 0 to 255."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with a share of another."""
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, other, strict=True))
    return red, green, blue


@dataclass(frozen=True)
class Style:
    """Colours of one style. ``relief`` is how much light and shade change the ground.

    ``wide_mix`` is how far wide carriageways go toward the land's colour, lest streets outshine the city.
    """

    name: str
    land: Colour
    high: Colour
    water: Colour
    water_edge: Colour
    kinds: dict[str, Colour]
    building: Colour
    building_edge: Colour
    road: dict[str, Colour]
    casing: dict[str, Colour]
    border: Colour
    text: dict[str, Colour]
    halo: Colour
    relief: float
    wide_mix: float
    kind_alpha: float
    border_alpha: float


def _colours(**words: str) -> dict[str, Colour]:
    return {name: hex_colour(word) for name, word in words.items()}


DARK = Style(
    name="dark",
    land=hex_colour("#18212d"),
    high=hex_colour("#2b313a"),
    water=hex_colour("#0c3150"),
    water_edge=hex_colour("#1d4d73"),
    kinds=_colours(
        residential="#1e2938", commercial="#252b40", industrial="#262833", park="#17362f", forest="#16322b",
        grass="#1b332d", farmland="#20302a", sand="#2f2b25", bare="#292a2b", wetland="#143640",
        school="#2a2b38", hospital="#33283a", square="#293040", transport="#232a35", other="#1f2935",
    ),
    building=hex_colour("#2f3d50"),
    building_edge=hex_colour("#43546b"),
    road=_colours(
        motorway="#b98d4c", trunk="#94794f", primary="#6f849e", secondary="#54677e", tertiary="#435368",
        residential="#384658", service="#313d4d", track="#3a3f45", path="#39475a", rail="#566070",
    ),
    casing=_colours(
        motorway="#0e141c", trunk="#0e141c", primary="#0f161f", secondary="#101821", tertiary="#111a24",
        residential="#121b26", service="#141d28", track="#141d28", path="#141d28", rail="#10161e",
    ),
    border=hex_colour("#7f93b5"),
    text=_colours(
        city="#f1f5fb", district="#dbe6f5", street="#a9bdd8", community="#8fa3bf", place="#c3d0e2",
        road="#c6d2e1", water="#6fb3e0", green="#7fbf9f", building="#a2b1c6", zone="#9aa8bd",
    ),
    halo=hex_colour("#0b1119"),
    relief=0.62,
    wide_mix=0.42,
    kind_alpha=0.85,
    border_alpha=0.55,
)  # fmt: skip

LIGHT = Style(
    name="light",
    land=hex_colour("#f0eee8"),
    high=hex_colour("#e6dfd1"),
    water=hex_colour("#a8cce6"),
    water_edge=hex_colour("#82b3d6"),
    kinds=_colours(
        residential="#e9e6df", commercial="#efe3e0", industrial="#e6e2e8", park="#cfe5c4", forest="#c3ddb8",
        grass="#d9e8c9", farmland="#e9ebcf", sand="#f1e6c8", bare="#e8e2d6", wetland="#cfe3df",
        school="#f1ead0", hospital="#f3dddd", square="#eae7e2", transport="#e4e3e6", other="#ebe8e1",
    ),
    building=hex_colour("#d9d2c7"),
    building_edge=hex_colour("#bfb6a8"),
    road=_colours(
        motorway="#f3b95f", trunk="#f7cf86", primary="#fbe3a6", secondary="#ffffff", tertiary="#ffffff",
        residential="#ffffff", service="#fbfaf8", track="#d8cbb3", path="#d9cfc2", rail="#a9a6a3",
    ),
    casing=_colours(
        motorway="#c98a2e", trunk="#d2a04c", primary="#d4b264", secondary="#c4beb4", tertiary="#cac4ba",
        residential="#d0cbc2", service="#d6d1c9", track="#e3dccf", path="#eee9e2", rail="#ffffff",
    ),
    border=hex_colour("#8d7aa8"),
    text=_colours(
        city="#1e242c", district="#2c3440", street="#4d5967", community="#667180", place="#353d48",
        road="#454b53", water="#2f6f9f", green="#3d7a45", building="#6a6259", zone="#6f6a72",
    ),
    halo=hex_colour("#fbfaf7"),
    relief=0.36,
    wide_mix=0.0,
    kind_alpha=0.9,
    border_alpha=0.7,
)  # fmt: skip

STYLES = {style.name: style for style in (DARK, LIGHT)}
LANGUAGES = ("zh", "en")

_FAMILY = {
    "park": ("park", "garden", "recreation_ground", "nature_reserve", "golf_course", "scenic"),
    "forest": ("forest", "wood", "scrub", "orchard", "vineyard"),
    "grass": ("grass", "grassland", "meadow", "village_green", "green", "pitch", "greenbelt"),
    "farmland": ("farmland", "farm", "farmyard", "allotments", "greenhouse_horticulture"),
    "sand": ("sand", "desert", "beach", "dune"),
    "bare": ("bare", "bare_rock", "scree", "quarry", "mine", "mining", "brownfield", "construction",
             "vacant", "landfill"),
    "wetland": ("wetland", "marsh", "reedbed"),
    "residential": ("residential", "village"),
    "commercial": ("commercial", "retail", "business", "market"),
    "industrial": ("industrial", "depot", "warehouse", "port", "military"),
    "school": ("school", "university", "college", "kindergarten", "education"),
    "hospital": ("hospital", "clinic", "medical"),
    "square": ("square", "plaza", "pedestrian", "public", "government", "civic"),
    "transport": ("railway", "station", "parking", "aerodrome", "airport", "transport", "bus_station"),
}  # fmt: skip
FAMILY = {word: family for family, words in _FAMILY.items() for word in words}
"""The colour that a kind of land use takes; others take ``other``."""
GREEN = frozenset({"park", "forest", "grass", "farmland", "wetland"})
LARGE = frozenset({"sand", "bare", "farmland", "forest", "wetland"})
"""Families that are drawn below the others, being wide backgrounds."""

FIRST_ZOOM = {
    "motorway": 6, "trunk": 7, "primary": 9, "secondary": 11, "tertiary": 12, "residential": 13,
    "service": 15, "track": 14, "path": 16, "rail": 10,
}  # fmt: skip
"""The zoom from which a class of road is drawn."""
LABEL_ZOOM = {
    "motorway": 11, "trunk": 11, "primary": 12, "secondary": 13, "tertiary": 14, "residential": 15,
    "service": 16, "track": 16, "path": 17, "rail": 14,
}  # fmt: skip
ORDER = (
    "path", "track", "service", "rail", "residential", "tertiary", "secondary", "primary", "trunk", "motorway",
)  # fmt: skip
"""Classes of road, lowest first."""
BUILDING_ZOOM = 14
BUILDING_NAME_ZOOM = 17
BORDER_ZOOM = {"city": 8, "district": 9, "street": 12, "community": 14}
AREA_LABEL = {"city": (5, 9), "district": (9, 13), "street": (12, 15), "community": (14, 17)}
"""First and last zoom at which an area of a level is named."""

_WIDTHS = {
    "motorway": ((6, 0.8), (9, 1.6), (11, 2.4), (13, 4.0), (15, 7.0), (16, 10.0)),
    "trunk": ((7, 0.7), (9, 1.2), (11, 2.0), (13, 3.4), (15, 6.4), (16, 9.0)),
    "primary": ((9, 0.8), (11, 1.5), (13, 3.0), (15, 6.0), (16, 8.5)),
    "secondary": ((11, 0.9), (13, 2.2), (15, 5.0), (16, 7.5)),
    "tertiary": ((12, 0.8), (13, 1.4), (15, 4.0), (16, 6.0)),
    "residential": ((13, 0.7), (14, 1.4), (15, 2.8), (16, 4.5)),
    "service": ((15, 1.2), (16, 2.2), (17, 3.4)),
    "track": ((14, 0.7), (16, 1.4), (18, 2.5)),
    "path": ((16, 0.9), (18, 2.0)),
    "rail": ((10, 0.7), (13, 1.2), (16, 2.6)),
}


def road_width_px(name: str, zoom: int, width_m: float, metres_per_px: float) -> float:
    """Drawn width of a road: a legible one by class, or its true one where that is wider."""
    zooms, widths = zip(*_WIDTHS[name], strict=True)
    return float(max(np.interp(zoom, zooms, widths), width_m / metres_per_px))


def casing_px(width_px: float) -> float:
    """How far the casing stands out on each side."""
    return 0.0 if width_px < 1.6 else min(1.3, 0.35 + 0.13 * width_px)
