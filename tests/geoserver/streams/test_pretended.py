"""The table of what is wrong with simulated cameras, and what comes of it in their pictures."""

import os
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from geoserver.faults import BadFile
from geoserver.settings import Settings
from geoserver.streams.made import Makers
from geoserver.streams.model import SourceLost, StreamKey
from geoserver.streams.pretended import PretendedFaults, seed_of
from geoserver.streams.private import Volumes
from geoserver.streams.simulated import simulated_clip
from tests.geoserver.conftest import flat_services


def table(folder: Path, text: str) -> Path:
    file = folder / "faults.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_it_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    faults = PretendedFaults(table(tmp_path, "camera,fault\nnorth,black\n"))
    assert (faults.of("north"), faults.of("south")) == ("black", None)
    os.utime(table(tmp_path, "camera,fault\nsouth,snow\n"), ns=(1, 1))
    assert (faults.of("north"), faults.of("south")) == (None, "snow")
    os.utime(table(tmp_path, "camera,fault\nsouth,"), ns=(2, 2))
    assert faults.of("south") == "snow", "what was read holds while it is written anew"
    assert PretendedFaults(None).of("south") is None


@pytest.mark.parametrize("text", ["camera,fault\nn,broken\n", "camera\nn\n", "camera,fault\nn,signal-lost\n"])
def test_nonsense_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile):
        PretendedFaults(table(tmp_path, text))


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        PretendedFaults(tmp_path / "none.csv")


def test_a_camera_that_is_offline_has_no_stream_and_one_that_is_turned_away_looks_elsewhere(tmp_path: Path) -> None:
    file = table(tmp_path, "camera,fault\nnorth,offline\nsouth,moved\n")
    settings = Settings(folder=tmp_path, simulated=True, simulated_faults=file)
    with flat_services(tmp_path) as services:
        makers = Makers(services, settings, Volumes(services))
        with pytest.raises(SourceLost, match="silent"):
            makers.source_of(StreamKey("north", "main"))
        south = services.now.fleet.cameras["south"]
        assert makers.as_it_stands(south).heading_deg != south.heading_deg
        real = Makers(services, replace(settings, simulated=False), Volumes(services))
        assert real.as_it_stands(south) == south, "a real camera's faults are its own"


def test_the_clip_has_the_fault(tmp_path: Path) -> None:
    def frames(fault) -> np.ndarray:
        size = {"width_px": 160, "fps": 4, "seconds": 1}
        file = simulated_clip(services.now, camera, None, **size, folder=tmp_path / "clips", fault=fault)
        with av.open(str(file)) as opened:
            return np.stack([one.to_ndarray(format="rgb24") for one in opened.decode(video=0)])

    with flat_services(tmp_path) as services:
        camera = services.now.fleet.cameras["north"]
        good = frames(None)
        assert good.mean() > 60
        assert frames("black").mean() < 25
        frozen = frames("frozen").astype(int)
        assert np.abs(frozen[1:] - frozen[:1]).mean() < 2
        assert np.abs(frames("snow").astype(int) - good).mean() > 15
    assert seed_of("north") == seed_of("north") != seed_of("south")
