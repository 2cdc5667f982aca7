"""The month's assessment as a file: CSV, or a workbook, with who took it away and when."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal

from openpyxl import Workbook

from geoserver.export_rows import harmless
from geoserver.words import Lang, say

Form = Literal["csv", "xlsx"]
MEDIA: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sheet(rows: Sequence[dict[str, Any]], mark: str, form: Form, lang: Lang) -> bytes:
    """A table with headings in a language; its last line is the mark."""
    names = list(rows[0]) if rows else []
    lines: list[list[Any]] = [[say(lang, "column", f"assessment-{name}", {}, default=name) for name in names]]
    lines += [[harmless("" if value is None else value) for value in row.values()] for row in rows]
    lines.append([mark])
    if form == "csv":
        out = io.StringIO(newline="")
        csv.writer(out).writerows(lines)
        return out.getvalue().encode("utf-8-sig")
    book = Workbook()
    page = book.active
    for line in lines:
        page.append(line)
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()
