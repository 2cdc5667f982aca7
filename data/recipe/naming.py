"""Names in both languages: pinyin with the English kind word, as on the bilingual signs of Chinese streets."""

from functools import cache

from pypinyin import lazy_pinyin

_KINDS = {
    "大道": "Avenue",
    "大街": "Street",
    "公路": "Road",
    "胡同": "Hutong",
    "巷": "Lane",
    "街": "Street",
    "路": "Road",
    "社区": "Community",
    "村": "Village",
    "镇": "Town",
    "区": "District",
}
_SIDES = {
    "东": "East",
    "西": "West",
    "南": "South",
    "北": "North",
    "中": "Middle",
    "前": "Front",
    "后": "Back",
    "新": "New",
    "老": "Old",
    "上": "Upper",
    "下": "Lower",
}
NUMERALS = "一二三四五六七八九十"
_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th")
_KNOWN = {
    "海拉尔": "Hailar",
    "鄂尔多斯": "Ordos",
    "甘德尔": "Gander",
    "乌兰淖尔": "Wulannaoer",
    "园区": "Park",
    "乌达工业": "Wuda Industrial",
    "新材料": "New Materials",
    "新世纪": "New Century",
    "民乐": "Minle",
    "金都": "Jindu",
    "银都": "Yindu",
    "德晟": "Desheng",
    "世贸": "World Trade",
    "环球": "Global",
    "百盛": "Parkson",
}
"""Names with an English form of their own, and those whose characters have several readings."""


@cache
def pinyin(text: str) -> str:
    """One capitalised pinyin word, its syllables kept apart where they could be misread: ``Tai'an``."""
    word = ""
    for syllable in lazy_pinyin(text):
        word += ("'" if word and syllable[0] in "aeo" else "") + syllable.replace("v", "ü")
    return word.capitalize()


@cache
def stem_english(stem: str) -> str:
    """A name without its kind word: ``黄河东`` is ``Huanghe East``, ``文化二`` is ``Wenhua 2nd``."""
    if stem in _KNOWN:
        return _KNOWN[stem]
    if len(stem) > 2:
        rest, last = stem[:-1], stem[-1]
        if last in NUMERALS:
            return f"{stem_english(rest)} {_ORDINALS[NUMERALS.index(last)]}"
        if last in _SIDES:
            return f"{stem_english(rest)} {_SIDES[last]}"
        if last == "村":
            return f"{stem_english(rest)} Village"
    return pinyin(stem)


@cache
def english(name: str) -> str:
    """English name of a road or place: ``黄河东街`` is ``Huanghe East Street``."""
    return with_kind(name, _KINDS) or stem_english(name)


def with_kind(name: str, kinds: dict[str, str]) -> str:
    """A name that ends in one of the kinds, in English; empty when it ends in none. The longest ending counts."""
    for ending in sorted(kinds, key=len, reverse=True):
        if name.endswith(ending) and len(name) > len(ending):
            return f"{stem_english(name[: -len(ending)])} {kinds[ending]}"
    return ""


class Namer:
    """Hands out names that were not used before, in a fixed order; from the second round on with a numeral."""

    def __init__(
        self, firsts: list[str], seconds: tuple[str, ...], endings: tuple[str, ...], taken: set[str], after: str = ""
    ) -> None:
        self._pool = [first + second for second in seconds for first in firsts]
        self._endings = endings
        self._taken = taken
        self._after = after
        self._next = 0

    def take(self, kind: int = 0) -> str:
        """The next free name with the ending of this kind."""
        while True:
            turn, at = divmod(self._next, len(self._pool))
            self._next += 1
            again = "" if turn == 0 else NUMERALS[min(turn, 9)] + self._after
            name = self._pool[at] + again + self._endings[kind % len(self._endings)]
            if name not in self._taken:
                self._taken.add(name)
                return name
