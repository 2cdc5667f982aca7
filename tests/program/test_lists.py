"""Lists on the command line: mapping, preview, sheets, layers, catalogues, privacy volumes, and what a dump keeps."""

import csv
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from typer.testing import CliRunner

from geoserver.cli import app
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from layers.cameras.model import Camera, Preset, PtzAim, Uncertainty
from tests.program.test_command_line import centre

pytestmark = pytest.mark.program


def run(*words: str, lang: str = "C.UTF-8") -> Any:
    """The command line in this process: every verb here is one of many, and a process takes seconds to start."""
    done = CliRunner().invoke(app, list(words), env={"LC_ALL": lang, "LANG": lang, "COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def load(city: Path, file: Path, *words: str, kind: str = "cameras", lang: str = "C.UTF-8") -> Any:
    return run("load", kind, str(file), "--city", str(city), *words, lang=lang)


def events(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def camera(city: Path, id_: str) -> Camera:
    store = SqliteStore.open(city / "city.sqlite")
    found = store.get("camera", id_)
    store.close()
    assert isinstance(found, Camera)
    return found


def test_a_preview_and_a_mapping(village_copy: Path, tmp_path: Path) -> None:
    lon, lat = centre(village_copy)
    rows = tmp_path / "rows.csv"
    rows.write_text(f"nr,{'E'},{'N'},朝向角,密码\nx-1,{lon},{lat},77,hush\n", "utf-8")
    preview = load(village_copy, rows, "--preview")
    assert preview.exit_code == 1
    assert "4. 朝向角 → -: 77" in preview.stdout
    assert "hush" not in preview.stdout + preview.stderr
    words = ("--map", "id=nr", "--map", "lon=E", "--map", "lat=3", "--map", "heading=朝向角")
    preview = load(village_copy, rows, "--preview", *words)
    assert preview.exit_code == 0, preview.stderr
    assert "4. 朝向角 → heading: 77" in preview.stdout
    assert "would load 1 new" in preview.stdout
    assert load(village_copy, rows, *words).exit_code == 0
    assert camera(village_copy, "x-1").heading_deg == 77.0
    chinese = load(village_copy, rows, "--preview", lang="zh_CN.UTF-8")
    assert "建议" in chinese.stdout
    assert load(village_copy, rows, "--map", "colour=nr").exit_code == 2
    assert load(village_copy, rows, "--map", "heading").exit_code == 2


def test_no_headings(village_copy: Path, tmp_path: Path) -> None:
    lon, lat = centre(village_copy)
    rows = tmp_path / "rows.csv"
    rows.write_text(f"k-1,{lon},{lat}\nk-2,{lon},{lat}\n", "gb18030")
    preview = load(village_copy, rows, "--preview")
    assert "--map id=1" in preview.stdout
    assert "--map lon=2" in preview.stdout
    done = load(village_copy, rows, "--header", "none", "--map", "id=1", "--map", "lon=2", "--map", "lat=3", "--json")
    assert events(done)[-1]["created"] == 2


def test_workbooks_and_geopackages(village_copy: Path, tmp_path: Path) -> None:
    lon, lat = centre(village_copy)
    book = openpyxl.Workbook()
    book.worksheets[0].append(["编号", "经度", "纬度"])
    book.worksheets[0].append(["s-1", lon, lat])
    other = book.create_sheet("二")
    for row in (["编号", "经度", "纬度", "方位角"], ["s-2", lon, lat, "东北"]):
        other.append(row)
    book.save(tmp_path / "list.xlsx")
    assert load(village_copy, tmp_path / "list.xlsx", "--sheet", "二").exit_code == 0
    assert camera(village_copy, "s-2").heading_deg == 45.0
    place = gpd.GeoSeries([shapely.Point(lon, lat)], crs="EPSG:4326").to_crs("EPSG:32648")
    gpd.GeoDataFrame({"id": ["g-1"]}, geometry=place).to_file(tmp_path / "l.gpkg", layer="cams", driver="GPKG")
    assert load(village_copy, tmp_path / "l.gpkg", "--layer", "cams").exit_code == 0
    assert camera(village_copy, "g-1").lon == pytest.approx(lon, abs=1e-7)


def test_a_catalogue_and_what_is_none(village_copy: Path, tmp_path: Path) -> None:
    lon, lat = centre(village_copy)
    file = tmp_path / "catalogue.xml"
    item = (
        f"<Item><DeviceID>15030200001320000777</DeviceID><Name>东门</Name><Longitude>{lon}</Longitude>"
        f"<Latitude>{lat}</Latitude><IPAddress>10.9.8.7</IPAddress><Password>hush</Password></Item>"
    )
    text = f"<Response><CmdType>Catalog</CmdType><DeviceList>{item}</DeviceList></Response>"
    file.write_bytes(f'<?xml version="1.0" encoding="GB2312"?>{text}'.encode("gb2312"))
    done = load(village_copy, file)
    assert done.exit_code == 0, done.stderr
    assert "Num" in done.stdout
    assert camera(village_copy, "15030200001320000777").name == "东门"
    file.write_text("<Notify><CmdType>Alarm</CmdType></Notify>", "utf-8")
    refused = load(village_copy, file)
    assert (refused.exit_code, "Notify/Alarm" in refused.stderr) == (1, True)
    for name in ("out.csv", "out.geojson"):
        assert run("dump", "cameras", str(tmp_path / name), "--city", str(village_copy)).exit_code == 0
        written = (tmp_path / name).read_text("utf-8-sig")
        assert not [word for word in ("10.9.8.7", "hush", "sip:") if word in written]


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_a_dump_keeps_lenses_presets_and_calibrations(village_copy: Path, tmp_path: Path, suffix: str) -> None:
    store = SqliteStore.open(village_copy / "city.sqlite")
    lon, lat = centre(village_copy)
    plain = Camera(id="full-0", lon=lon, lat=lat, height_m=1100, mount_height_m=0.0, tier=3, hfov_deg=80, pitch_deg=-3)
    solved = Uncertainty(pairs=6, rms_px=0.7, loo_m=None, heading_deg=0.1, pitch_deg=0.1, roll_deg=0.2)
    full = [
        plain.model_copy(update={"id": "full-1", "distortion": (-0.3, 0.1, 0.0, 0.0), "principal_px": (955.5, 541.0)}),
        plain.model_copy(update={"id": "full-2", "lens": "fisheye", "hfov_deg": 185.0, "calibration": solved}),
        plain.model_copy(
            update={
                "id": "full-3",
                "type": "ptz",
                "hfov_tele_deg": 3.0,
                "presets": (Preset(name="大门, 东", pan=10, tilt=-5, zoom=3.5), Preset(name="x;y", pan=350, tilt=0)),
                "aim": PtzAim(pan=12.5, tilt=-7),
                "pan_range_deg": 300.0,
                "status": "planned",
            }
        ),
        plain.model_copy(update={"id": "full-4", "lens": "panorama", "hfov_deg": 360.0}),
    ]
    store.commit([Write.put(one, 0) for one in full])
    file = tmp_path / f"out.{suffix}"
    run("dump", "cameras", str(file), "--city", str(village_copy))
    # As they were read once: areas and what else a load finds out.
    assert load(village_copy, file).exit_code == 0
    before = {one.id: store.get("camera", one.id) for one in full}
    store.commit([Write.remove(one) for one in before.values() if one is not None])
    assert load(village_copy, file).exit_code == 0
    for one in full:
        after = store.get("camera", one.id)
        assert after is not None
        assert after.model_copy(update={"version": 1}) == before[one.id].model_copy(update={"version": 1})  # type: ignore[union-attr]
        for name in ("lens", "distortion", "principal_px", "presets", "aim", "calibration", "hfov_deg", "status"):
            assert getattr(after, name) == getattr(one, name), (one.id, name)
    store.close()


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_privacy_volumes_in_and_out(village_copy: Path, tmp_path: Path, suffix: str) -> None:
    lon, lat = centre(village_copy)
    ring = [[lon + x, lat + y] for x, y in ((0, 0), (1e-4, 0), (1e-4, 1e-4), (0, 1e-4), (0, 0))]
    shape = {"type": "Polygon", "coordinates": [ring]}
    good = {"type": "Feature", "id": "yard", "geometry": shape, "properties": {"name": "院", "base": 1050, "top": 1060}}
    bad = {"type": "Feature", "id": "flat", "geometry": shape, "properties": {"base": 1060, "top": 1060}}
    file = tmp_path / "volumes.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [good, bad, {}]}), "utf-8")
    done = load(village_copy, file, "--json", kind="privacy-volumes")
    assert done.exit_code == 1
    assert [(e["row"], e["code"]) for e in events(done) if e["event"] == "row"] == [(2, "bad-value"), (3, "no-id")]
    out = tmp_path / f"out.{suffix}"
    assert run("dump", "privacy-volumes", str(out), "--city", str(village_copy)).exit_code == 0
    store = SqliteStore.open(village_copy / "city.sqlite")
    before = store.get("privacy-volume", "yard")
    assert before is not None
    store.commit([Write.remove(before)])
    again = load(village_copy, out, "--json", kind="privacy-volumes")
    assert again.exit_code == 0, again.stdout
    assert store.get("privacy-volume", "yard") == before
    assert events(load(village_copy, out, "--json", kind="privacy-volumes"))[-1]["changed"] == 0
    store.close()


def test_a_dump_is_a_plain_table(village: Path, tmp_path: Path) -> None:
    run("dump", "cameras", str(tmp_path / "out.csv"), "--city", str(village))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {"lens", "distortion", "presets", "aim", "calibration", "principal_px"} <= rows[0].keys()
    assert all(row["presets"] == "" for row in rows)
