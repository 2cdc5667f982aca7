"""CSV with the delimiters that are met."""

import csv
import io

from layers.cameras.lists.grid import Grid, Reading, UnreadableList
from layers.cameras.lists.headers import grid_of

DELIMITERS = ",;\t|"


def read_csv(content: str, file: str, reading: Reading) -> Grid:
    """Lines of a CSV file; a line's number is that of its last line in the file.

    Raises
    ------
    UnreadableList
    """
    reader = csv.reader(
        io.StringIO(content.replace("\0", ""), newline=None), delimiter=_delimiter(content), strict=False
    )
    try:
        rows = [(reader.line_num, line) for line in reader]
    except csv.Error as problem:
        raise UnreadableList(file, "bad-csv", line=reader.line_num, what=str(problem)) from problem
    return grid_of("csv", rows, reading, file)


def _delimiter(content: str) -> str:
    """The delimiter that the first line with any has most of."""
    for line in content.splitlines()[:25]:
        if any(mark in line for mark in DELIMITERS):
            return max(DELIMITERS, key=line.count)
    return ","
