"""What is said of a provider in the environment and in the file of roles; mistakes are named with their remedy."""

from pathlib import Path

import pytest

from geoserver.fault_words import fault_words
from geoserver.faults import BadFile, BadParameter
from geoserver.openid.opening import demand_usable, is_administrator
from geoserver.openid.options import OpenIdOptions, options_of, origin_of
from geoserver.openid.provider import claim_of
from geoserver.openid.roles import read_roles
from layers.grants.roles import Post
from tests import door

LEAST = {
    "GEOSERVER_OIDC_ISSUER": "https://id.city.example/realms/city",
    "GEOSERVER_OIDC_CLIENT": "geoserver",
    "GEOSERVER_OIDC_ROLES": "roles.toml",
}


def test_nothing_said_is_nothing_changed() -> None:
    assert options_of({}) is None
    assert options_of({"GEOSERVER_OIDC_ISSUER": "  ", "GEOSERVER_HEALTH": "on"}) is None


def test_the_least_that_is_needed() -> None:
    least = options_of(LEAST)
    assert least is not None
    assert (least.local, least.name_claim, least.roles_claim) == ("on", "preferred_username", "groups")
    assert least.audience is None


def test_one_name_of_the_button_serves_both_languages() -> None:
    named = options_of({**LEAST, "GEOSERVER_OIDC_BUTTON_ZH": "市局统一登录"})
    assert named is not None
    assert dict(named.buttons) == {"zh": "市局统一登录", "en": "市局统一登录"}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ISSUER", "http://id.city.example", "openid-address"),
        ("ISSUER", "id.city.example", "openid-address"),
        ("ISSUER", "https://id.city.example/?a=b", "openid-address"),
        ("ISSUER", "https://user@id.city.example/", "openid-address"),
        ("ISSUER", "", "openid-missing"),
        ("CLIENT", "", "openid-missing"),
        ("ROLES", "", "openid-missing"),
        ("ORIGINS", "https://a.example, ftp://b.example", "openid-address"),
        ("SCOPES", "profile", "openid-scopes"),
        ("LOCAL", "off", "openid-local"),
        ("CHECK_S", "0", "openid-seconds"),
        ("LONGEST_S", "1h", "openid-seconds"),
        ("INTROSPECT", "ja", "openid-switch"),
        ("INTROSPEKT", "on", "openid-unknown"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, reason: str) -> None:
    with pytest.raises(BadParameter) as bad:
        options_of({**LEAST, f"GEOSERVER_OIDC_{name}": value})
    assert bad.value.values["reason"] == reason
    assert bad.value.values["parameter"] == f"GEOSERVER_OIDC_{name}"
    chinese = fault_words(bad.value, "zh")[1]
    assert any("一" <= letter <= "鿿" for letter in chinese)


@pytest.mark.parametrize("value", ["1", "on", "On", "TRUE", "yes"])
def test_a_switch_is_on_in_all_the_ways_that_people_say_so(value: str) -> None:
    said = options_of({**LEAST, "GEOSERVER_OIDC_INTROSPECT": value})
    assert said is not None
    assert said.introspect


@pytest.mark.parametrize("value", ["0", "off", "False", "NO", ""])
def test_a_switch_is_off_only_where_that_is_said_or_nothing(value: str) -> None:
    said = options_of({**LEAST, "GEOSERVER_OIDC_INTROSPECT": value})
    assert said is not None
    assert not said.introspect


def test_a_name_that_is_not_known_is_told_with_those_that_are() -> None:
    for given in ({"GEOSERVER_OIDC_ISSUR": "https://id.example"}, {**LEAST, "GEOSERVER_OIDC_SECRET": "x"}):
        with pytest.raises(BadParameter) as bad:
            options_of(given)
        for lang in ("zh", "en"):
            assert "SECRET_FILE, ROLES" in fault_words(bad.value, lang)[1]


def test_a_plain_address_of_this_machine_is_fine() -> None:
    for host in ("127.0.0.1:9000", "localhost", "[::1]:9000"):
        assert options_of({**LEAST, "GEOSERVER_OIDC_ISSUER": f"http://{host}"}) is not None


def test_origins_name_their_port() -> None:
    assert origin_of("https://ID.example/x") == origin_of("https://id.example:443") == "https://id.example:443"


def test_the_roles_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "roles.toml"
    file.write_text(
        '[[role]]\nvalue = "ops"\nrole = "operator"\nareas = ["1503"]\ntiers = [1, 2]\n'
        '[[role]]\nvalue = "ops"\nrole = "planner"\nareas = ["*"]\n',
        encoding="utf-8",
    )
    roles = read_roles(file, {"1503"})
    assert [post.role for post in roles.posts(["golfers", "ops"])] == ["operator", "planner"]
    assert roles.posts(["ops"])[0].tiers == {1, 2}
    assert roles.posts(["Ops"]) == ()


@pytest.mark.parametrize(
    ("text", "row", "name", "reason"),
    [
        ('[[role]]\nvalue = "a"\nrole = "king"\nareas = ["*"]', 1, "role", "openid-post"),
        ('[[role]]\nvalue = "a"\nrole = "operator"\nareas = ["*"]\n[[role]]\nvalue = "b"', 2, "role", "openid-post"),
        ('[[role]]\nvalue = "a"\nrole = "operator"\nareas = ["99"]', 1, "areas", "openid-area"),
        ('[[role]]\nrole = "operator"\nareas = ["*"]', 1, "value", "openid-value"),
        ('[[role]]\nvalue = "a"\nrole = "operator"\nareas = ["*"]\nzone = 1', 1, "zone", "openid-post"),
        ('[[rolle]]\nvalue = "a"', 1, "rolle", "openid-rows"),
        ("", 1, "role", "openid-rows"),
    ],
)
def test_a_wrong_row_is_named_with_its_file(tmp_path: Path, text: str, row: int, name: str, reason: str) -> None:
    file = tmp_path / "roles.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadParameter) as bad:
        read_roles(file, {"1503"})
    assert bad.value.values["parameter"] == f"{file}: [[role]] {row}: {name}"
    assert bad.value.values["reason"] == reason


def test_files_that_cannot_be_read_are_named_before_a_city_is_opened(tmp_path: Path) -> None:
    roles = tmp_path / "roles.toml"
    roles.write_text('[[role]]\nvalue = "a"\nrole = "operator"\nareas = ["*"]', encoding="utf-8")
    good = OpenIdOptions("https://id.example", "c", roles)
    demand_usable(None)
    demand_usable(good)
    for bad in (
        OpenIdOptions("https://id.example", "c", tmp_path / "none.toml"),
        OpenIdOptions("https://id.example", "c", roles, secret_file=tmp_path / "none"),
    ):
        with pytest.raises(BadFile):
            demand_usable(bad)
    roles.write_text("[[role", encoding="utf-8")
    with pytest.raises(BadFile):
        demand_usable(good)


def test_a_claim_is_found_by_its_name_or_by_a_path() -> None:
    claims = {"realm_access": {"roles": ["a"]}, "a.b": 1, "a": {"b": 2}}
    assert claim_of(claims, "realm_access.roles") == ["a"]
    assert claim_of(claims, "a.b") == 1
    assert claim_of(claims, "realm_access.roles.0") is None
    assert claim_of(claims, "none") is None


def test_only_administrators_of_everywhere_break_the_glass() -> None:
    from geoserver.accounts.model import Account

    everywhere = Account("a", "a", None, posts=door.POSTS)
    somewhere = Account("b", "b", None, posts=(Post(role="administrator", areas=frozenset({"15"})),))
    assert is_administrator(everywhere)
    assert not is_administrator(somewhere)
