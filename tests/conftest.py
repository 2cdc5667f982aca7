"""Fixtures that every suite shares, and the rule about skipped tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GEOSERVER_SHARED_DATA", ROOT.parent / "shared" / "data"))
NOTHING_SKIPPED = os.environ.get("GEOSERVER_NO_SKIP") == "1"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real open data beside the project; its tests are skipped, visibly, without it."""
    # It is not part of the project, and may be absent; CI, which has it, fails on any skip (see below).
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built village with its cameras loaded; tests that write take ``village_copy``."""
    from tests.cities import built

    return built("village", tmp_path_factory.mktemp("village"))


@pytest.fixture
def village_copy(village: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the village that a test may change."""
    copy = tmp_path / "village"
    shutil.copytree(village, copy)
    yield copy
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture(scope="session")
def demo_city() -> Path:
    """The whole demo city, built once and kept under ``.build`` (a build takes up where it was)."""
    from tests.cities import built

    return built("city", ROOT / ".build" / "city")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: once the browser's driver is there, a loop runs in this thread, and no other may."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped stands in the last lines."""
    skipped = terminalreporter.stats.get("skipped", [])
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"SKIPPED {report.nodeid}: {reason}")
    if not skipped:
        terminalreporter.write_line("nothing was skipped")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be skipped, a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if NOTHING_SKIPPED and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
