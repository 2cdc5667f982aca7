"""Opens the series of fixes that goes with a city's database."""

from pathlib import Path

from geoserver.series.fixes import FixSeries
from geoserver.settings import Settings
from geoserver.storage.opening import SCHEMES

FOLDER = "series"


def open_fixes(settings: Settings) -> FixSeries:
    """Fixes beside the records: in the same PostgreSQL, or in a folder of the city.

    Raises
    ------
    BadDatabase, SeriesUnusable
    """
    address = settings.database
    if isinstance(address, str) and address.startswith(SCHEMES):
        from geoserver.series.postgres import PostgresSeries  # its driver is loaded where it is used

        return PostgresSeries.open(address)
    from geoserver.series.sqlite import SqliteSeries

    return SqliteSeries.open(Path(address).parent / FOLDER)
