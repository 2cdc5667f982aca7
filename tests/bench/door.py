"""What knowing the caller costs a request.

``python -m tests.bench.door`` : a caller remembered and one looked up (SQLite), and the server's floor with and
without a caller (``/health``), over HTTP, in turn.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from http.client import HTTPConnection
from pathlib import Path

from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.remembered import Remembered
from geoserver.accounts.service import City, SignIn
from geoserver.settings import Settings
from layers.grants.tree import AreaTree
from tests import door
from tests.bench.link import quantiles
from tests.geoserver.conftest import flat_services, serving

ROUNDS = 2_000


def timed(work: Callable[[], object]) -> list[float]:
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return took[ROUNDS // 10 :]


def looked_up(folder: Path) -> None:
    with closing(KeptAccounts.open(folder / "city.sqlite")) as accounts:
        key, cookie = door.keys_of(accounts, door.EVERYONE, door.POSTS)
        remembered = Remembered(SignIn(accounts, door.CHEAP, lambda: City(AreaTree(), UTC)))
        for name, secret, is_token in (("session", cookie, False), ("token", key, True)):
            took = timed(lambda secret=secret, is_token=is_token: remembered.ask(secret, is_token=is_token))
            print(f"  {name}, looked up   {quantiles(took, 'µs')}")
        print(f"  remembered          {quantiles(timed(lambda: remembered.at_hand(key)), 'µs')}")


def over_http(folder: Path) -> None:
    nobody, somebody = list[float](), list[float]()
    with flat_services(folder) as services, serving(Settings(folder=folder), services) as address:
        with closing(HTTPConnection(address.removeprefix("http://"), timeout=30)) as client:
            known = door.headers(address)
            for _ in range(ROUNDS):
                for took, headers in ((nobody, {}), (somebody, known)):
                    start = time.perf_counter()
                    client.request("GET", "/health", headers=headers)
                    client.getresponse().read()
                    took.append(time.perf_counter() - start)
    print(f"  /health, nobody     {quantiles(nobody, 'ms')}")
    print(f"  /health, a caller   {quantiles(somebody, 'ms')}")
    print(f"  ratio of medians    {statistics.median(somebody) / statistics.median(nobody):.2f}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        looked_up(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        over_http(Path(folder))


if __name__ == "__main__":
    main()
