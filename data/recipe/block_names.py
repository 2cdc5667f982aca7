"""Names of blocks in both languages: estates, shops and offices, works, schools, parks, public offices."""

from data.recipe.naming import NUMERALS, Namer, english, stem_english, with_kind
from data.recipe.plan import Town

Name = tuple[str, str]
"""Chinese and English."""
HOUSING = {"walkup", "midrise", "tower", "villas"}
_ESTATE_FIRST = (
    "阳光 滨河 世纪 金都 康泰 海馨 和谐 锦绣 绿城 御景 天悦 凤凰 金裕 长青 盛世 温馨 依林 "
    "湖东 新华 东方 佳和 君悦 紫金 翡翠 观澜 海德 名仕 怡景 龙腾 华泰 中央 学府 神华 鑫海 "
    "亿利 银座 水岸 葡萄 书香 海易 泰和 万和 祥瑞 富丽 明珠 星河 桃源 梧桐 枫林 丽水 金桥 "
    "福源 瑞景 蓝湾 碧水 云锦 天和 天泽 润泽 嘉和 安泰 永兴 宏泰 景泰 荣盛 恒大 国泰 民安 "
    "青年 幸福 团结 光明 向阳 朝阳 兴海 富海 海兴 金海 银海 福海 碧海 瀚海 沙海 海阔 海天 "
    "海景 海月 海云 西城 东城 南苑 北苑 乌兰 蒙西 蒙元 "
).split()
_ESTATE = {
    "花园": "Garden",
    "家园": "Homes",
    "嘉园": "Gardens",
    "名苑": "Court",
    "新城": "New Town",
    "佳苑": "Residences",
    "公馆": "Mansions",
    "小区": "Estate",
    "华府": "Manor",
    "雅居": "Terrace",
    "丽景": "View",
    "尚品": "Place",
}
_TRADE_FIRST = (
    "维多利 万达 万联 新世纪 宝莱 金宇 银都 巨海 海龙 百盛 华联 民生 国贸 世贸 时代 环球 佳禾 "
    "广纳 蒙能 黄河 家家 北方 西部 大漠 天隆 富乐 金街 天骄 盛华 鼎泰 "
).split()
_TRADE = {
    "东方": "Oriental",
    "国际": "International",
    "天地": "World",
    "城西": "West",
    "城东": "East",
    "城南": "South",
    "城北": "North",
}
_TRADE_KIND = {"商业广场": "Plaza", "购物中心": "Shopping Centre", "大厦": "Tower", "写字楼": "Offices"}
_WORKS_FIRST = (
    "君正 黄河 神华 西部 蒙西 海吉 家景 中盐 东源 广锦 瑞达 宜化 德晟 华资 天宇 包钢 泰和 万晨 榕鑫 华信 蒙金 鼎盛 "
).split()
_WORKS = {
    "化工": "Chemical",
    "焦化": "Coking",
    "能源": "Energy",
    "冶金": "Metallurgical",
    "建材": "Building Materials",
    "煤业": "Coal",
    "新材料": "New Materials",
    "物流": "Logistics",
    "机械": "Machinery",
    "氯碱": "Chlor-Alkali",
}
_WORKS_KIND = {"厂": "Works", "仓储园": "Storage Park"}
_HOSPITALS: tuple[Name, ...] = (
    ("人民医院", "People's Hospital"),
    ("中医医院", "Hospital of Traditional Chinese Medicine"),
    ("妇幼保健院", "Maternal and Child Health Hospital"),
    ("蒙医医院", "Hospital of Mongolian Medicine"),
    ("骨科医院", "Orthopaedic Hospital"),
    ("樱花医院", "Yinghua Hospital"),
)
_OFFICES: tuple[Name, ...] = (
    ("政务服务中心", "Government Service Centre"),
    ("人民法院", "People's Court"),
    ("人民检察院", "People's Procuratorate"),
    ("税务局", "Tax Bureau"),
    ("市场监督管理局", "Market Regulation Bureau"),
    ("自然资源局", "Natural Resources Bureau"),
    ("公安分局", "Public Security Sub-bureau"),
    ("交警大队", "Traffic Police Brigade"),
    ("人民政府", "People's Government"),
    ("消防救援站", "Fire and Rescue Station"),
    ("图书馆", "Library"),
    ("文化馆", "Cultural Centre"),
    ("档案馆", "Archives"),
)
_PARKS: tuple[Name, ...] = (("人民公园", "People's Park"),)
_LOCAL: dict[str, Name] = {
    "hospital": ("社区卫生服务中心", "Community Health Centre"),
    "government": ("综合服务楼", "Service Building"),
    "park": ("公园", "Park"),
}
_STATIONS = {"haibowan": ("乌海站", "Wuhai Station"), "wuda": ("乌海西站", "Wuhai West Station")}


class BlockNamer:
    """Names the blocks of all towns, in their order; no estate, shop or works has the name of another."""

    def __init__(self) -> None:
        taken: set[str] = set()
        self._estates = Namer(_ESTATE_FIRST, tuple(_ESTATE), ("",), taken, after="期")
        self._trade = Namer(_TRADE_FIRST, ("", *_TRADE), ("",), set(), after="期")
        self._works = Namer(_WORKS_FIRST, tuple(_WORKS), ("",), taken, after="期")
        self._in_town: dict[tuple[str, str], int] = {}
        self._on_street: dict[tuple[str, str], int] = {}

    def name(self, kind: str, town: Town, street: str) -> Name:
        """A name for the block as a whole; plain blocks have none (two empty strings)."""
        number = self._in_town[town.key, kind] = self._in_town.get((town.key, kind), 0) + 1
        if kind in HOUSING:
            estate = self._estates.take()
            return estate, _phased(estate, _ESTATE)
        if kind in ("industry", "warehouse"):
            return _joined(self._works.take(), _WORKS, "厂" if kind == "industry" else "仓储园", _WORKS_KIND)
        if kind == "commercial":
            return _joined(self._trade.take(), _TRADE, "商业广场" if number % 3 else "购物中心", _TRADE_KIND)
        if kind == "office":
            return _joined(self._trade.take(), _TRADE, "大厦" if number % 2 else "写字楼", _TRADE_KIND)
        place = (
            town.name.removesuffix("村").removesuffix("新").removesuffix("镇"),
            town.name_en.removesuffix(" Village").removesuffix(" New"),
        )
        if kind == "station":
            return _STATIONS.get(town.key, (f"{place[0]}客运站", f"{place[1]} Coach Station"))
        if kind == "school":
            word = ("小学", "Primary School") if number % 2 == 0 else ("中学", "Middle School")
            if number <= len(NUMERALS):
                return f"{place[0]}第{NUMERALS[number - 1]}{word[0]}", f"{place[1]} No. {number} {word[1]}"
            return self._local(street, word)
        if kind not in _LOCAL:
            return "", ""
        known = {"hospital": _HOSPITALS, "government": _OFFICES, "park": _PARKS}[kind]
        if number <= len(known):
            return place[0] + known[number - 1][0], f"{place[1]} {known[number - 1][1]}"
        return self._local(street, _LOCAL[kind])

    def _local(self, street: str, word: Name) -> Name:
        """Named after the street: ``海拉尔公园``, ``Hailar Park``; with a number from the second on."""
        seen = self._on_street[street, word[0]] = self._on_street.get((street, word[0]), 0) + 1
        stem, stem_en = street[:-1].removesuffix("大"), english(street).rpartition(" ")[0]
        if seen == 1:
            return stem + word[0], f"{stem_en} {word[1]}"
        return f"{stem}第{NUMERALS[min(seen, 10) - 1]}{word[0]}", f"{stem_en} No. {seen} {word[1]}"


def _phased(name: str, kinds: dict[str, str]) -> str:
    """A name made of a first word and one of the kinds, in English, with its phase if it has one."""
    plain, phase = _apart(name)
    return (with_kind(plain, kinds) or stem_english(plain)) + _phase_english(phase)


def _apart(name: str) -> Name:
    """``泰和化工二期`` as ``泰和化工`` and ``二期``."""
    return (name[:-2], name[-2:]) if name.endswith("期") else (name, "")


def _phase_english(phase: str) -> str:
    return f" Phase {NUMERALS.index(phase[0]) + 1}" if phase else ""


def _joined(name: str, seconds: dict[str, str], kind: str, kinds: dict[str, str]) -> Name:
    plain, phase = _apart(name)
    return plain + kind + phase, f"{_phased(plain, seconds)} {kinds[kind]}{_phase_english(phase)}"
