"""What was computed is kept, computed once, and bounded."""

import threading

import pytest

from geoserver.derived import Derived


def test_many_who_ask_at_once_wait_for_one_result() -> None:
    derived, made, gate = Derived(), [], threading.Event()

    def make() -> int:
        gate.wait(5)
        made.append(1)
        return 7

    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(derived.get("k", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert got == [7] * 8
    assert len(made) == 1


def test_only_the_last_are_kept() -> None:
    derived, made = Derived(size=2), []
    for key in (1, 2, 3, 3, 1):
        derived.get(key, lambda key=key: made.append(key))
    assert made == [1, 2, 3, 1]


def test_a_failure_is_not_kept() -> None:
    derived = Derived()
    with pytest.raises(ZeroDivisionError):
        derived.get("k", lambda: 1 // 0)
    assert derived.get("k", lambda: 5) == 5
