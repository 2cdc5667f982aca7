"""The published examples of CQL2: all parse, those that fit mean the same in both languages, the others say why."""

import cql2
import orjson
import pytest

from geoserver.ogc_crs import Frame
from geoserver.ogc_filters import conditions
from layers.filters.faults import BadFilter
from tests.layers.filters.published import FIT, UNFIT


def test_all_of_them_parse(capsys: pytest.CaptureFixture[str]) -> None:
    texts = {name: row[1] for name, row in (FIT | UNFIT).items()}
    parsed = [name for name, text in texts.items() if cql2.parse_text(text).to_json() is not None]
    with capsys.disabled():
        print(f"\npublished shapes {len(texts)}, parsed {len(parsed)}, fit {len(FIT)}, refused {len(UNFIT)}")
    assert len(parsed) == len(texts) == 109


@pytest.mark.parametrize("name", FIT)
def test_text_and_json_mean_the_same(name: str) -> None:
    kind, text, tree = FIT[name]
    of_text = conditions(text, "cql2-text", Frame(), kind)
    assert of_text == conditions(orjson.dumps(tree).decode(), "cql2-json", Frame(), kind)
    again = cql2.parse_json(orjson.dumps(tree).decode()).to_text()
    # The parser writes S_ and A_ of bare lists and intervals in ways of its own; what it can read back is the same.
    assert conditions(again, "cql2-text", Frame(), kind) == of_text


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_is_refused_alike(name: str) -> None:
    kind, text, tree, reason = UNFIT[name]
    for language, given in (("cql2-text", text), ("cql2-json", orjson.dumps(tree).decode())):
        with pytest.raises(BadFilter) as refused:
            conditions(given, language, Frame(), kind)
        assert refused.value.values["reason"] == reason
