"""Figures of the cameras' health in Prometheus's text form."""

from geoserver.health.rounds import Rounds
from geoserver.services import Services
from layers.health.rates import expected


def health_figures(services: Services, rounds: Rounds) -> str:
    """How cameras are, of the whole city, and how checking goes in this process.

    A round's duration is told by the process that checks, once it has been all around.
    """
    some = [services.health.of(id_) for id_, camera in services.now.fleet.cameras.items() if expected(camera)]
    online = [one.online for one in some]
    states = {"online": online.count(True), "offline": online.count(False), "unknown": online.count(None)}
    lines = [
        "# TYPE geoserver_health_cameras gauge",
        *(f'geoserver_health_cameras{{state="{state}"}} {count}' for state, count in states.items()),
        "# TYPE geoserver_health_faulty_cameras gauge",
        f"geoserver_health_faulty_cameras {sum(bool(one.faults) for one in some)}",
        "# TYPE geoserver_health_checks_total counter",
        f'geoserver_health_checks_total{{check="reach"}} {rounds.tried}',
        f'geoserver_health_checks_total{{check="picture"}} {rounds.judged}',
    ]
    if rounds.round_s is not None:
        lines += ["# TYPE geoserver_health_round_seconds gauge", f"geoserver_health_round_seconds {rounds.round_s:.1f}"]
    return "\n".join(lines) + "\n"
