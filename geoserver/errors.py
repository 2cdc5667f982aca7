"""The one table from what went wrong to what HTTP says: status and RFC 9457 problem document."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geoserver import faults
from geoserver.dispatching import VehicleTaken
from geoserver.fault_words import fault_words, plain
from geoserver.ogc_edits import WrongMedia
from geoserver.openid import faults as openid_faults
from geoserver.series.faults import SeriesUnusable
from geoserver.storage.filter_sql import FilterTooSlow
from geoserver.storage.store import Conflict
from geoserver.streams.model import SourceLost
from geoserver.words import Lang, language
from layers import errors as layer_errors
from layers.cameras.view import NoDirection
from layers.filters.faults import BadFilter
from layers.grants.approval import NoAgreement
from layers.health.orders import OrderStands, WrongOrderMove
from layers.incidents.states import FullRecord, WrongMove
from tiles import errors as tile_errors
from tiles.basemap.draw import BadTile
from tiles.errors import Fault

log = logging.getLogger("geoserver")
PROBLEM = "application/problem+json"
SECRETIVE = "/api/session"
"""Where values that are sent may be passwords: they are not told back."""

STATUS: Mapping[type[Fault], int] = {
    Fault: 500,
    tile_errors.TilesError: 500,
    tile_errors.BadSource: 500,
    tile_errors.MissingCRS: 500,
    tile_errors.MissingDatum: 500,
    tile_errors.UnknownDatum: 500,
    tile_errors.BadCityFile: 500,
    tile_errors.NotBuilt: 503,
    tile_errors.OutsideCity: 422,
    layer_errors.LayersError: 422,
    layer_errors.BadInput: 422,
    faults.ServerError: 500,
    faults.BadParameter: 400,
    faults.NotAccepted: 400,
    faults.UnknownId: 404,
    faults.UnknownPath: 404,
    faults.NoTile: 404,
    faults.NoCoverage: 503,
    faults.WrongMethod: 405,
    BadTile: 404,
    NoDirection: 409,
    WrongMove: 409,
    WrongOrderMove: 409,
    OrderStands: 409,
    faults.BeingChecked: 409,
    FullRecord: 409,
    faults.KnownNumber: 409,
    VehicleTaken: 409,
    faults.UnknownHost: 421,
    faults.Unencrypted: 403,
    Conflict: 409,
    faults.Stale: 409,
    faults.Superseded: 412,
    faults.ForeignPage: 403,
    faults.MissingVersion: 428,
    faults.NothingToUndo: 409,
    faults.TooLarge: 413,
    faults.BadText: 422,
    faults.BadPicture: 422,
    faults.NotSignedIn: 401,
    faults.BadSignIn: 401,
    openid_faults.ProviderFailed: 503,
    faults.LocalClosed: 403,
    openid_faults.SignInRefused: 403,
    openid_faults.LogoutRefused: 400,
    openid_faults.NoProvider: 404,
    faults.SignInPaused: 429,
    faults.NotAllowed: 403,
    faults.NoTicket: 403,
    faults.NoViewing: 404,
    faults.TooManyViewings: 429,
    faults.NoStream: 404,
    faults.NoPictureYet: 503,
    faults.IdTaken: 409,
    faults.BadPassword: 422,
    faults.AccountExists: 409,
    faults.OwnAccount: 409,
    faults.AgreementAnswered: 409,
    NoAgreement: 403,
    faults.LiveFull: 503,
    SourceLost: 503,
    SeriesUnusable: 503,
    faults.SteeringHeld: 409,
    faults.CannotSteer: 409,
    faults.SteeringFailed: 502,
    BadFilter: 400,
    FilterTooSlow: 503,
    WrongMedia: 415,
}
"""Looked up along the class's own ancestry, so a new fault has its family's status."""


def status_of(fault: type[Fault]) -> int:
    """The status of a class of faults."""
    return next(STATUS[one] for one in fault.__mro__ if one in STATUS)


def problem(fault: Fault, lang: Lang) -> dict[str, Any]:
    """The problem document of a fault, in a language."""
    values = {name: plain(value) for name, value in fault.values.items()}
    title, detail = fault_words(fault, lang)
    return values | {
        "type": f"/problems/{fault.code}",
        "title": title,
        "status": status_of(type(fault)),
        "detail": detail,
    }


def problem_response(fault: Fault, lang: Lang) -> Response:
    """The answer that tells a fault."""
    document = problem(fault, lang)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": lang}
    if isinstance(fault, faults.WrongMethod):
        headers["Allow"] = str(fault.values["allowed"])
    if document["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(fault, faults.SignInPaused):
        headers["Retry-After"] = str(fault.values["seconds"])
    body = orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, document["status"], headers, PROBLEM)


def install(app: FastAPI) -> None:
    """Have the app answer every kind of fault with a problem document."""
    app.add_exception_handler(Fault, _fault)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


def _lang(request: Request) -> Lang:
    return language(request.headers.get("accept-language"))


async def _fault(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, Fault):
        raise fault
    if status_of(type(fault)) == 500:
        return unexpected(request.method, request.url.path, fault, _lang(request))
    return problem_response(fault, _lang(request))


async def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    told = not request.url.path.startswith(SECRETIVE)
    return problem_response(_first_fault(error, told), _lang(request))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    path = request.url.path
    if error.status_code == 405:
        fault = faults.WrongMethod(path=path, method=request.method, allowed=_allowed(request))
        return problem_response(fault, _lang(request))
    return problem_response(faults.UnknownPath(path=path), _lang(request))


def _allowed(request: Request) -> str:
    """All methods of the path: the framework names only those of the first router that has it."""
    template = getattr(request.scope.get("route"), "path", "")
    return ", ".join(sorted(method.upper() for method in request.app.openapi()["paths"].get(template, ())))


def unexpected(method: str, path: str, error: Exception, lang: Lang) -> Response:
    """Log all of it, tell none of it: an inner error may carry addresses of streams."""
    reference = secrets.token_hex(4)
    log.error("%s: %s %s failed", reference, method, path, exc_info=error)
    return problem_response(faults.Internal(reference=reference), lang)


def _first_fault(error: RequestValidationError, told: bool) -> faults.BadParameter:
    """Name the parameter, its value, what is wrong and the remedy; the first complaint is enough."""
    first = error.errors()[0]
    where = [str(part) for part in first["loc"] if part not in ("query", "path", "body", "header")]
    context = {name: plain(value) for name, value in first.get("ctx", {}).items()}
    value = None if first["type"] == "missing" or not told else _short(first.get("input"))
    return faults.BadParameter(
        parameter=".".join(where) or "body",
        value=value,
        reason=first["type"],
        detail=f"{first['msg']}.",
        **{name: value for name, value in context.items() if name not in ("parameter", "value", "reason", "detail")},
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
