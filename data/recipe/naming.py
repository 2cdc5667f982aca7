"""Names in both languages: pinyin with the English kind word, as on the bilingual signs of Chinese streets."""

from functools import cache

from pypinyin import lazy_pinyin

_KINDS = [
    ("大道", "Avenue"), ("大街", "Street"), ("公路", "Road"), ("胡同", "Lane"), ("巷", "Lane"), ("街", "Street"),
    ("路", "Road"), ("街道办事处", "Subdistrict Office"), ("社区", "Community"), ("村", "Village"), ("镇", "Town"),
    ("区", "District"),
]  # fmt: skip
_SIDES = {"东": "East", "西": "West", "南": "South", "北": "North", "中": "Middle"}


@cache
def pinyin(text: str) -> str:
    """One capitalised pinyin word."""
    return "".join(lazy_pinyin(text)).capitalize()


@cache
def english(name: str) -> str:
    """English name of a road or place: ``黄河东街`` is ``Huanghe East Street``."""
    for ending, word in sorted(_KINDS, key=lambda kind: -len(kind[0])):
        if name.endswith(ending) and len(name) > len(ending):
            stem = name[: -len(ending)]
            if len(stem) > 2 and stem[-1] in _SIDES:
                return f"{pinyin(stem[:-1])} {_SIDES[stem[-1]]} {word}"
            return f"{pinyin(stem)} {word}"
    return pinyin(name)


class Namer:
    """Hands out names that were not used before, in a fixed order shuffled once."""

    def __init__(self, firsts: list[str], seconds: tuple[str, ...], endings: tuple[str, ...], taken: set[str]) -> None:
        self._pool = [first + second for second in seconds for first in firsts]
        self._endings = endings
        self._taken = taken
        self._next = 0

    def take(self, kind: int = 0) -> str:
        """The next free name with the ending of this kind."""
        while True:
            turn, at = divmod(self._next, len(self._pool))
            self._next += 1
            stem = self._pool[at] + ("" if turn == 0 else "一二三四五六七八九十"[min(turn, 9)])
            name = stem + self._endings[kind % len(self._endings)]
            if name not in self._taken:
                self._taken.add(name)
                return name
