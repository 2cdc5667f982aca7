"""The client's types are what the server's OpenAPI document says; ``make types`` makes them anew."""

import json
import re
import subprocess
import sys
from pathlib import Path

from layers.cameras.ladder import LADDERS

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "frontend"


def test_document_is_the_servers() -> None:
    told = subprocess.run([sys.executable, "-m", "geoserver", "openapi"], capture_output=True, check=True, cwd=ROOT)
    kept = json.loads((CLIENT / "openapi.json").read_text("utf-8"))
    now = json.loads(told.stdout)
    kept["info"].pop("version"), now["info"].pop("version")
    assert kept == now, "the server's interface changed: run make types"


def test_types_are_the_documents(tmp_path: Path) -> None:
    made = tmp_path / "types.gen.ts"
    command = ["npx", "--no-install", "openapi-typescript", "openapi.json", "-o", str(made)]
    subprocess.run(command, cwd=CLIENT, check=True, capture_output=True)
    assert made.read_text("utf-8") == (CLIENT / "src/api/types.gen.ts").read_text("utf-8"), "run make types"


def test_classes_have_one_colour() -> None:
    """The browser paints a class as the server's tiles and meshes do."""
    text = (ROOT / "frontend" / "src" / "model" / "classes.ts").read_text("utf-8")
    told = re.findall(r"(\w+): '(#[0-9a-f]{6})'", text.split("CLASS_COLOURS", 1)[1].split("};", 1)[0])
    assert told == [(rung.id, rung.colour) for ladder in LADDERS.values() for rung in ladder]
