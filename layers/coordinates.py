"""A place typed as coordinates, in the notations that people paste: decimal, with letters, in degrees,
minutes and seconds, in Chinese words."""

import re

_HEMISPHERE = {
    "N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "W": ("lon", -1),
    "北纬": ("lat", 1), "南纬": ("lat", -1), "东经": ("lon", 1), "西经": ("lon", -1),
    "纬度": ("lat", 1), "经度": ("lon", 1), "LAT": ("lat", 1), "LON": ("lon", 1), "LNG": ("lon", 1),
}  # fmt: skip
_LETTER = r"(?:[NSEW]|北纬|南纬|东经|西经|纬度|经度|LAT|LON|LNG)"
_ANGLE = (
    rf"(?P<before{{0}}>{_LETTER})?\s*[:：=]?\s*(?P<sign{{0}}>[-+−])?(?P<deg{{0}}>\d{{{{1,3}}}}(?:\.\d+)?)\s*"
    r"(?:(?P<mark{0}>[°度])\s*(?:(?P<min{0}>\d{{1,2}}(?:\.\d+)?)\s*['′’分]\s*"
    r"(?:(?P<sec{0}>\d{{1,2}}(?:\.\d+)?)\s*(?:\"|″|”|''|′′|’’|秒)\s*)?)?)?"
    rf"(?P<after{{0}}>{_LETTER})?"
)
_PAIR = re.compile(rf"{_ANGLE.format(1)}\s*[,，;；、/\s]\s*{_ANGLE.format(2)}", re.IGNORECASE)
_CLOSE = re.compile(rf"{_ANGLE.format(1)}{_ANGLE.format(2)}", re.IGNORECASE)


def read_coordinates(text: str, near: tuple[float, float] | None = None) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, or None where the text is not a pair of coordinates.

    Without letters the order is found by range (a latitude is at most 90), else by which of the two lies
    nearer to ``near`` (the city), else it is longitude, latitude.
    """
    text = text.strip().strip("()（）[]")
    found = _PAIR.fullmatch(text) or _CLOSE.fullmatch(text)
    if found is None or not (_is_angle(found, 1) and _is_angle(found, 2)):
        return None
    (axis_a, a), (axis_b, b) = _angle(found, 1), _angle(found, 2)
    if axis_a and axis_a == axis_b:
        return None
    if axis_a == "lat" or axis_b == "lon":
        return _valid(b, a)
    if axis_a == "lon" or axis_b == "lat":
        return _valid(a, b)
    return _by_range(a, b, near)


def _is_angle(found: "re.Match[str]", i: int) -> bool:
    """A whole number alone is a house number, not an angle."""
    return bool("." in found[f"deg{i}"] or found[f"mark{i}"] or found[f"before{i}"] or found[f"after{i}"])


def _angle(found: "re.Match[str]", i: int) -> tuple[str, float]:
    value = float(found[f"deg{i}"]) + float(found[f"min{i}"] or 0) / 60 + float(found[f"sec{i}"] or 0) / 3600
    if found[f"sign{i}"] in ("-", "−"):
        value = -value
    letter = (found[f"before{i}"] or found[f"after{i}"] or "").upper()
    axis, sign = _HEMISPHERE.get(letter, ("", 1))
    return axis, sign * value


def _by_range(a: float, b: float, near: tuple[float, float] | None) -> tuple[float, float] | None:
    either = [place for place in (_valid(a, b), _valid(b, a)) if place is not None]
    if len(either) == 2 and near is not None:
        return min(either, key=lambda p: abs(p[0] - near[0]) + abs(p[1] - near[1]))
    return either[0] if either else None


def _valid(lon: float, lat: float) -> tuple[float, float] | None:
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
