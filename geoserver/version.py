"""The version of this server, from the installed package."""

from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("geoserver")
    except PackageNotFoundError:
        return "0.0.0+source"


VERSION = _version()
