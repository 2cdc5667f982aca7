"""The application: routes, middleware, error table. Nothing happens at import."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from geoserver import errors
from geoserver.accounts.guard import Guard
from geoserver.accounts.remembered import Remembered
from geoserver.api import (
    agreements,
    calibration,
    cameras,
    checkpoints,
    client,
    coverage,
    editing,
    exporting,
    fixes,
    health,
    importing,
    incident_alerts,
    incident_pictures,
    incidents,
    journal,
    lists,
    live,
    media,
    nearest,
    ogc,
    ogc_boxes,
    ogc_edits,
    ogc_tracks,
    openid,
    pictures,
    places,
    positions,
    privacy,
    ptz,
    repair_orders,
    replay,
    routes,
    session,
    situation,
    streams,
    system,
    tiles,
    units,
    users,
    vehicles,
    zones,
)
from geoserver.api.models import Problem
from geoserver.condition import Prober
from geoserver.coverage_service import CityCoverage
from geoserver.crossings import Warden
from geoserver.doorway import open_doors
from geoserver.health.checker import Checker
from geoserver.health.service import Health
from geoserver.incident_board import Board
from geoserver.live.feed import Feed
from geoserver.live.relay import CHANNEL, relaying
from geoserver.metrics import Meter
from geoserver.middleware import CompressJson, Encrypted, KnownHosts, SecurityHeaders, Timing, Unexpected
from geoserver.ogc_shelf import Shelves
from geoserver.processes.handing import Handing
from geoserver.processes.sharing import meeting, sharing
from geoserver.ptz.allowing import by_rules
from geoserver.ptz.opening import steering_over
from geoserver.replay.noted import Noted
from geoserver.services import Services, open_services
from geoserver.settings import Settings
from geoserver.streams.addresses import AddressRules
from geoserver.streams.private import Volumes
from geoserver.streams.service import Streams
from geoserver.vehicles.driving import driving
from geoserver.vehicles.service import open_vehicles
from geoserver.version import VERSION

# Whatever the environment says: nothing about requests, which name places and cameras, leaves this process.
SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
Opener = Callable[[Settings], AbstractContextManager[Services]]


def create_app(settings: Settings, opener: Opener = open_services) -> FastAPI:
    """The application for one city folder; the city is opened when the server starts."""
    meter = Meter()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with opener(settings) as services, CityCoverage.over(services) as covering:
            allowed = by_rules(AddressRules.of(settings.stream_networks))
            async with (
                Feed.over(services) as feed,
                steering_over(services, simulated=settings.simulated, allowed=allowed) as steering,
            ):
                app.state.steering = steering
                app.state.services, app.state.coverage, app.state.feed = services, covering, feed
                app.state.incidents = Board(services.store)
                app.state.unpacking = incident_pictures.unpacking()
                app.state.shelves = Shelves(services.store)
                app.state.warden = Warden(services)
                app.state.replays = Noted(services.looks)
                app.state.volumes = Volumes(services)
                with (
                    services.following(app.state.shelves.take),
                    services.following(app.state.warden.note),
                    services.following(app.state.volumes.take),
                    relaying(services.store.line(CHANNEL), services.positions, feed.present, app.state.warden.hear),
                    meeting(settings) as peers,
                    Prober.over(services.store, settings.folder) as app.state.prober,
                ):
                    async with (
                        open_doors(settings, services) as doors,
                        open_vehicles(services, settings, app.state.warden) as taking,
                        Streams.over(services, settings, app.state.volumes, peers.me if peers else "") as moving,
                        Health.over(services, settings) as healthy,
                        Checker.over(services, settings, healthy, moving) as checker,
                        driving(services, settings, taking, healthy.kept),
                    ):
                        app.state.health, app.state.checker, app.state.taking = healthy, checker, taking
                        app.state.door, app.state.remembered = doors.local, Remembered(doors.local)
                        app.state.openid = doors.openid
                        app.state.streams = moving
                        async with sharing(app, peers):
                            yield

    app = FastAPI(
        title="GeoServer",
        version=VERSION,
        summary="A 3D city, its cameras, and the click that finds the right one.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_name,
        middleware=[
            Middleware(Handing),
            Middleware(Timing, meter=meter),
            Middleware(SecurityHeaders),
            *([] if settings.is_loopback or settings.tls else [Middleware(Encrypted)]),
            Middleware(KnownHosts, allowed=frozenset(settings.allowed_hosts)),
            Middleware(CompressJson),
            Middleware(Unexpected),
            Middleware(Guard, is_page=partial(client.is_page, settings.client_folder)),
        ],
        telemetry=SILENT,
        responses={"default": {"model": Problem, "description": "A problem document (RFC 9457)"}},
    )
    app.state.meter, app.state.seal_key = meter, settings.seal_key
    app.router.routes.insert(0, ogc_boxes.PlainBoxes())
    # Routes are looked through in turn, which takes a microsecond or more each: what is clicked all day comes first.
    for router in (
        places.router,
        tiles.router,
        session.router,
        openid.router,
        users.router,
        agreements.router,
        system.router,
        coverage.router,
        editing.router,
        journal.router,
        importing.router,
        exporting.router,
        privacy.router,
        situation.router,
        replay.router,
        incident_pictures.router,
        incident_alerts.router,
        incidents.router,
        checkpoints.router,
        zones.router,
        units.router,
        vehicles.router,
        fixes.router,
        nearest.router,
        lists.router,
        cameras.router,
        routes.router,
        health.router,
        repair_orders.router,
        calibration.router,
        pictures.router,
        ptz.router,  # before the names of parts, of which ptz would be one
        streams.router,
        media.router,
        positions.router,
        ogc_tracks.router,  # before the collections of which it would be one by its address
        ogc.router,
        ogc_edits.router,
        live.router,
    ):
        app.include_router(router)
    client.serve(app, settings.client_folder)
    errors.install(app)
    _describe_problems(app)
    return app


def _operation_name(route: APIRoute) -> str:
    return f"{route.tags[0] if route.tags else 'system'}-{route.name.strip('_')}"


def _describe_problems(app: FastAPI) -> None:
    """Problem documents are what they are in the OpenAPI document too: no 422 of the framework's own."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        for path in document["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                schema = {"$ref": "#/components/schemas/Problem"}
                operation["responses"]["default"]["content"] = {"application/problem+json": {"schema": schema}}
        schemas = document["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to change the document
