"""What the command line shows: progress bars on a terminal, a line a stage in a pipe, JSON lines if asked."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console as Screen
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from geoserver.fault_words import fault_words, plain
from geoserver.settings import locale_from_environment
from geoserver.words import Lang, command_line_language, say
from tiles.errors import Fault

QUIET_S = 0.5
"""JSON progress lines of one stage come no closer than this, but for the last."""


class Console:
    """One command's voice. Results go to standard output, progress and faults to standard error."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.lang: Lang = command_line_language(locale_from_environment())
        self.started = time.perf_counter()
        self._out = Screen(highlight=False, soft_wrap=True)
        self._err = Screen(stderr=True, highlight=False, soft_wrap=True)
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._stages: dict[str, tuple[float, float]] = {}
        level = logging.INFO if self._err.is_terminal and not as_json else logging.WARNING
        handler = RichHandler(console=self._err, show_path=False, rich_tracebacks=False)
        logging.basicConfig(level=level, format="%(message)s", handlers=[handler], force=True)

    def tell(self, code: str, **values: Any) -> None:
        """A result, by code: a sentence for people, an event for programs."""
        if self.as_json:
            self.event(code, **values)
        else:
            self._out.print(say(self.lang, "command", code, values, default=f"{code} {values}"), markup=False)

    def event(self, event: str, **values: Any) -> None:
        """A JSON line."""
        line = json.dumps({"event": event, **values}, ensure_ascii=False, default=str)
        self._out.print(line, markup=False, soft_wrap=True)

    def fault(self, fault: Fault) -> None:
        """What went wrong: file, row, value, remedy; no traceback."""
        title, detail = fault_words(fault, self.lang)
        if self.as_json:
            values = {name: plain(value) for name, value in fault.values.items()}
            self.event("fault", **values | {"code": fault.code, "title": title, "detail": detail})
        else:
            self._err.print(f"{title}: {detail}", markup=False, style="red")

    def row(self, fault: Any) -> None:
        """What is wrong with one row of a file."""
        if self.as_json:
            self.event("row", **fault)
        else:
            self._err.print(say(self.lang, "command", "row", fault), markup=False, style="yellow")

    def notice(self, notice: Mapping[str, Any]) -> None:
        """What a build refused or changed of one row of a source."""
        if self.as_json:
            self.event("notice", **notice)
        else:
            self._err.print(say(self.lang, "command", "notice", notice), markup=False, style="yellow")

    @contextmanager
    def progress(self) -> Iterator[None]:
        """Show bars while stages are reported."""
        if self.as_json or not self._err.is_terminal:
            yield
            return
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")
        with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self._err) as bars:
            self._bars = bars
            try:
                yield
            finally:
                self._bars, self._tasks = None, {}

    def stage(self, name: str, done: float, total: float) -> None:
        """How far a stage is."""
        now = time.perf_counter()
        started, last = self._stages.setdefault(name, (now, 0.0))
        finished = done >= total
        if self._bars is not None:
            title = say(self.lang, "command", f"stage-{name}", {}, default=name)
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(title, total=total)
            self._bars.update(self._tasks[name], completed=done, total=total)
        elif self.as_json and (finished or now - last >= QUIET_S):
            self.event("progress", stage=name, done=done, total=total, seconds=round(now - started, 2))
        elif finished and not self.as_json and last >= 0:
            title = say(self.lang, "command", f"stage-{name}", {}, default=name)
            self._err.print(f"{title}: {now - started:.1f} s", markup=False)
        self._stages[name] = (started, -1.0 if finished else now)
