"""Who is there, and whose a camera is."""

import contextlib
import os
import time
from pathlib import Path

import pytest

from geoserver.processes.peers import LEFT_FOR_S, Peers, folder_of
from geoserver.settings import Settings

CAMERAS = [f"camera-{i}" for i in range(600)]


def afresh(peers: Peers) -> tuple[str, ...]:
    """Who is there, looked up now."""
    peers._until_s = 0.0
    return peers.alive()


def test_all_agree_whose_a_camera_is_and_each_has_its_share(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        some = [stack.enter_context(Peers.joined(tmp_path / "met")) for _ in range(3)]
        assert {afresh(one) for one in some} == {tuple(sorted(one.me for one in some))}
        shares = [[one.has(camera) for camera in CAMERAS] for one in some]
        assert shares[0] == shares[1] == shares[2]
        assert min(shares[0].count(one.me) for one in some) > len(CAMERAS) / 3 * 0.75


def test_only_the_cameras_of_one_that_leaves_move(tmp_path: Path) -> None:
    with Peers.joined(tmp_path / "met") as stays:
        with Peers.joined(tmp_path / "met") as leaves:
            assert leaves.me in afresh(stays)
            before = {camera: stays.has(camera) for camera in CAMERAS}
            with Peers.joined(tmp_path / "met") as comes:
                afresh(stays)
                moved = {camera: stays.has(camera) for camera in CAMERAS}
                assert {moved[c] for c in CAMERAS if moved[c] != before[c]} == {comes.me}
            gone = leaves.me
        assert gone not in afresh(stays)
        assert {stays.has(camera) for camera in CAMERAS} == {stays.me}


def test_what_a_killed_process_left_counts_for_nothing_and_is_thrown_away(tmp_path: Path) -> None:
    with Peers.joined(tmp_path / "met") as one:
        left = tmp_path / "met" / "0123456789ab.lock"
        left.touch()
        left.with_suffix(".sock").touch()
        assert afresh(one) == (one.me,)
        assert left.exists(), "it may be one that is just beginning"
        past = time.time() - LEFT_FOR_S - 1
        os.utime(left, (past, past))
        assert afresh(one) == (one.me,)
        assert list((tmp_path / "met").iterdir()) == [tmp_path / "met" / f"{one.me}.lock"]


def test_a_folder_that_others_can_open_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "met"
    open_to_all.mkdir(mode=0o755)
    open_to_all.chmod(0o755)
    with pytest.raises(OSError, match="this user alone"), Peers.joined(open_to_all):
        pass
    linked = tmp_path / "linked"
    (tmp_path / "own").mkdir(mode=0o700)
    linked.symlink_to(tmp_path / "own")
    with pytest.raises(OSError, match="this user alone"), Peers.joined(linked):
        pass
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o777)
    with pytest.raises(OSError, match="above is not a folder of this user alone"), Peers.joined(above / "met"):
        pass
    with pytest.raises(OSError, match="too long"), Peers.joined(tmp_path / ("x" * 120)):
        pass


def test_those_who_face_different_networks_or_databases_do_not_meet(tmp_path: Path) -> None:
    def met(address: str | None, network: str | None) -> Path | None:
        return folder_of(Settings(folder=tmp_path, database_url=address, network=network, run_folder=tmp_path / "run"))

    assert met(None, None) is None
    some = {met("postgresql://a/1", None), met("postgresql://a/2", None), met("postgresql://a/1", "public-security")}
    assert len(some) == 3
    assert met("postgresql://a/1", "public-security") in some
