"""GDAL's viewshed through the C library inside the pyogrio wheel: the peer that ours is measured against."""

import ctypes
from ctypes import byref, c_char_p, c_double, c_int, c_void_p
from pathlib import Path

import numpy as np
import pyogrio
from numpy.typing import NDArray

FLOAT32, BYTE, READ, WRITE = 6, 1, 0, 1
EDGE_MODE, NORMAL_OUTPUT = 2, 1


def _library() -> ctypes.CDLL:
    folder = Path(pyogrio.__file__).parent
    for place in (folder.parent / "pyogrio.libs", folder / ".dylibs"):
        for found in sorted(place.glob("libgdal*")):
            return _typed(ctypes.CDLL(str(found)))
    raise FileNotFoundError("pyogrio's wheel brings no libgdal here")


def _typed(gdal: ctypes.CDLL) -> ctypes.CDLL:
    for name in ("GDALGetDriverByName", "GDALCreate", "GDALGetRasterBand", "GDALViewshedGenerate"):
        getattr(gdal, name).restype = c_void_p
    gdal.GDALVersionInfo.restype = c_char_p
    gdal.GDALAllRegister()
    return gdal


class GdalViewshed:
    """A raster in GDAL's memory driver, 1 m cells, and its viewsheds in edge mode without curvature."""

    def __init__(self, heights_m: NDArray[np.float32]) -> None:
        self._gdal = _library()
        rows, cols = heights_m.shape
        driver = self._gdal.GDALGetDriverByName(b"MEM")
        self._source = self._gdal.GDALCreate(c_void_p(driver), b"", cols, rows, 1, FLOAT32, None)
        place = (c_double * 6)(0, 1, 0, rows, 0, -1)
        self._gdal.GDALSetGeoTransform(c_void_p(self._source), place)
        self._rows = rows
        self._band = self._gdal.GDALGetRasterBand(c_void_p(self._source), 1)
        whole = np.ascontiguousarray(heights_m)
        self._transfer(self._band, WRITE, whole, FLOAT32)

    @property
    def version(self) -> str:
        """Release of the library."""
        return str(self._gdal.GDALVersionInfo(b"RELEASE_NAME").decode())

    def _transfer(self, band: int, way: int, array: NDArray, kind: int) -> None:
        rows, cols = array.shape
        data = array.ctypes.data_as(c_void_p)
        done = self._gdal.GDALRasterIO(
            c_void_p(band), way, 0, 0, cols, rows, data, cols, rows, kind, c_int(0), c_int(0)
        )
        if done != 0:
            raise OSError("GDALRasterIO failed")

    def generate(self, observer: tuple[int, int, float], radius_m: float, target_m: float = 1.5) -> int:
        """Compute one viewshed; the handle of GDAL's dataset."""
        row, col, height = observer
        numbers = [col + 0.5, self._rows - row - 0.5, height, target_m, 1.0, 0.0, 2.0, -1.0, 0.0]
        made = self._gdal.GDALViewshedGenerate(
            c_void_p(self._band), b"MEM", b"", None, *(c_double(n) for n in numbers),
            c_int(EDGE_MODE), c_double(radius_m), None, None, c_int(NORMAL_OUTPUT), None,
        )  # fmt: skip
        if not made:
            raise OSError("GDALViewshedGenerate failed")
        return int(made)

    def close(self, dataset: int) -> None:
        """Free a dataset of ``generate``."""
        self._gdal.GDALClose(c_void_p(dataset))

    def verdicts(self, observer: tuple[int, int, float], radius_m: float) -> NDArray[np.bool_]:
        """What GDAL sees, on the square of the radius around the observer."""
        dataset = self.generate(observer, radius_m)
        gdal, handle = self._gdal, c_void_p(dataset)
        cols, rows = gdal.GDALGetRasterXSize(handle), gdal.GDALGetRasterYSize(handle)
        place = (c_double * 6)()
        gdal.GDALGetGeoTransform(handle, byref(place))
        seen = np.zeros((rows, cols), np.uint8)
        self._transfer(gdal.GDALGetRasterBand(handle, 1), READ, seen, BYTE)
        self.close(dataset)
        reach = int(radius_m)
        top, left = round(self._rows - place[3]), round(place[0])
        out = np.zeros((2 * reach + 1, 2 * reach + 1), np.bool_)
        r0, c0 = observer[0] - reach, observer[1] - reach
        a, b = max(r0, top), max(c0, left)
        c, d = min(r0 + len(out), top + rows), min(c0 + len(out), left + cols)
        out[a - r0 : c - r0, b - c0 : d - c0] = seen[a - top : c - top, b - left : d - left] == 1
        return out
