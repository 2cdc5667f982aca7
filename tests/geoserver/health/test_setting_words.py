"""Every setting of the checks is explained in both languages."""

import pytest

from geoserver.health.answers import settings_told
from geoserver.words import Lang, say
from layers.health.plan import HealthPlan


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_setting_has_words_of_its_own(lang: Lang) -> None:
    plan = HealthPlan()
    for field in settings_told(0, plan, plan, lang)["fields"]:
        key = field["name"].replace(".", "-")
        assert field["text"] == say(lang, "health-setting", key, {}, default="") != "", field["name"]
        if lang == "zh":
            assert any("\u4e00" <= letter <= "\u9fff" for letter in field["text"]), field["name"]
