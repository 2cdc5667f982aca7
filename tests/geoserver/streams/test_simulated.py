"""Clips of simulated cameras: what is in the file, that it is the still with traffic, and that each is made once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import PictureType

from geoserver.pictures import pictures_of
from geoserver.services import Now
from geoserver.storage.sqlite import SqliteStore
from geoserver.streams import simulated
from geoserver.streams.clip_files import ClipFiles
from geoserver.streams.simulated import simulated_clip
from geoserver.town import Town
from layers.cameras.model import Camera, PtzAim
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import painted, survey
from layers.cameras.pictures.traffic import traffic
from layers.cameras.view import NoDirection
from layers.errors import BadInput

FPS, SECONDS, WIDTH = 12, 3, 320


@pytest.fixture(scope="module")
def now(village: Path, tmp_path_factory: pytest.TempPathFactory) -> Now:
    store = SqliteStore.open(village / "city.sqlite")
    try:
        return Now.of(Town.open(village, tmp_path_factory.mktemp("cache")), store)
    finally:
        store.close()


@pytest.fixture(scope="module")
def camera(now: Now) -> Camera:
    """A fixed camera with some traffic before it."""
    for camera in now.fleet.cameras.values():
        if camera.heading_deg is None or camera.is_ptz:
            continue
        seen = survey(Sighting.of(camera, now.town.scene), WIDTH, even=True)
        if len(traffic(seen, simulated.roads_of(now), SECONDS, FPS * SECONDS)) >= 3:
            return camera
    raise AssertionError("no camera of the village looks at a street")


@pytest.fixture(scope="module")
def clip(now: Now, camera: Camera, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_of(now, camera, tmp_path_factory.mktemp("clips"))


def clip_of(now: Now, camera: Camera, folder: Path, aim: PtzAim | None = None, width: int = WIDTH) -> Path:
    return simulated_clip(now, camera, aim, width_px=width, fps=FPS, seconds=SECONDS, folder=folder)


def frames_of(file: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(file)) as opened:
        yield from opened.decode(video=0)


def pictures_in(file: Path) -> np.ndarray:
    return np.stack([frame.to_ndarray(format="rgb24") for frame in frames_of(file)])


def test_a_clip_is_h264_without_b_frames_in_groups_of_a_second(clip: Path) -> None:
    with av.open(str(clip)) as opened:
        stream = opened.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.profile in ("Main", "Baseline", "Constrained Baseline")
        assert (stream.width, stream.height, stream.pix_fmt) == (320, 180, "yuv420p")
        assert stream.average_rate == FPS
        packets = [packet for packet in opened.demux(stream) if packet.size]
    assert len(packets) == FPS * SECONDS
    assert [k for k, packet in enumerate(packets) if packet.is_keyframe] == list(range(0, FPS * SECONDS, FPS))
    assert all(packet.pts == packet.dts for packet in packets)
    assert {PictureType(frame.pict_type).name for frame in frames_of(clip)} == {"I", "P"}
    times = [packet.pts * packet.time_base for packet in packets]
    assert times == [Fraction(k, FPS) for k in range(FPS * SECONDS)]


def test_its_index_comes_first_and_every_group_can_be_begun_with(clip: Path) -> None:
    data = clip.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    with av.open(str(clip)) as opened:
        stream = opened.streams.video[0]
        packets = [packet for packet in opened.demux(stream) if packet.size][2 * FPS :]
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = stream.codec_context.extradata
        decoded = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    whole = pictures_in(clip)[2 * FPS :]
    assert len(decoded) == FPS
    assert all((one.to_ndarray(format="rgb24") == other).all() for one, other in zip(decoded, whole, strict=True))


def test_its_colours_are_stated_and_are_those_of_the_still(now: Now, camera: Camera, clip: Path) -> None:
    seen = survey(Sighting.of(camera, now.town.scene), WIDTH, even=True)
    still = painted(seen, pictures_of(now.town).ground).astype(int)
    for frame in frames_of(clip):
        assert (frame.colorspace, frame.color_range) == (1, 1)  # BT.709, limited
        break
    pictures = pictures_in(clip).astype(int)
    # What stands still: the median over the frames; sharp edges lose colour to 4:2:0.
    off = np.abs(np.median(pictures, axis=0) - still)
    assert np.median(off) <= 2
    assert off.mean() < 5
    assert np.abs((np.median(pictures, axis=0) - still).mean(axis=(0, 1))).max() < 1.5


def test_vehicles_move_and_the_end_goes_on_with_the_beginning(clip: Path) -> None:
    pictures = pictures_in(clip).astype(np.int16)
    steps = [np.abs(one - other).max(axis=-1) > 24 for one, other in zip(pictures[1:], pictures, strict=False)]
    counts = np.array([step.sum() for step in steps])
    assert np.median(counts) > 4
    seam = (np.abs(pictures[-1] - pictures[0]).max(axis=-1) > 24).sum()
    assert seam <= counts.max()


def test_all_clips_of_a_camera_show_the_same_vehicles(now: Now, camera: Camera, tmp_path: Path) -> None:
    small, large = (pictures_in(clip_of(now, camera, tmp_path, width=width)).astype(int) for width in (320, 640))
    half = large.reshape(len(large), 180, 2, 320, 2, 3).mean(axis=(2, 4))
    moved = np.abs(small - np.median(small, axis=0)).max(axis=-1) > 40
    also = np.abs(half - np.median(half, axis=0)).max(axis=-1) > 20
    assert moved.sum() > 50
    assert (moved & also).sum() > 0.7 * moved.sum()


def test_a_clip_is_kept_and_two_who_ask_render_once(
    now: Now, camera: Camera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, real, together = [], simulated.write_clip, threading.Barrier(4)

    def noted(file: Path, *args: object, **options: object) -> None:
        made.append(file)
        real(file, *args, **options)  # type: ignore[arg-type]

    def ask() -> Path:
        together.wait()
        return clip_of(now, camera, tmp_path)

    monkeypatch.setattr(simulated, "write_clip", noted)
    with ThreadPoolExecutor(4) as pool:
        files = {future.result() for future in [pool.submit(ask) for _ in range(4)]}
    assert len(files) == 1
    assert len(made) == 1
    bytes_ = made[0].read_bytes()
    assert clip_of(now, camera, tmp_path) == made[0]
    assert len(made) == 1
    assert [file.name for file in tmp_path.iterdir()] == [made[0].name]
    made[0].unlink()
    assert clip_of(now, camera, tmp_path).read_bytes() == bytes_  # the same traffic, to the bit


def test_other_aims_poses_and_versions_have_clips_of_their_own(now: Now, camera: Camera, tmp_path: Path) -> None:
    ptz = camera.model_copy(update={"type": "ptz", "hfov_tele_deg": 5.0, "pan_range_deg": None})
    home = clip_of(now, ptz, tmp_path)
    turned = clip_of(now, ptz, tmp_path, PtzAim(pan=((camera.heading_deg or 0) + 120) % 360, tilt=-10.0))
    zoomed = clip_of(now, ptz, tmp_path, PtzAim(pan=camera.heading_deg or 0, tilt=camera.pitch_deg, zoom=3.0))
    raised = clip_of(now, ptz.model_copy(update={"height_m": ptz.height_m + 1}), tmp_path)
    scene = replace(now.town.scene, version="another")
    rebuilt = clip_of(replace(now, town=replace(now.town, scene=scene)), ptz, tmp_path)
    assert len({home, turned, zoomed, raised, rebuilt}) == 5
    first = [pictures_in(file)[0].astype(int) for file in (home, turned, zoomed, raised)]
    assert all(np.abs(first[0] - other).mean() > 1 for other in first[1:])
    aimed = clip_of(now, ptz.model_copy(update={"aim": PtzAim(pan=10.0, tilt=-10.0)}), tmp_path)
    assert aimed not in {home, turned}
    assert aimed == clip_of(now, ptz, tmp_path, PtzAim(pan=10.0, tilt=-10.0))


@pytest.mark.parametrize(
    "lens",
    [
        {"lens": "fisheye", "hfov_deg": 180.0, "image_width_px": 1200, "image_height_px": 1200, "pitch_deg": -60.0},
        {"lens": "panorama", "hfov_deg": 360.0, "image_width_px": 2400, "image_height_px": 601},
        {"distortion": (-0.25, 0.06, 0.0, 0.0), "image_width_px": 1001, "image_height_px": 563},
    ],
)
def test_every_lens_has_clips_of_even_size(now: Now, camera: Camera, tmp_path: Path, lens: dict[str, object]) -> None:
    pictures = pictures_in(clip_of(now, camera.model_copy(update=lens), tmp_path))
    wanted = 320 * int(str(lens["image_height_px"])) / int(str(lens["image_width_px"]))
    assert pictures.shape[2] == 320
    assert pictures.shape[1] % 2 == 0
    assert abs(pictures.shape[1] - wanted) <= 1
    assert (np.ptp(pictures.astype(int), axis=0).max(axis=-1) > 60).sum() > 20


def test_what_cannot_be_shown_is_refused(now: Now, camera: Camera, tmp_path: Path) -> None:
    with pytest.raises(NoDirection):
        clip_of(now, camera.model_copy(update={"heading_deg": None}), tmp_path)
    for wrong in ({"width_px": 20}, {"width_px": 4000}, {"fps": 0}, {"fps": 61}, {"seconds": 0}, {"seconds": 900}):
        given = {"width_px": WIDTH, "fps": FPS, "seconds": SECONDS} | wrong
        with pytest.raises(BadInput):
            simulated_clip(now, camera, None, folder=tmp_path, **given)
    assert list(tmp_path.iterdir()) == []


def test_clips_used_longest_ago_are_dropped_beyond_the_limit(tmp_path: Path) -> None:
    clips = ClipFiles(limit_bytes=2500)

    def of(name: str) -> Path:
        return clips.get(tmp_path, name, lambda file: file.write_bytes(bytes(1000)) and None)

    of("a")
    of("b")
    of("a")
    of("c")
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["a", "c"]
    huge = clips.get(tmp_path, "huge", lambda file: file.write_bytes(bytes(9000)) and None)
    assert [file.stem for file in tmp_path.iterdir()] == ["huge"]
    assert huge.stat().st_size == 9000


def test_what_fails_leaves_nothing_and_may_be_asked_again(
    now: Now, camera: Camera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no picture")

    with monkeypatch.context() as patch:
        patch.setattr(simulated.Clip, "frame", broken)
        with pytest.raises(RuntimeError, match="no picture"):
            clip_of(now, camera, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert clip_of(now, camera, tmp_path).exists()
