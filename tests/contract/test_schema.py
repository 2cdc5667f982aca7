"""Every operation of the OpenAPI document, asked what the document allows and what it does not.

No answer may be a fault of the server, and every answer must be of the kind and form that the document states. A few
questions an operation here; ``make fuzz`` asks many, as ``GEOSERVER_QUESTIONS`` says.
"""

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.contract.conftest import Place
from tests.contract.walk_city import CHIEF, World, world_at
from tests.contract.walk_routes import ROUTES

QUESTIONS = int(os.environ.get("GEOSERVER_QUESTIONS", "3"))
SLOW = frozenset(
    {"POST /api/session", "PUT /api/session/password", "POST /api/users", "GET /api/cameras/{id}/view.glb"}
)
"""Each question of these takes a tenth of a second: a digest of a password is slow on purpose."""
load_all_checks()
FORMS = [CHECKS.get_one(name) for name in ("response_schema_conformance", "content_type_conformance")]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("schema")
    with world_at(Place("sqlite", folder / "city.sqlite"), folder) as world:
        yield world


@pytest.fixture(scope="module")
def operations(world: World) -> dict[str, Any]:
    """Operations by method and path."""
    document = world.ask(CHIEF, "GET", "/openapi.json").json()
    found = (result.ok() for result in schemathesis.openapi.from_dict(document).get_all_operations())
    return {f"{one.method.upper()} {one.path}": one for one in found}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["meant", "not-meant"])
@pytest.mark.parametrize("name", ROUTES)
def test_answers_are_as_the_document_says(
    world: World, operations: dict[str, Any], name: str, mode: GenerationMode
) -> None:
    headers = {"Authorization": f"Bearer {world.keys[CHIEF]}", "Accept-Language": "en"}
    # What is not meant is mostly refused alike, and slow to think of.
    questions = max(1, QUESTIONS // (3 if name in SLOW or mode is GenerationMode.NEGATIVE else 1))

    @settings(
        max_examples=questions,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations[name].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(base_url=world.address, headers=headers)
        told = f"{case.as_curl_command()}\n{answer.status_code} {answer.content[:500]!r}"
        assert answer.status_code < 500 or _is_coverage_being_worked_out(answer), told
        case.validate_response(answer, checks=FORMS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Some take nothing that could be wrong.
        with contextlib.suppress(Unsatisfiable):
            ask()


def _is_coverage_being_worked_out(answer: Any) -> bool:
    return answer.status_code == 503 and answer.json()["type"] == "/problems/no-coverage"
