"""Clear or not, sooner: the same verdict as the exact sight lines, and as the slow twin's."""

import numpy as np
import pytest

from tests.layers.cameras import link_twin
from tests.layers.scenes import PLAIN_M, box, boxes_city
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.obstacles import Obstacles
from tiles.scene import Scene


def rough(seed: int, half: int = 90, cell_m: float = 10.0) -> HeightGrid:
    """A ground with ridges that block, and cells without a height."""
    rng = np.random.default_rng(seed)
    n = 2 * half + 1
    steps = rng.normal(0, 1, (n, n))
    heights = PLAIN_M + 4 * (np.cumsum(steps, 0) + np.cumsum(steps, 1)) / 4
    heights[rng.integers(0, n, 40), rng.integers(0, n, 40)] = np.nan
    return HeightGrid(heights.astype(np.float32), -half * cell_m, half * cell_m, cell_m)


def wild(seed: int) -> Scene:
    """Houses on a rough ground, and trees: an obstacle grid of its own."""
    rng = np.random.default_rng(seed)
    ground = rough(seed)
    trees = ground.heights_m + rng.choice([0, 0, 0, 8], ground.heights_m.shape).astype(np.float32)
    houses = []
    for _ in range(60):
        x, y = rng.uniform(-850, 850, 2)
        foot = float(ground.clamped(x, y))
        if np.isfinite(foot):
            shape = box(x, y, *rng.uniform(8, 60, 2), float(rng.uniform(0, 90)))
            houses.append((shape, foot - 3, foot + float(rng.uniform(4, 50))))
    obstacle = HeightGrid(trees, ground.x0_m, ground.y0_m, ground.cell_m)
    return Scene.of(CityFrame(106.8, 39.6), ground, houses, obstacle=obstacle)


def lines(scene: Scene, rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """Eyes and targets of every kind: long, short, plumb, along the grid, out of the city, on cell centres."""
    half = scene.ground.cols // 2 * scene.ground.cell_m
    eyes, targets = rng.uniform(-1.05 * half, 1.05 * half, (2, count, 3))
    near = rng.random(count) < 0.4
    targets[near, :2] = eyes[near, :2] + rng.normal(0, 60, (int(near.sum()), 2))
    cell = scene.ground.cell_m
    for k in range(0, count, 11):
        eyes[k, :2] = np.round(eyes[k, :2] / cell) * cell
        targets[k, :2] = np.round(targets[k, :2] / cell) * cell
    targets[::17, 0] = eyes[::17, 0]
    targets[::19, 1] = eyes[::19, 1]
    targets[::101, :2] = eyes[::101, :2]
    for ends, above in ((eyes, rng.choice([1.5, 5, 12, 60], count)), (targets, rng.choice([0.0, 1.5, 6, 20], count))):
        foot = np.nan_to_num(np.asarray(scene.ground.clamped(ends[:, 0], ends[:, 1])), nan=PLAIN_M)
        ends[:, 2] = foot + above
    carrier = np.asarray(scene.prisms.building_at(eyes[:, 0], eyes[:, 1]), np.int32)
    carrier = np.where(rng.random(count) < 0.1, rng.integers(0, scene.prisms.count, count), carrier).astype(np.int32)
    return eyes, targets, carrier, np.where(carrier >= 0, rng.choice([3.0, 9.0, 25.0], count), 3.0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["boxes", "wild", "ground alone"])
def test_the_same_verdict_as_the_exact_lines(kind: str, seed: int) -> None:
    if kind == "boxes":
        scene = boxes_city(150, 700.0, seed=seed, hills_m=12.0)
    elif kind == "wild":
        scene = wild(seed)
    else:
        scene = Scene.of(CityFrame(106.8, 39.6), rough(seed), [(box(0, 0, 1, 1), PLAIN_M, PLAIN_M)])
    eyes, targets, carrier, mount_m = lines(scene, np.random.default_rng(seed), 6000)
    exact = scene.sight_lines(eyes, targets, carrier=carrier, mount_m=mount_m)
    found = Obstacles.of(scene).clear(eyes, targets, carrier, mount_m)
    assert np.flatnonzero(found != exact.clear).tolist() == []
    assert 300 < exact.clear.sum() < 5700
    assert {"boxes": {0, 1, 3}, "wild": {0, 1, 2, 3}, "ground alone": {0, 1}}[kind] <= set(exact.kind.tolist())


def test_the_same_verdict_as_the_slow_twin() -> None:
    scene = boxes_city(60, 500.0, seed=5, hills_m=9.0)
    eyes, targets, _, _ = lines(scene, np.random.default_rng(9), 250)
    half = scene.ground.cols // 2 * scene.ground.cell_m - 1
    eyes[:, :2], targets[:, :2] = np.clip(eyes[:, :2], -half, half), np.clip(targets[:, :2], -half, half)
    slanted = (eyes[:, :2] != targets[:, :2]).any(axis=1)
    eyes, targets = eyes[slanted], targets[slanted]
    mounts = [link_twin.mount(scene, float(x), float(y)) for x, y, _ in eyes]
    found = Obstacles.of(scene).clear(eyes, targets, [m[0] for m in mounts], [m[1] for m in mounts])
    for eye, target, mount, clear in zip(eyes, targets, mounts, found, strict=True):
        walls = link_twin.walls_block(scene, eye, target, *mount)
        ground = link_twin.ground_blocks(scene, eye, target, mount[1])
        assert clear == (not walls and not ground)


def test_no_block_is_lower_than_what_stands_in_it() -> None:
    scene = wild(7)
    held = Obstacles.of(scene)
    rows, cols = np.indices(scene.ground.heights_m.shape)
    for tops, size in ((held.blocks.tops0, 8), (held.blocks.tops1, 32), (held.blocks.tops2, 128)):
        highest = tops[rows // size, cols // size]
        assert (highest >= np.nan_to_num(scene.obstacle.heights_m, nan=-np.inf)).all()
    lowest = held.blocks.floors1[rows // 32, cols // 32]
    known = np.isfinite(scene.ground.heights_m)
    assert (lowest[known] <= scene.ground.heights_m[known]).all()
    assert (lowest[~known] == -np.inf).all()
    assert np.isfinite(lowest).any()
    walls = held.walls
    for level, size in ((held.blocks.walls1, 4), (held.blocks.walls2, 16)):
        row, col = np.divmod(np.arange(walls.rows * walls.cols), walls.cols)
        assert (level[row // size, col // size] >= walls.bucket_top).all()
