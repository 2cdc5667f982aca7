"""Figures for who operates a server, in Prometheus's text form: its condition, its clients, its process."""

import os
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geoserver.condition import Condition
from geoserver.coverage_service import Progress
from geoserver.live.feed import MOST as MOST_CLIENTS
from geoserver.streams.gateway import Stats

_STARTED_S = time.time()
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Figure:
    """One number with its name and what it means."""

    name: str
    value: float
    meaning: str
    kind: str = "gauge"


@dataclass(frozen=True)
class Flow:
    """What goes through one process.

    Attributes
    ----------
    clients : who follow the live feed
    streams : what is read of cameras, and for how many
    viewings : pictures that somebody has open
    looks : looks that wait to be noted in the journal
    coverage : what the worker on coverage is at
    """

    clients: int
    streams: Stats
    viewings: int
    looks: int
    coverage: Progress


def operating_figures(condition: Condition, flow: Flow) -> str:
    """All of them. What is not known is left out."""
    return as_text([*_of_condition(condition), *_of_flow(flow), *_of_process()])


def as_text(figures: Iterable[Figure]) -> str:
    """Figures in Prometheus's text form."""
    lines = (f"# HELP {f.name} {f.meaning}\n# TYPE {f.name} {f.kind}\n{f.name} {f.value:.15g}\n" for f in figures)
    return "".join(lines)


def _of_condition(of: Condition) -> Iterator[Figure]:
    yield Figure("geoserver_ready", of.is_ready, "Whether people can work with this server.")
    yield Figure("geoserver_database_reachable", of.has_database, "Whether the database answers.")
    if of.database_s is not None:
        yield Figure("geoserver_database_answer_seconds", of.database_s, "What it took to answer.")
    if of.head is not None:
        yield Figure("geoserver_journal_head", of.head, "Last row of the journal, looks included.")
        yield Figure("geoserver_journal_unsealed_rows", of.head - (of.sealed or 0), "Rows after the last seal.")
    if of.sealed_at is not None:
        yield Figure("geoserver_journal_sealed_timestamp_seconds", of.sealed_at, "When the last seal was made.")
    yield Figure("geoserver_disk_free_bytes", of.free_bytes, "Free on the disk of the city's folder.")
    yield Figure("geoserver_disk_bytes", of.disk_bytes, "Size of the disk of the city's folder.")


def _of_flow(flow: Flow) -> Iterator[Figure]:
    yield Figure("geoserver_live_clients", flow.clients, "Who follow the live feed.")
    yield Figure("geoserver_live_clients_allowed", MOST_CLIENTS, "As many as may.")
    yield Figure("geoserver_streams_open", flow.streams.readers, "Streams that are read.")
    yield Figure("geoserver_stream_threads", flow.streams.threads, "Threads of readers, ending ones included.")
    yield Figure("geoserver_stream_viewers", flow.streams.viewers, "Who are sent streams.")
    yield Figure("geoserver_stream_kept_bytes", flow.streams.bytes, "Kept of streams, for clips and HLS.")
    yield Figure("geoserver_viewings", flow.viewings, "Pictures that somebody has open.")
    yield Figure("geoserver_looks_waiting", flow.looks, "Looks that wait to be noted in the journal.")
    yield Figure("geoserver_coverage_ready", flow.coverage.state == "ready", "Whether coverage is up to date.")
    waiting = max(flow.coverage.total - flow.coverage.done, 0)
    yield Figure("geoserver_coverage_waiting", waiting, "Steps that the present work on coverage still has.")


def _of_process() -> Iterator[Figure]:
    """By the names that Prometheus's own clients use; from what Linux tells of every process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = used.ru_utime + used.ru_stime
    yield Figure("process_cpu_seconds_total", cpu_s, "Processor time of this process.", "counter")
    yield Figure("process_start_time_seconds", _STARTED_S, "When this process began.")
    resident = Path("/proc/self/statm")
    if resident.exists():
        pages = int(resident.read_text("ascii").split()[1])
        yield Figure("process_resident_memory_bytes", pages * _PAGE_BYTES, "Memory in use.")
        yield Figure("process_open_fds", len(os.listdir("/proc/self/fd")), "Open files and connections.")
        yield Figure("process_max_fds", resource.getrlimit(resource.RLIMIT_NOFILE)[0], "As many as may be open.")
