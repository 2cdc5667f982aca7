"""What a server is started with: said by the environment, or by the city's own file."""

from pathlib import Path

import pytest

from geoserver.faults import BadFile, BadParameter
from geoserver.settings import settings_from_environment

URL = "postgresql://geoserver@127.0.0.1/wuhai"


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GEOSERVER_DATABASE", "GEOSERVER_FIX_DAYS", "GEOSERVER_SEAL_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_every_verb_reads_the_citys_own_settings(tmp_path: Path) -> None:
    assert settings_from_environment(tmp_path).database_url is None
    text = (
        f"# of this machine\nGEOSERVER_DATABASE='{URL}'\nexport GEOSERVER_FIX_DAYS=60\nGEOSERVER_SEAL_KEY=/keys/a$b\n"
    )
    (tmp_path / "geoserver.env").write_text(text, "utf-8")
    found = settings_from_environment(tmp_path)
    assert (found.database_url, found.fix_days, found.seal_key_file) == (URL, 60, Path("/keys/a$b"))


def test_what_the_environment_says_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geoserver.env").write_text("GEOSERVER_FIX_DAYS=60\n", "utf-8")
    monkeypatch.setenv("GEOSERVER_FIX_DAYS", "7")
    assert settings_from_environment(tmp_path).fix_days == 7


def test_a_wrong_line_is_told_as_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "geoserver.env").write_text("GEOSERVER_FIX_DAYS=many\n", "utf-8")
    with pytest.raises(BadParameter, match="GEOSERVER_FIX_DAYS"):
        settings_from_environment(tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "geoserver.env").write_bytes(b"GEOSERVER_DATABASE=\xff\xfe\n")
    with pytest.raises(BadFile, match=r"geoserver\.env"):
        settings_from_environment(tmp_path)
