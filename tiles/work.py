"""Work over all cores: one function over many items, with progress, and stopped at once by Ctrl-C."""

import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]


def run(
    task: Callable[[Item], Result], items: Sequence[Item], *, workers: int, progress: Progress | None = None
) -> list[Result]:
    """Apply ``task`` to every item; results in the order of the items.

    ``task`` and the items are pickled, so ``task`` is a module-level function or a ``partial`` of one. With one
    worker, or one item, everything happens in this process. The first error stops the rest and is raised;
    so does Ctrl-C.

    Parameters
    ----------
    workers : int
        Processes.
    progress : callable, optional
        Told (done, total) after each item, in this process.
    """
    tell = progress or (lambda _done, _total: None)
    tell(0, len(items))
    if workers <= 1 or len(items) <= 1:
        results = []
        for done, item in enumerate(items, start=1):
            results.append(task(item))
            tell(done, len(items))
        return results
    return _pooled(task, items, min(workers, len(items)), tell)


class Crew:
    """Processes for several streams of work one after the other; started when they are first needed."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if self._pool is not None and kind is not None:
            self.stop()
        elif self._pool is not None:
            self._pool.shutdown()

    def pool(self, task: Callable[..., Any]) -> ProcessPoolExecutor:
        """The processes, started with the imports of ``task`` done."""
        if self._pool is None:
            self._pool = _pool(task, self.workers)
        return self._pool

    def stop(self) -> None:
        """End the processes at once; others are started when they are needed again."""
        if self._pool is not None:
            _stop(self._pool)
        self._pool = None


def stream(
    task: Callable[[Item], Result], items: Iterable[Item], *, workers: int, ahead: int = 4, crew: Crew | None = None
) -> Generator[tuple[Item, Result], None, None]:
    """Apply ``task`` to items and yield each with its result as it is done, in no order.

    No more than ``ahead`` items a worker are taken ahead of their turn, so that neither items nor results pile
    up. Otherwise as ``run``; leaving the iteration early ends the workers. A ``crew`` given goes on after it, unless
    it is left early.
    """
    if workers <= 1:
        for item in items:
            yield item, task(item)
        return
    crew, own = crew or Crew(workers), crew is None
    pool = crew.pool(task)
    waiting: dict[Future[Result], Item] = {}
    left, more = iter(items), True
    try:
        while more or waiting:
            while more and len(waiting) < ahead * workers:
                try:
                    item = next(left)
                except StopIteration:
                    more = False
                    break
                waiting[pool.submit(task, item)] = item
            for future in wait(waiting, return_when=FIRST_COMPLETED).done if waiting else ():
                yield waiting.pop(future), future.result()
    except BaseException:
        crew.stop()
        raise
    if own:
        pool.shutdown()


def _pooled(task: Callable[[Item], Result], items: Sequence[Item], workers: int, tell: Progress) -> list[Result]:
    pool = _pool(task, workers)
    futures: list[Future[Result]] = []
    try:
        futures = [pool.submit(task, item) for item in items]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            tell(done, len(items))
    except BaseException:
        _stop(pool)
        raise
    pool.shutdown()
    return [future.result() for future in futures]


def _pool(task: Callable[..., Any], workers: int) -> ProcessPoolExecutor:
    # Not plain fork: this process has threads (GDAL, numba, progress bars) that a fork would leave half alive.
    context = multiprocessing.get_context("forkserver" if _HAS_FORKSERVER else "spawn")
    # The task's imports are done once, before the workers are forked off.
    context.set_forkserver_preload([getattr(task, "func", task).__module__])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_worker)


_HAS_FORKSERVER = "forkserver" in multiprocessing.get_all_start_methods()


def _worker() -> None:
    """Leave Ctrl-C to the parent, which ends the workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers without waiting for the items that they are at; files are written atomically."""
    processes: dict[int, Any] = dict(getattr(pool, "_processes", None) or {})
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes.values():
        process.terminate()
