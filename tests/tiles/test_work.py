import os
import time
from functools import partial

import pytest

from tiles.work import run, stream


def _square(offset, number):
    return number * number + offset


def _where(_):
    time.sleep(0.05)
    return os.getpid()


def _fail_at(bad, number):
    if number == bad:
        raise ValueError(f"item {number}")
    time.sleep(0.2)
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_keep_the_order_and_progress_counts(workers):
    told = []
    got = run(partial(_square, 3), range(20), workers=workers, progress=lambda *n: told.append(n))
    assert got == [n * n + 3 for n in range(20)]
    assert told[0] == (0, 20)
    assert told[-1] == (20, 20)
    assert [n for n, _ in told] == list(range(21))


def test_work_leaves_this_process():
    pids = set(run(_where, range(8), workers=2))
    assert os.getpid() not in pids
    assert len(pids) == 2


def test_the_first_error_stops_the_rest():
    begun = time.monotonic()
    with pytest.raises(ValueError, match="item 1"):
        run(partial(_fail_at, 1), range(200), workers=2)
    assert time.monotonic() - begun < 15


def test_a_stop_from_progress_ends_the_pool():
    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(partial(_fail_at, -1), range(200), workers=2, progress=stop)
    assert time.monotonic() - begun < 15


def test_nothing_to_do():
    assert run(_where, [], workers=2) == []


@pytest.mark.parametrize("workers", [1, 3])
def test_a_stream_gives_every_item_with_its_result_and_takes_few_ahead(workers):
    taken = []

    def items():
        for number in range(20):
            taken.append(number)
            yield number

    found = stream(partial(_square, 5), items(), workers=workers, ahead=2)
    first = next(found)
    assert len(taken) <= 2 * workers + 1
    assert dict([first, *found]) == {number: number * number + 5 for number in range(20)}


def test_an_error_ends_a_stream():
    with pytest.raises(ValueError, match="item 2"):
        list(stream(partial(_fail_at, 2), range(40), workers=2))
