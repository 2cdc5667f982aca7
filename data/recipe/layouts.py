"""How a block of each use is filled: buildings in the block's own axes, before they are cut to its land.

Each layout takes the block's width and depth and fills a list of :class:`Shape`. Those that do not
fit on the land, or meet another building, are dropped later, so a layout may be generous.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shape:
    """One footprint: its form in a box of ``w`` by ``d`` metres around (x, y), the block's centre being 0, 0."""

    form: str
    x: float
    y: float
    w: float
    d: float
    storeys: int
    use: str
    role: str = ""
    flip: bool = False


Rng = np.random.Generator
Layout = Callable[[float, float, Rng], list[Shape]]


def _rows(d: float, pitch: float, depth: float) -> np.ndarray:
    """Middles of rows of ``depth`` across ``d``."""
    count = int((d - depth) // pitch) + 1
    if count < 1:
        return np.empty(0)
    return (np.arange(count) - (count - 1) / 2) * min(pitch * 1.12, (d - depth) / max(count - 1, 1))


def _shops(w: float, d: float, rng: Rng) -> list[Shape]:
    """Low shops along the two long street sides."""
    shapes = []
    for side in (-1, 1):
        x = -w / 2 + 4
        while x < w / 2 - 16:
            length = float(rng.uniform(20, 54))
            gap = float(rng.choice([5.0, 7.0, 16.0], p=[0.5, 0.3, 0.2]))
            if rng.random() < 0.66 and x + length < w / 2 - 3:
                shapes.append(
                    Shape(
                        "rect",
                        x + length / 2,
                        side * (d / 2 - 6.5),
                        length,
                        11,
                        int(rng.choice([1, 2, 2, 3])),
                        "commercial",
                        "shop",
                    )
                )
            x += length + gap
    return shapes


def walkup(w: float, d: float, rng: Rng) -> list[Shape]:
    """Six-storey slabs in south-facing rows."""
    shapes = _shops(w, d, rng) if rng.random() < 0.7 else []
    inner = d - (40 if shapes else 12)
    length, floors = float(rng.uniform(40, 58)), int(rng.choice([5, 6, 6, 6, 7]))
    pitch = float(rng.uniform(25, 29))
    for row, y in enumerate(_rows(inner, pitch, 12)):
        count = max(1, int((w - 14) // (length + 11)))
        step = (w - 14 - length) / max(count - 1, 1) if count > 1 else 0
        for i in range(count):
            x = -(w - 14 - length) / 2 + i * step if count > 1 else 0.0
            short = float(rng.uniform(0.78, 1.0)) * length
            form = "comb" if rng.random() < 0.15 else "rect"
            role = "kindergarten" if row == 1 and i == count // 2 and rng.random() < 0.2 else "block"
            shapes.append(
                Shape(
                    form,
                    x,
                    float(y),
                    short,
                    12.4,
                    3 if role == "kindergarten" else floors,
                    "school" if role == "kindergarten" else "residential",
                    role,
                )
            )
    shapes += [Shape("rect", w / 2 - 6, -d / 2 + 20, 5, 6, 1, "service", "gate")]
    return shapes


def _slabs(
    w: float, d: float, rng: Rng, size: tuple[float, float], pitch: tuple[float, float], floors: int, spread: int
) -> list[Shape]:
    """Free-standing blocks in staggered rows."""
    shapes = []
    for row, y in enumerate(_rows(d - 44, pitch[1], size[1])):
        count = max(1, int((w - 20 + pitch[0] - size[0]) // pitch[0]))
        shift = (row % 2) * pitch[0] * 0.22
        for i in range(count):
            x = (i - (count - 1) / 2) * pitch[0] + shift - pitch[0] * 0.11
            level = int(np.clip(floors + rng.integers(-spread, spread + 1), 9, 33))
            shapes.append(
                Shape(
                    str(rng.choice(["rect", "tee", "notch"])),
                    x,
                    float(y),
                    size[0],
                    size[1],
                    level,
                    "residential",
                    "block",
                )
            )
    return shapes


def tower(w: float, d: float, rng: Rng) -> list[Shape]:
    """A newer estate: towers of 18 to 33 storeys with shops at the street and a club in the middle."""
    floors = int(rng.choice([18, 20, 24, 26, 28, 30, 32, 33]))
    size = (float(rng.uniform(26, 36)), float(rng.uniform(15, 18)))
    shapes = _shops(w, d, rng)
    shapes += _slabs(w, d, rng, size, (size[0] + float(rng.uniform(16, 24)), float(rng.uniform(44, 56))), floors, 2)
    return [*shapes, Shape("rect", 0, 8, 22, 14, 2, "service", "club")]


def midrise(w: float, d: float, rng: Rng) -> list[Shape]:
    """An estate of eleven storeys or so."""
    size = (float(rng.uniform(36, 52)), 14.0)
    shapes = _shops(w, d, rng) if rng.random() < 0.6 else []
    return shapes + _slabs(
        w, d, rng, size, (size[0] + 14, float(rng.uniform(34, 40))), int(rng.choice([9, 11, 11, 13])), 1
    )


def villas(w: float, d: float, rng: Rng) -> list[Shape]:
    """Detached and terraced houses of two or three storeys."""
    return [
        Shape(
            str(rng.choice(["rect", "ell"])),
            float(x),
            float(y),
            15,
            11,
            int(rng.choice([2, 3])),
            "residential",
            "block",
            bool(rng.random() < 0.5),
        )
        for y in _rows(d - 10, 27, 11)
        for x in np.arange(-w / 2 + 14, w / 2 - 10, 24)
    ]


def low(w: float, d: float, rng: Rng) -> list[Shape]:
    """Rows of single-storey houses with yards, some with a wing."""
    shapes = []
    width, pitch = float(rng.uniform(13, 17)), float(rng.uniform(23, 30))
    for y in _rows(d - 6, pitch, 8):
        x = -w / 2 + 6 + float(rng.uniform(0, 6))
        while x < w / 2 - width:
            if rng.random() < 0.8:
                form = str(rng.choice(["rect", "ell", "ell"]))
                deep = 8.0 if form == "rect" else 12.0
                shapes.append(
                    Shape(
                        form,
                        x + width / 2,
                        float(y),
                        width - 1,
                        deep,
                        2 if rng.random() < 0.08 else 1,
                        "residential",
                        "house",
                        bool(rng.random() < 0.5),
                    )
                )
            x += width + (9.0 if rng.random() < 0.2 else 2.6)
    return shapes


def commercial(w: float, d: float, rng: Rng) -> list[Shape]:
    """A mall, towers beside it, and shops."""
    form = str(rng.choice(["rect", "ell", "court", "you"]))
    mall_w, mall_d = min(w * 0.55, 150), min(d * 0.42, 90)
    shapes = [Shape(form, -w * 0.12, d * 0.14, mall_w, mall_d, int(rng.integers(3, 7)), "commercial", "main")]
    for x in (-0.3, 0.05, 0.33):
        if rng.random() < 0.75:
            shapes.append(
                Shape(
                    "rect",
                    x * w,
                    -d * 0.2,
                    float(rng.uniform(24, 36)),
                    float(rng.uniform(20, 28)),
                    int(rng.integers(12, 30)),
                    str(rng.choice(["commercial", "office", "hotel"])),
                    "tower",
                )
            )
    return shapes + _shops(w, d, rng)


def office(w: float, d: float, rng: Rng) -> list[Shape]:
    """Office slabs and towers around a square."""
    shapes = []
    for x, y in ((-0.28, 0.2), (0.28, 0.2), (-0.28, -0.22), (0.26, -0.22), (0.0, 0.24)):
        if rng.random() < 0.8:
            form, size = str(rng.choice(["rect", "ell", "tee", "rect"])), float(rng.uniform(28, 46))
            shapes.append(
                Shape(
                    form,
                    x * w,
                    y * d,
                    size,
                    float(rng.uniform(20, 30)),
                    int(rng.integers(6, 25)),
                    "office",
                    "main",
                    bool(rng.random() < 0.5),
                )
            )
    return shapes


def government(w: float, d: float, rng: Rng) -> list[Shape]:
    """A main building with wings on a wide forecourt, two lesser ones behind."""
    return [
        Shape("you", 0, d * 0.1, min(w * 0.55, 110), min(d * 0.32, 60), int(rng.integers(6, 13)), "government", "main"),
        Shape("rect", -w * 0.36, -d * 0.2, 18, min(50, d * 0.3), 5, "government", "wing"),
        Shape("rect", w * 0.36, -d * 0.2, 18, min(50, d * 0.3), 5, "government", "wing"),
        Shape("court", w * 0.02, d * 0.38, min(60, w * 0.3), min(34, d * 0.17), 3, "government", "wing"),
        Shape("rect", 10, -d / 2 + 5, 8, 6, 1, "service", "gate"),
    ]


def school(w: float, d: float, _rng: Rng) -> list[Shape]:
    """Teaching blocks, a hall, a dormitory, and a sports ground left free."""
    return [
        Shape("you", -w * 0.2, d * 0.2, min(72, w * 0.4), min(48, d * 0.3), 5, "school", "teaching"),
        Shape("ell", -w * 0.22, -d * 0.18, min(52, w * 0.3), min(36, d * 0.24), 4, "school", "laboratory"),
        Shape("rect", w * 0.26, d * 0.32, min(44, w * 0.25), min(28, d * 0.18), 2, "school", "gym"),
        Shape("rect", w * 0.02, -d * 0.36, min(52, w * 0.3), 13, 6, "school", "dormitory"),
        Shape("rect", w * 0.04, -d / 2 + 4, 6, 5, 1, "service", "gate"),
    ]


def hospital(w: float, d: float, rng: Rng) -> list[Shape]:
    """A ward tower, an outpatient wing, a courtyard block."""
    return [
        Shape("tee", -w * 0.08, d * 0.2, min(80, w * 0.45), 26, int(rng.integers(12, 19)), "hospital", "wards"),
        Shape("you", -w * 0.1, -d * 0.16, min(84, w * 0.45), min(44, d * 0.26), 5, "hospital", "outpatient"),
        Shape("court", w * 0.3, d * 0.1, min(48, w * 0.28), min(48, d * 0.3), 4, "hospital", "laboratory"),
        Shape("rect", w * 0.32, -d * 0.28, min(38, w * 0.22), 15, 6, "hospital", "emergency"),
    ]


def industry(w: float, d: float, rng: Rng) -> list[Shape]:
    """Halls in rows, an office at the front, now and then tanks and a stack."""
    shapes = [Shape("rect", -w * 0.3, -d / 2 + 14, min(46, w * 0.3), 14, 4, "office", "office")]
    y = -d / 2 + 36
    while y < d / 2 - 20:
        depth = float(rng.uniform(22, 46))
        x = -w / 2 + 8
        while x < w / 2 - 40:
            length = float(rng.uniform(36, 96))
            if x + length < w / 2 - 6 and y + depth < d / 2 - 5 and rng.random() < 0.86:
                shapes.append(
                    Shape(
                        "rect",
                        x + length / 2,
                        y + depth / 2,
                        length,
                        depth,
                        int(rng.choice([2, 3, 4])),
                        "industrial",
                        "hall",
                    )
                )
            x += length + float(rng.uniform(9, 16))
        y += depth + float(rng.uniform(11, 18))
    if rng.random() < 0.35:
        shapes += [
            Shape("round", w * 0.28 + i * 15 - 15, -d / 2 + 20, 12, 12, 4, "industrial", "tank") for i in range(3)
        ]
    if rng.random() < 0.22:
        shapes.insert(0, Shape("round", w * 0.1, -d / 2 + 20, 9, 9, int(rng.integers(16, 40)), "industrial", "stack"))
    if rng.random() < 0.10:
        shapes.insert(0, Shape("round", w * 0.2, 0, 62, 62, int(rng.integers(26, 36)), "industrial", "cooling"))
    return shapes


def warehouse(w: float, d: float, rng: Rng) -> list[Shape]:
    """Long sheds in parallel."""
    length = min(w - 20, float(rng.uniform(70, 130)))
    count = max(1, int((w - 10) // (length + 14)))
    return [
        Shape("rect", (i - (count - 1) / 2) * (length + 14), float(y), length, 24, 2, "warehouse", "shed")
        for y in _rows(d - 24, 38, 24)
        for i in range(count)
    ] + [Shape("rect", 0, -d / 2 + 8, 24, 9, 2, "office", "office")]


def station(w: float, d: float, _rng: Rng) -> list[Shape]:
    """A station hall behind its square, with a goods shed and a hotel."""
    return [
        Shape("rect", 0, d * 0.24, min(130, w * 0.7), 32, 4, "station", "main"),
        Shape("rect", -w * 0.36, -d * 0.1, 22, 40, 9, "hotel", "hotel"),
        Shape("rect", w * 0.36, -d * 0.1, 20, 44, 3, "commercial", "shop"),
    ]


def park(w: float, d: float, _rng: Rng) -> list[Shape]:
    """A pavilion or two among trees."""
    return [
        Shape("round", w * 0.2, d * 0.15, 10, 10, 1, "leisure", "pavilion"),
        Shape("rect", -w * 0.25, -d * 0.3, 16, 9, 1, "service", "hut"),
    ]


def vacant(_w: float, _d: float, rng: Rng) -> list[Shape]:
    """Nothing built yet, but a hut."""
    return [Shape("rect", 0, 0, 7, 5, 1, "service", "hut")] if rng.random() < 0.3 else []


LAYOUTS: dict[str, Layout] = {
    "walkup": walkup,
    "midrise": midrise,
    "tower": tower,
    "villas": villas,
    "low": low,
    "commercial": commercial,
    "office": office,
    "government": government,
    "school": school,
    "hospital": hospital,
    "industry": industry,
    "warehouse": warehouse,
    "station": station,
    "park": park,
    "vacant": vacant,
}
