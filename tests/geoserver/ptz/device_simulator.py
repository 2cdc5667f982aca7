"""A PTZ camera that speaks ONVIF over HTTP, in a thread of its own: real SOAP, signed names, a head that takes time.

It knows nothing of the product's code. It can be told to be slow, to stay where it is, to answer with given bytes.
"""

import base64
import contextlib
import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

S = "http://www.w3.org/2003/05/soap-envelope"
TT, TDS = "http://www.onvif.org/ver10/schema", "http://www.onvif.org/ver10/device/wsdl"
TRT, TPTZ = "http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/ptz/wsdl"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
GENERIC = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace"
DEGREES = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees"
ZOOM = "http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionGenericSpace"
RIGHT, UP = 1, 1


@dataclass
class Head:
    """Where it is, in its own space, and how it moves: straight to its goal at an even speed."""

    place: tuple[float, float, float] = (0.0, 0.0, 0.0)
    goal: tuple[float, float, float] = (0.0, 0.0, 0.0)
    speed: tuple[float, float, float] | None = None
    until: float = 0.0
    at: float = field(default_factory=time.monotonic)
    per_s: tuple[float, float, float] = (4.0, 4.0, 4.0)

    def now(self) -> tuple[float, float, float]:
        moment = time.monotonic()
        passed, self.at = moment - self.at, moment
        if self.speed is not None:
            passed = min(passed, max(0.0, self.until - (moment - passed)))
            moved = zip(self.place, self.speed, self.per_s, strict=True)
            self.place = tuple(max(-1.0, min(1.0, a + v * most * passed)) for a, v, most in moved)  # type: ignore[assignment]
            self.goal = self.place
            return self.place
        steps = zip(self.place, self.goal, self.per_s, strict=True)
        self.place = tuple(  # type: ignore[assignment]
            a + max(-most * passed, min(most * passed, b - a)) for a, b, most in steps
        )
        return self.place


@dataclass
class Device:
    """A device and what it has been told to do wrong."""

    user: str = "admin"
    password: str = "over the hills"
    degrees: bool = False
    absolute: bool = True
    steerable: bool = True
    stuck: bool = False
    silent_position: bool = False
    slow_s: float = 0.0
    clock_ahead_s: float = 0.0
    answers: dict[str, bytes] = field(default_factory=dict)
    head: Head = field(default_factory=Head)
    asked: list[str] = field(default_factory=list)
    bad_signatures: int = 0
    nonces: set[str] = field(default_factory=set)
    presets: dict[str, tuple[str, tuple[float, float, float]]] = field(
        default_factory=lambda: {"7": ("gate", (0.25, -0.5, 0.5))}
    )
    home: tuple[float, float, float] = (0.0, 0.0, 0.0)
    host: str = "192.0.2.1"
    port: int = 0

    @property
    def url(self) -> str:
        return f"onvif://127.0.0.1:{self.port}"

    def clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.clock_ahead_s)

    def answer(self, request: bytes) -> tuple[int, bytes]:
        root = fromstring(request, forbid_dtd=True)
        body = root.find(f"{{{S}}}Body")
        assert body is not None
        asked = next(iter(body))
        operation = asked.tag.partition("}")[2]
        self.asked.append(operation)
        if operation in self.answers:
            return 200, self.answers[operation]
        if operation != "GetSystemDateAndTime" and not self.is_signed(root):
            self.bad_signatures += 1
            return 400, fault("Sender", "ter:NotAuthorized", "not authorized")
        made = getattr(self, f"on_{operation}", None)
        if made is None:
            return 500, fault("Receiver", "ter:ActionNotSupported", "no such operation")
        try:
            return 200, envelope(made(asked))
        except Refused as refused:
            return 400, fault("Sender", f"ter:{refused}", "no")

    def is_signed(self, root: Element) -> bool:
        """WS-UsernameToken with a digest: SHA-1 of nonce, time and password; fresh, and never the same twice."""
        token = root.find(f".//{{{WSSE}}}UsernameToken")
        if token is None:
            return False
        name, digest = token.findtext(f"{{{WSSE}}}Username"), token.findtext(f"{{{WSSE}}}Password")
        nonce, made = token.findtext(f"{{{WSSE}}}Nonce"), token.findtext(f"{{{WSU}}}Created")
        kind = (token.find(f"{{{WSSE}}}Password") or Element("x")).get("Type", "")
        password = token.find(f"{{{WSSE}}}Password")
        kind = password.get("Type", "") if password is not None else ""
        if not (name and digest and nonce and made) or not kind.endswith("#PasswordDigest") or nonce in self.nonces:
            return False
        self.nonces.add(nonce)
        age = abs((datetime.fromisoformat(made.replace("Z", "+00:00")) - self.clock()).total_seconds())
        right = hashlib.sha1(base64.b64decode(nonce) + made.encode() + self.password.encode()).digest()
        return name == self.user and age < 10 and base64.b64decode(digest) == right

    def on_GetSystemDateAndTime(self, _: Element) -> str:
        now = self.clock()
        return (
            f'<tds:GetSystemDateAndTimeResponse xmlns:tds="{TDS}" xmlns:tt="{TT}"><tds:SystemDateAndTime>'
            "<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
            f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
            f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
            "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def on_GetServices(self, _: Element) -> str:
        rows = "".join(
            f"<tds:Service><tds:Namespace>{name}</tds:Namespace><tds:XAddr>http://{self.host}{path}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>42</tt:Minor></tds:Version></tds:Service>"
            for name, path in ((TDS, "/onvif/device_service"), (TRT, "/onvif/media"), (TPTZ, "/onvif/ptz"))
        )
        return f'<tds:GetServicesResponse xmlns:tds="{TDS}" xmlns:tt="{TT}">{rows}</tds:GetServicesResponse>'

    def on_GetProfiles(self, _: Element) -> str:
        steering = (
            '<tt:PTZConfiguration token="ptz0"><tt:Name>p</tt:Name><tt:UseCount>1</tt:UseCount>'
            "<tt:NodeToken>n</tt:NodeToken></tt:PTZConfiguration>"
            if self.steerable
            else ""
        )
        return (
            f'<trt:GetProfilesResponse xmlns:trt="{TRT}" xmlns:tt="{TT}">'
            '<trt:Profiles token="still" fixed="true"><tt:Name>still</tt:Name></trt:Profiles>'
            f'<trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name>{steering}</trt:Profiles>'
            "</trt:GetProfilesResponse>"
        )

    def on_GetConfigurationOptions(self, asked: Element) -> str:
        if asked.findtext(f"{{{TPTZ}}}ConfigurationToken") != "ptz0":
            raise Refused("NoConfig")

        def one(tag: str, uri: str, ranges: str) -> str:
            return f"<tt:{tag}><tt:URI>{uri}</tt:URI>{ranges}</tt:{tag}>"

        def span(axis: str, low: float, high: float) -> str:
            return f"<tt:{axis}><tt:Min>{low}</tt:Min><tt:Max>{high}</tt:Max></tt:{axis}>"

        spaces = ""
        if self.absolute:
            spaces += one("AbsolutePanTiltPositionSpace", GENERIC, span("XRange", -1, 1) + span("YRange", -1, 1))
            if self.degrees:
                ranges = span("XRange", -180, 180) + span("YRange", -90, 90)
                spaces += one("AbsolutePanTiltPositionSpace", DEGREES, ranges)
            spaces += one("AbsoluteZoomPositionSpace", ZOOM, span("XRange", 0, 1))
        return (
            f'<tptz:GetConfigurationOptionsResponse xmlns:tptz="{TPTZ}" xmlns:tt="{TT}"><tptz:PTZConfigurationOptions>'
            f"<tt:Spaces>{spaces}</tt:Spaces><tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT60S</tt:Max></tt:PTZTimeout>"
            "</tptz:PTZConfigurationOptions></tptz:GetConfigurationOptionsResponse>"
        )

    def on_GetStatus(self, asked: Element) -> str:
        self.profile(asked)
        x, y, zoom = self.head.now()
        if self.degrees:
            x, y = x * 180, y * 90
        place = (
            f'<tt:Position><tt:PanTilt x="{x:.6f}" y="{y:.6f}" space="{DEGREES if self.degrees else GENERIC}"/>'
            f'<tt:Zoom x="{zoom:.6f}" space="{ZOOM}"/></tt:Position>'
        )
        return (
            f'<tptz:GetStatusResponse xmlns:tptz="{TPTZ}" xmlns:tt="{TT}"><tptz:PTZStatus>'
            f"{'' if self.silent_position else place}<tt:UtcTime>{self.clock():%Y-%m-%dT%H:%M:%SZ}</tt:UtcTime>"
            "</tptz:PTZStatus></tptz:GetStatusResponse>"
        )

    def on_GetPresets(self, asked: Element) -> str:
        self.profile(asked)
        rows = "".join(
            f'<tptz:Preset token="{token}"><tt:Name>{name}</tt:Name></tptz:Preset>'
            for token, (name, _) in self.presets.items()
        )
        return f'<tptz:GetPresetsResponse xmlns:tptz="{TPTZ}" xmlns:tt="{TT}">{rows}</tptz:GetPresetsResponse>'

    def on_AbsoluteMove(self, asked: Element) -> str:
        self.profile(asked)
        place = asked.find(f"{{{TPTZ}}}Position")
        assert place is not None
        x, y, zoom = vector(place)
        if pan_tilt(place).get("space") == DEGREES:
            x, y = x / 180, y / 90
        if max(abs(x), abs(y)) > 1 or not 0 <= zoom <= 1:
            raise Refused("InvalidPosition")
        return self.to((x, y, zoom), "AbsoluteMove")

    def on_RelativeMove(self, asked: Element) -> str:
        self.profile(asked)
        by = asked.find(f"{{{TPTZ}}}Translation")
        assert by is not None
        moved = zip(self.head.now(), vector(by), strict=True)
        x, y, zoom = (max(-1.0, min(1.0, a + b)) for a, b in moved)
        return self.to((x, y, max(0.0, zoom)), "RelativeMove")

    def on_ContinuousMove(self, asked: Element) -> str:
        self.profile(asked)
        velocity = asked.find(f"{{{TPTZ}}}Velocity")
        timeout = asked.findtext(f"{{{TPTZ}}}Timeout", "")
        assert velocity is not None
        assert timeout == "PT5S"
        self.head.now()
        self.head.speed, self.head.until = vector(velocity), time.monotonic() + 5
        return f'<tptz:ContinuousMoveResponse xmlns:tptz="{TPTZ}"/>'

    def on_Stop(self, asked: Element) -> str:
        self.profile(asked)
        return self.to(self.head.now(), "Stop")

    def on_GotoPreset(self, asked: Element) -> str:
        self.profile(asked)
        token = asked.findtext(f"{{{TPTZ}}}PresetToken", "")
        if token not in self.presets:
            raise Refused("NoToken")
        return self.to(self.presets[token][1], "GotoPreset")

    def on_GotoHomePosition(self, asked: Element) -> str:
        self.profile(asked)
        return self.to(self.home, "GotoHomePosition")

    def to(self, goal: tuple[float, float, float], operation: str) -> str:
        self.head.now()
        self.head.speed = None
        if not self.stuck:
            self.head.goal = goal
        return f'<tptz:{operation}Response xmlns:tptz="{TPTZ}"/>'

    def profile(self, asked: Element) -> None:
        if asked.findtext(f"{{{TPTZ}}}ProfileToken") != "main":
            raise Refused("NoProfile")


class Refused(Exception):
    """A SOAP fault to come."""


def pan_tilt(place: Element) -> Element:
    found = place.find(f"{{{TT}}}PanTilt")
    assert found is not None
    return found


def vector(place: Element) -> tuple[float, float, float]:
    zoom = place.find(f"{{{TT}}}Zoom")
    both = pan_tilt(place)
    return float(both.attrib["x"]), float(both.attrib["y"]), float(zoom.attrib["x"]) if zoom is not None else 0.0


def envelope(body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{S}"><s:Body>{body}</s:Body></s:Envelope>'.encode()
    )


def fault(code: str, subcode: str, text: str) -> bytes:
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value><s:Subcode><s:Value xmlns:ter='http://www.onvif.org/ver10/error'>"
        f"{subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang='en'>{text}</s:Text></s:Reason></s:Fault>"
    )


@contextlib.contextmanager
def running(device: Device) -> Iterator[Device]:
    """The device, answering on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            time.sleep(device.slow_s)
            status, told = device.answer(sent)
            with contextlib.suppress(OSError):  # who asked has gone
                self.send_response(status)
                self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    device.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield device
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
