"""Coverage of the whole city: against exact sight lines, and against counting everything anew."""

import numpy as np
import pytest

from layers.cameras.aiming import aimed_as
from layers.cameras.covering.footprint import BANDS, footprint
from layers.cameras.covering.steps import STEPS_PX_M, classes_of_steps, step_of_rung, steps_of
from layers.cameras.ladder import LADDERS, class_of
from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.mounts import mounts_of
from layers.cameras.view import View, Views
from layers.coverage.base import BUILT, GROUND, ROAD, Base, Plan, bases_of, group_of
from layers.coverage.blind import blind_spots
from layers.coverage.figures import Totals, cameras, reached, single, table_of
from layers.coverage.figures import cells as cells_in
from layers.coverage.hexagons import hexagons_of, name_of
from layers.coverage.lattice import EMPTY, Laid, Lattice, lay, picker
from layers.coverage.layers import LAYERS, Shown, cells_of, legend
from layers.coverage.record import VIEW_FIELDS, Kept, key_of
from layers.coverage.runs import CELLS, SIDE, paint, shared
from layers.coverage.sums import TIERS, Sums
from layers.errors import BadInput
from tests.layers.scenes import a_camera, boxes_city, cameras_of
from tiles.facades import facades_of, least_visible_m
from tiles.surface import Surface

SCENE = boxes_city(120, 700.0, seed=11, hills_m=9.0)
LATTICE = Lattice.of(SCENE, len(facades_of(SCENE)))
FLEET = [c.model_copy(update={"heading_deg": c.heading_deg or 10.0}) for c in cameras_of(SCENE, (3, 20, 60), seed=2)]
NEAR = [c for c in FLEET if float(Views.build([c]).reach_m()[0]) < 600]


def painted(laid: Laid) -> dict[int, np.ndarray]:
    """Steps of the cells of each block, by plain means."""
    found = {}
    for k, block in enumerate(laid.blocks.tolist()):
        cells = np.zeros(CELLS, np.uint8)
        for run in laid.of_block(k).tolist():
            at, length, step = run & 4095, (run >> 12 & 63) + 1, run >> 18
            assert at // SIDE == (at + length - 1) // SIDE
            cells[at : at + length] = step
        found[block] = cells
    return found


def test_the_window_of_a_view_gives_what_the_whole_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = [footprint(camera, SCENE) for camera in FLEET]
    small = sum(found.steps.size for found in cut)
    whole = Surface.window
    monkeypatch.setattr(Surface, "window", lambda self, *given: whole(self, *given[:-1]))
    assert small < 0.95 * sum(footprint(camera, SCENE).steps.size for camera in FLEET)
    for camera, part in zip(FLEET, cut, strict=True):
        full = footprint(camera, SCENE)
        down, right = full.window.row - part.window.row, full.window.col - part.window.col
        put = np.zeros_like(full.steps)
        put[down : down + part.steps.shape[0], right : right + part.steps.shape[1]] = part.steps
        assert (put == full.steps).all()
        assert part.facades is not None
        assert full.facades is not None
        assert (part.facades.column == full.facades.column).all()
        assert (part.facades.bands == full.facades.bands).all()


def test_only_the_cells_that_the_lattice_takes_are_worked_out() -> None:
    for camera in FLEET:
        laid = lay(footprint(camera, SCENE), LATTICE)
        picked = lay(footprint(camera, SCENE, pick=picker(LATTICE)), LATTICE)
        assert all((one == other).all() for one, other in zip(laid.arrays, picked.arrays, strict=True))
    sizes = [footprint(FLEET[-1], SCENE, pick=pick).steps.size for pick in (None, picker(LATTICE))]
    assert sizes[1] < sizes[0] / 4


def test_every_class_of_both_ladders_begins_at_a_step() -> None:
    rng = np.random.default_rng(5)
    densities = np.concatenate([rng.uniform(0, 2000, 500), STEPS_PX_M, np.nextafter(STEPS_PX_M, 0)])
    for ladder, rungs in LADDERS.items():
        number = classes_of_steps(ladder)[steps_of(densities)]
        for density, found in zip(densities, number, strict=True):
            rung = class_of(float(density), ladder)
            assert (rungs[found - 1].id if found else None) == (rung.id if rung else None)
        assert [classes_of_steps(ladder)[step_of_rung(ladder, rung.id)] for rung in rungs] == list(
            range(1, len(rungs) + 1)
        )
    with pytest.raises(BadInput):
        step_of_rung("2014", "overview")


@pytest.mark.parametrize("camera", NEAR[:12], ids=lambda camera: camera.id)
def test_least_heights_of_facades_are_those_of_exact_lines(camera: Camera) -> None:
    held = facades_of(SCENE)
    x, y = (float(v) for v in SCENE.to_metric(camera.lon, camera.lat))
    mounts = mounts_of(SCENE, np.array([[x, y]]))
    carrier, mount = int(mounts.carrier[0]), float(mounts.mount_m[0])
    columns = held.facing((x, y), 400.0, 0.0, 360.0)
    assert len(columns) > 20
    least = least_visible_m(SCENE, (x, y, camera.height_m), columns, carrier, mount)
    heights = np.random.default_rng(1).uniform(held.foot_m[columns], held.roof_m[columns])
    targets = np.column_stack([held.place_m[columns], heights])
    lines = SCENE.sight_lines(np.array([[x, y, camera.height_m]]), targets, carrier=carrier, mount_m=mount)
    assert ((heights >= least) == lines.clear).all()
    assert lines.clear.any()
    assert not lines.clear.all()


def test_footprints_agree_with_exact_lines_on_ground_and_facades() -> None:
    same = total = positive = 0
    rng = np.random.default_rng(3)
    for camera in NEAR[:24]:
        found = footprint(camera, SCENE)
        views = Views.build([camera])
        x, y = (float(v) for v in SCENE.to_metric(camera.lon, camera.lat))
        mounts = mounts_of(SCENE, np.array([[x, y]]))
        window, shape = found.window, found.steps.shape
        row, col = rng.integers(0, shape[0], 300), rng.integers(0, shape[1], 300)
        px, py = window.x0_m + col * window.cell_m, window.y0_m - row * window.cell_m
        kept = (window.building[row, col] < 0) & (np.abs(px) < 690) & (np.abs(py) < 690)
        kept &= np.hypot(row - window.row, col - window.col) * window.cell_m <= found.radius_m
        row, col, px, py = row[kept], col[kept], px[kept], py[kept]
        targets = np.column_stack([px, py, SCENE.ground.sample(px, py) + 1.5])
        wanted = found.steps[row, col] > 0
        held = facades_of(SCENE)
        columns = held.facing((x, y), found.radius_m, 0.0, 360.0)
        foot, roof = held.foot_m[columns], held.roof_m[columns]
        middles = foot[:, None] + (np.arange(BANDS) + 0.5) / BANDS * (roof - foot)[:, None]
        walls = np.column_stack([np.repeat(held.place_m[columns], BANDS, axis=0), middles.ravel()])
        assert found.facades is not None
        bands = np.zeros((len(held), BANDS), np.uint8)
        bands[found.facades.column] = found.facades.bands
        targets = np.vstack([targets, walls])
        wanted = np.concatenate([wanted, bands[columns].ravel() > 0])
        lines = SCENE.sight_lines(
            np.array([[x, y, camera.height_m]]), targets, carrier=mounts.carrier[0], mount_m=mounts.mount_m[0]
        )
        lon, lat = SCENE.to_lonlat(targets[:, 0], targets[:, 1])
        looks = [views.look(*place) for place in zip(lon, lat, targets[:, 2], strict=True)]
        framed = [bool(one.framed[0] and one.density_px_m[0] >= 12.5) for one in looks]
        near = [one.distance_m[0] <= views.range_m[0] for one in looks]
        exact = lines.clear & np.array(framed) & np.array(near)
        same += int((exact == wanted).sum())
        total += len(exact)
        positive += int(exact.sum())
    assert positive > 500
    assert same / total >= 0.99


def test_a_footprint_on_the_lattice_is_that_of_its_window() -> None:
    for camera in FLEET[:20]:
        found = footprint(camera, SCENE)
        laid = lay(found, LATTICE)
        window = found.window
        for block, cells in painted(laid.ground(LATTICE)).items():
            x, y = LATTICE.centres_m(block)
            col = np.rint((x - window.x0_m) / window.cell_m).astype(int)
            row = np.rint((window.y0_m - y) / window.cell_m).astype(int)
            inside = ((row >= 0) & (row < found.steps.shape[0]))[:, None] & ((col >= 0) & (col < found.steps.shape[1]))
            wanted = found.steps[np.clip(row, 0, len(found.steps) - 1)][:, np.clip(col, 0, found.steps.shape[1] - 1)]
            assert (np.where(inside, wanted, 0) == cells.reshape(SIDE, SIDE)).all()
        area = sum(int((cells > 0).sum()) for cells in painted(laid.ground(LATTICE)).values()) * LATTICE.cell_m2
        assert area == pytest.approx((found.steps > 0).sum() * window.cell_m**2, rel=0.03, abs=500)
        bands = np.zeros(LATTICE.columns * BANDS + CELLS, np.uint8)
        for block, cells in painted(laid).items():
            if block >= LATTICE.ground_blocks:
                at = (block - LATTICE.ground_blocks) * CELLS
                bands[at : at + CELLS] = cells[: len(bands) - at]
        assert found.facades is not None
        told = np.zeros((LATTICE.columns, BANDS), np.uint8)
        told[found.facades.column] = found.facades.bands
        assert (bands[: told.size] == told.ravel()).all()
        again = Kept.from_bytes(Kept(laid, found.radius_m).to_bytes())
        assert all((a == b).all() for a, b in zip(again.laid.arrays, laid.arrays, strict=True))
    assert lay(footprint(a_camera(SCENE, 0, 0, 200.0, pitch_deg=60.0), SCENE), LATTICE).blocks.size == 0


def test_the_key_follows_the_view_and_nothing_else() -> None:
    camera = FLEET[0]
    same = camera.model_copy(update={"name": "other", "owner": "x", "tier": 2, "remarks": "y"})
    assert key_of(camera, "v") == key_of(same, "v")
    changed = {"heading_deg": 11.5, "hfov_deg": 33.0, "height_m": camera.height_m + 1, "lon": camera.lon + 1e-6}
    for name, value in changed.items():
        assert key_of(camera.model_copy(update={name: value}), "v") != key_of(camera, "v"), name
    assert key_of(camera, "w") != key_of(camera, "v")
    assert set(VIEW_FIELDS) <= set(Camera.model_fields)


def test_counts_after_many_changes_are_those_of_counting_anew() -> None:
    rng = np.random.default_rng(9)
    prints = {c.id: lay(footprint(c, SCENE), LATTICE) for c in FLEET[:40]}
    blocks: dict[int, Sums] = {}
    there: dict[str, int] = {}
    for _ in range(160):
        id_ = str(rng.choice(list(prints)))
        laid = prints[id_]
        tier, sign = (there.pop(id_), -1) if id_ in there else (int(rng.integers(1, 4)), 1)
        if sign > 0:
            there[id_] = tier
        for k, block in enumerate(laid.blocks.tolist()):
            before = blocks.get(block)
            sums = Sums.from_bytes(before.to_bytes()) if before else Sums.empty()
            sums.change(tier, laid.of_block(k), sign)
            blocks[block] = sums
    anew: dict[int, np.ndarray] = {}
    for id_, tier in there.items():
        for block, cells in painted(prints[id_]).items():
            counts = anew.setdefault(block, np.zeros((3, len(STEPS_PX_M), CELLS), int))
            for step in range(1, len(STEPS_PX_M) + 1):
                counts[tier - 1, step - 1] += cells == step
    for block, sums in blocks.items():
        wanted = anew.get(block, np.zeros((3, len(STEPS_PX_M), CELLS), int))
        assert (sums.counts == wanted).all()
        assert sums.is_empty == (not wanted.any())
        for step in (1, 4, len(STEPS_PX_M)):
            assert (sums.at_least(step) == wanted[:, step - 1 :].sum(axis=(0, 1))).all()
            assert (sums.at_least(step, (2,)) == wanted[1, step - 1 :].sum(axis=0)).all()
        best = np.zeros(CELLS, int)
        for step in range(1, len(STEPS_PX_M) + 1):
            best[wanted[:, step - 1].any(axis=0)] = step
        assert (sums.best() == best).all()
    assert len(there) > 5


def a_plan() -> Plan:
    import shapely

    def degrees(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda p: np.stack(SCENE.to_lonlat(p[:, 0], p[:, 1]), axis=1))

    roads = [
        {"id": "r1", "name": "East", "name_en": "", "class": "primary", "width_m": 20.0,
         "geometry": degrees(shapely.LineString([(-600, 3), (600, 3)]))},
        {"id": "r2", "name": "", "name_en": "", "class": "path", "width_m": 2.0,
         "geometry": degrees(shapely.LineString([(7, -600), (7, 600)]))},
        {"id": "r3", "name": "East", "name_en": "", "class": "primary", "width_m": 20.0,
         "geometry": degrees(shapely.LineString([(600, 3), (690, 3)]))},
    ]  # fmt: skip
    rows = {"1": {"code": "1", "level": "city", "parent": ""}, "2": {"code": "2", "level": "district", "parent": "1"}}
    shapes = {"1": degrees(shapely.box(-690, -690, 690, 690)), "2": degrees(shapely.box(-690, -690, 0, 690))}
    return Plan.of(SCENE, roads, {code: (row, shapes[code]) for code, row in rows.items()})


def bases() -> dict[int, Base]:
    plan = a_plan()
    groups = {group_of(LATTICE, block) for block in range(LATTICE.ground_blocks)}
    return {block: base for group in groups for block, base in bases_of(group, LATTICE, SCENE, plan).items()}


def test_cells_know_ground_roads_and_areas() -> None:
    plan, found = a_plan(), bases()
    assert sorted(found) == list(range(LATTICE.ground_blocks))
    assert [road.id for road in plan.roads] == ["r1", "r2"]
    assert plan.roads[0].length_m == pytest.approx(1290, rel=0.001)
    assert plan.areas == ("1", "2")
    buildings = 0
    for block, base in found.items():
        again = Base.from_bytes(base.to_bytes())
        assert all((getattr(base, name) == getattr(again, name)).all() for name in ("flags", "road", "area"))
        x, y = (v.ravel() for v in np.meshgrid(*LATTICE.centres_m(block)))
        standing = np.asarray(SCENE.prisms.building_at(x, y)) >= 0
        west, south, east, north = SCENE.ground.bounds_m
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        assert ((base.flags & GROUND > 0) == (inside & ~standing)).mean() > 0.999
        assert ((base.road == 0) == ((np.abs(y - 3) < 10) & (x > -600) & (x < 690))).mean() > 0.99
        assert ((base.area == 1) == ((x > -690) & (x < 0) & (np.abs(y) < 690))).mean() > 0.99
        assert (base.flags[(base.road >= 0) & inside & ~standing] & (BUILT | ROAD) == BUILT | ROAD).all()
        buildings += int(standing.sum())
    assert buildings > 1000


def test_figures_hexagons_and_pictures_are_sums_over_cells() -> None:
    found = bases()
    blocks = {block: Sums.empty() for block in found}
    for camera in FLEET[:30]:
        laid = lay(footprint(camera, SCENE), LATTICE).ground(LATTICE)
        for k, block in enumerate(laid.blocks.tolist()):
            blocks[block].change(camera.tier, laid.of_block(k), 1)
    totals = Totals.of([table_of(blocks[b], found[b]) for b in found], 2, 2)
    step = step_of_rung("2014", "detect")
    flags = np.concatenate([found[b].flags for b in found])
    area = np.concatenate([found[b].area for b in found])
    road = np.concatenate([found[b].road for b in found])
    count = np.concatenate([blocks[b].at_least(step) for b in found]).astype(int)
    tier3 = np.concatenate([blocks[b].at_least(step, (3,)) for b in found])
    built = flags & BUILT > 0
    for number in (0, 1):
        row, here = totals.by_area[number, 1], built & (area == number)
        assert cells_in(row) == here.sum() > 0
        assert reached(row, step) == (here & (count > 0)).sum()
        assert reached(row, step, 3) == (here & (tier3 > 0)).sum()
        assert single(row, step) == (here & (count == 1)).sum()
        assert cameras(row, step) == count[here].sum()
        along = (flags & ROAD > 0) & (road == number)
        assert cells_in(totals.by_road[number]) == along.sum() > 0
        assert reached(totals.by_road[number], step) == (along & (count > 0)).sum()
    hexagons = np.concatenate([hexagons_of(b, LATTICE, SCENE, 10) for b in found])
    sums = {cell: (built & (count > 0) & (hexagons == cell)).sum() for cell in np.unique(hexagons[built])}
    assert sum(sums.values()) == (built & (count > 0)).sum()
    shown = {layer: Shown(layer, "2014", step) for layer in LAYERS}
    drawn = {layer: np.concatenate([cells_of(one, blocks[b], found[b]) for b in found]) for layer, one in shown.items()}
    ground = flags & GROUND > 0
    assert (drawn["blind"] > 0).tolist() == (built & (count == 0)).tolist()
    assert (drawn["single"] > 0).tolist() == (ground & (count == 1)).tolist()
    assert (drawn["tier"] & 4 > 0).tolist() == (ground & (tier3 > 0)).tolist()
    for one in legend("count", "2014"):
        low, high = one.meaning
        here = ground & (count >= low) & (count <= (high or 10**9))
        assert (drawn["count"] == one.value).tolist() == here.tolist()
    best = np.concatenate([blocks[b].best(TIERS) for b in found])
    assert (drawn["class"][ground & (count > 0)] == classes_of_steps("2014")[best][ground & (count > 0)]).all()
    spots = blind_spots({b: cells_of(shown["blind"], blocks[b], found[b]) for b in found}, LATTICE, 0.0)
    assert sum(spot.area_m2 for spot in spots) == pytest.approx((built & (count == 0)).sum() * LATTICE.cell_m2)
    assert [spot.area_m2 for spot in spots] == sorted((spot.area_m2 for spot in spots), reverse=True)


def test_hexagons_are_those_of_each_cells_middle() -> None:
    import h3

    block = LATTICE.blocks_within(0, 0, 1, 1)[0]
    x, y = (v.ravel() for v in np.meshgrid(*LATTICE.centres_m(int(block))))
    lon, lat = SCENE.to_lonlat(x, y)
    for resolution in (8, 9, 11):
        found = hexagons_of(int(block), LATTICE, SCENE, resolution)
        for k in range(0, CELLS, 37):
            assert name_of(int(found[k])) == h3.latlng_to_cell(lat[k], lon[k], resolution)


def test_shared_ground_is_what_both_see() -> None:
    prints = [lay(footprint(c, SCENE), LATTICE).ground(LATTICE) for c in FLEET[:8]]
    some = 0
    for one in prints:
        for other in prints:
            a, b = painted(one), painted(other)
            both = [(a[block] >= 1) & (b[block] >= 2) for block in a.keys() & b.keys()]
            wanted = sum(int(cells.sum()) for cells in both)
            found, best = shared(one.arrays, other.arrays, (1, 2))
            assert found == wanted
            some += wanted
            if wanted:
                assert best == max(
                    int(b[block][cells].max(initial=0)) for block, cells in zip(a.keys() & b.keys(), both, strict=True)
                )
    assert some > 0
    assert shared(EMPTY.arrays, prints[0].arrays, (1, 1))[0] == 0


def test_paint_is_the_plain_reading_of_runs() -> None:
    laid = lay(footprint(FLEET[5], SCENE), LATTICE)
    for k, (_, wanted) in enumerate(painted(laid).items()):
        cells = np.zeros(CELLS, np.uint8)
        paint(laid.of_block(k), cells)
        assert (cells == wanted).all()


def test_an_aimed_camera_shows_less_than_it_reaches() -> None:
    preset = Preset(name="gate", pan=120.0, tilt=-8.0, zoom=3.0)
    camera = a_camera(
        SCENE, 0, 0, 12.0, type="ptz", hfov_deg=60.0, hfov_tele_deg=6.0, presets=(preset,), range_m=400.0,
        aim=PtzAim(pan=30.0, tilt=-10.0, zoom=1.0), pitch_deg=-10.0,
    )  # fmt: skip
    whole = footprint(camera, SCENE).steps > 0
    for aim in ("now", "preset:gate"):
        still = aimed_as(camera, aim)
        part = footprint(still, SCENE)
        wanted = View.of(camera, preset) if aim != "now" else View.of(camera)
        assert View.of(still).optics.focal_px == pytest.approx(wanted.optics.focal_px)
        assert View.of(still).pose.heading_deg == pytest.approx(wanted.pose.heading_deg)
        assert 0 < (part.steps > 0).sum() * part.window.cell_m**2 < whole.sum() * 4.0
    for bad in ("preset:none", "elsewhere"):
        with pytest.raises(BadInput):
            aimed_as(camera, bad)
