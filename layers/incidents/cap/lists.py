"""CAP files as lists of incidents: alerts in, records and a report alert by alert out. Writes nothing."""

from collections.abc import Mapping
from datetime import datetime

from layers.cameras.lists.report import Problem, Severity
from layers.incidents.cap.alert import Alert
from layers.incidents.cap.chains import Chains, take
from layers.incidents.cap.incidents import Town
from layers.incidents.cap.read import BadAlert, read_alerts
from layers.incidents.model import Incident
from layers.listed import ListReport, concluded_rows


def load_alerts(data: bytes, town: Town, known: Mapping[str, Incident], now: datetime) -> ListReport:
    """Read the alerts of a document or feed. The same file loaded twice changes nothing the second time.

    Raises
    ------
    BadAlert
        The file as a whole cannot be used.
    """
    chains = Chains(known.values())
    records: dict[str, Incident] = {}
    problems = []
    found = read_alerts(data)
    for number, alert in enumerate(found, start=1):
        if isinstance(alert, BadAlert):
            problems.append(problem_of(alert, number))
            continue
        taken = take(alert, chains, town, now)
        if taken.why is not None:
            problems.append(problem_of(taken.why, number, alert, refused=taken.outcome == "refused"))
        if taken.incident is not None:
            records[taken.incident.id] = taken.incident
            chains.put(taken.incident)
    return concluded_rows(list(records.values()), known, problems, len(found))


def problem_of(why: BadAlert, number: int, alert: Alert | None = None, *, refused: bool = True) -> Problem:
    """Why an alert was not taken, as a remark on a row of a list."""
    values = {name: value for name, value in why.values.items() if name not in ("element", "reason", "detail")}
    identifier = alert.identifier if alert else ""
    severity: Severity = "refused" if refused else "skipped"
    return Problem(number, identifier, why.element, str(values.get("shown", "")), why.reason, severity, values)
