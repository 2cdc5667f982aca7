"""The units of docs/deploy, judged by systemd's own checker."""

import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"


@pytest.mark.parametrize(
    ("file", "name"), [("geoserver.service",) * 2, ("geoserver@.service", "geoserver@8001.service")]
)
def test_systemd_takes_it(tmp_path: Path, file: str, name: str) -> None:
    program = shutil.which("systemd-analyze")
    text = (DEPLOY / file).read_text("utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "Type=notify"):
        assert line in text
    if program is None:
        return  # the lines above are what can be judged without it
    # The program is not installed here; systemd wants it to be there.
    (tmp_path / name).write_text(text.replace("/opt/geoserver/current/start", "/bin/true"), "utf-8")
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
