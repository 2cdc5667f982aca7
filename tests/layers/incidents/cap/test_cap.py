"""CAP: files of other systems, what is refused and why, and what goes out comes back."""

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.incidents.cap.alert import Alert, Area, Circle, Info
from layers.incidents.cap.read import BadAlert
from layers.incidents.cap.write import as_cap
from tests.layers.incidents.cap.builders import read_alert

HEAD = {
    "identifier": "a-1",
    "sender": "hall@example.test",
    "sent": "2026-11-23T08:00:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}
INFO = {"category": "Fire", "event": "火灾", "urgency": "Immediate", "severity": "Severe", "certainty": "Observed"}


def document(change: dict[str, str | None] | None = None, info: str | None = None, before: str = "") -> bytes:
    """An alert; elements may be changed, or left out (None)."""
    head = {**HEAD, **(change or {})}
    inner = info if info is not None else "".join(f"<{tag}>{text}</{tag}>" for tag, text in INFO.items())
    tags = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in head.items() if text is not None)
    whole = f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{tags}<info>{inner}</info></alert>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{whole}'.encode()


def test_an_alert_is_read() -> None:
    area = "<area><areaDesc>海勃湾</areaDesc><polygon>39.6,106.8 39.7,106.8 39.7,106.9 39.6,106.8</polygon>"
    area += "<circle>39.65,106.85 1.5</circle></area>"
    inner = "".join(f"<{tag}>{text}</{tag}>" for tag, text in INFO.items()) + area
    read = read_alert(document(info=inner))
    assert (read.identifier, read.sent.isoformat(), read.is_exercise) == ("a-1", "2026-11-23T08:00:00+08:00", False)
    (found,) = read.infos[0].areas
    assert found.polygons[0][0] == (106.8, 39.6), "longitude comes first here, latitude first there"
    assert found.circles == (Circle(centre=(106.85, 39.65), radius_m=1_500),)


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"scope": None}, "scope"),
        ({"status": "Real"}, "status"),
        ({"msgType": "alert"}, "msgType"),
        ({"sent": "2026-11-23T08:00:00"}, "sent"),
        ({"sent": "2026-13-23T08:00:00+08:00"}, "sent"),
        ({"sent": "yesterday"}, "sent"),
        ({"identifier": "a 1"}, "identifier"),
        ({"sender": "a,b"}, "sender"),
        ({"references": "nobody"}, "references"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, str | None], element: str) -> None:
    with pytest.raises(BadAlert, match=element):
        read_alert(document(change))


@pytest.mark.parametrize(
    "shape", ["<polygon>39.6,106.8 39.7</polygon>", "<polygon>1,2</polygon>", "<circle>95,0 1</circle>",
              "<circle>39,106 far</circle>", "<circle>39,106 -1</circle>", "<polygon>nan,1 2,3 4,5</polygon>"],
)  # fmt: skip
def test_a_shape_that_is_none_is_refused(shape: str) -> None:
    inner = "".join(f"<{tag}>{text}</{tag}>" for tag, text in INFO.items()) + f"<area>{shape}</area>"
    with pytest.raises(BadAlert):
        read_alert(document(info=inner))


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE alert [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_entities_and_definitions_are_never_read(hostile: str) -> None:
    with pytest.raises(BadAlert, match="DOCTYPE"):
        read_alert(document(before=hostile))


@pytest.mark.parametrize("data", [b"", b"<alert/>", b"\xff\xfe\x00", b"<alert", b'<alert xmlns="urn:other"/>'])
def test_what_is_no_alert_is_refused(data: bytes) -> None:
    with pytest.raises(BadAlert):
        read_alert(data)


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=60)
names = st.from_regex(r"[A-Za-z0-9@.:/-]{1,40}", fullmatch=True)
times = st.datetimes(timezones=st.timezones()).filter(lambda at: 1971 < at.year < 2199).map(
    lambda at: at.replace(microsecond=0)
)  # fmt: skip
infos = st.builds(
    Info,
    categories=st.just(("Fire", "Met")),
    event=st.just("flood"),
    urgency=st.sampled_from(["Immediate", "Past"]),
    severity=st.sampled_from(["Extreme", "Unknown"]),
    certainty=st.just("Likely"),
    headline=texts.map(str.strip),
    description=texts.map(str.strip),
    effective=st.none(),
    onset=st.none(),
    expires=st.none(),
    areas=st.just((Area(description="x", circles=(Circle(centre=(106.8, 39.6), radius_m=250),)),)),
)
alerts = st.builds(
    Alert,
    identifier=names,
    sender=names,
    sent=st.just("2026-11-23T08:00:00+00:00"),
    status=st.sampled_from(["Actual", "Exercise", "Test"]),
    message_type=st.sampled_from(["Alert", "Update", "Cancel"]),
    scope=st.just("Public"),
    references=st.just(()),
    note=texts.map(str.strip),
    source=st.just(""),
    version=st.just("1.2"),
    infos=st.lists(infos, max_size=2).map(tuple),
)


@given(alerts)
def test_what_goes_out_comes_back(alert: Alert) -> None:
    assert read_alert(as_cap(alert)) == alert


def test_files_of_other_systems(shared_data: Path) -> None:
    told = {}
    for file in sorted((shared_data / "incidents" / "cap").glob("*.cap")):
        try:
            alert = read_alert(file.read_bytes())
            told[file.stem] = f"{alert.version} {alert.message_type} {len(alert.infos)}"
        except BadAlert as refused:
            told[file.stem] = str(refused)
        print(file.name, told[file.stem])
    assert told.pop("invalid") == "scope: is missing."
    assert all(words[:3] in ("1.1", "1.2") for words in told.values()), told
