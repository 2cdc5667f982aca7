"""OGC documents as simple pages: lists, links and tables from the JSON itself."""

import json
from html import escape
from typing import Any

from geoserver.pages import document
from geoserver.words import Lang

COLUMNS = 8
"""Of a table of items; the rest stands on each item's own page."""
_PAGING = frozenset({"next", "prev"})


def page(content: dict[str, Any], lang: Lang) -> str:
    """Any of the documents as a page."""
    title = str(content.get("title") or content.get("id") or content.get("info", {}).get("title") or "GeoServer")
    body = _links(content.get("links", []))
    if "collections" in content:
        body += "".join(f"<h2>{escape(one['title'])}</h2>{_links(one['links'])}" for one in content["collections"])
    elif "features" in content:
        body = f"<p>{content['numberReturned']} / {content['numberMatched']}</p>{body}{_table(content['features'])}"
    elif "properties" in content and "geometry" in content:
        rows = {"geometry": content["geometry"], **content["properties"]}
        body += _facts(rows)
    elif "conformsTo" in content:
        body += "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in content["conformsTo"]) + "</ul>"
    elif "description" in content:
        body = f"<p>{escape(content['description'])}</p>{body}"
    else:
        body += f"<pre>{escape(json.dumps(content, indent=1, ensure_ascii=False))}</pre>"
    return document(title, body, lang)


def _links(links: list[dict[str, str]]) -> str:
    """Whoever reads a page turns to pages."""
    items = "".join(
        f'<li><a href="{escape(_as_page(one))}">{escape(one["title"])}</a> '
        f'<span class="small">{escape(one["rel"])}, {escape(one["type"])}</span></li>'
        for one in links
    )
    return f"<ul>{items}</ul>"


def _as_page(link: dict[str, str]) -> str:
    return link["href"].replace("f=json", "f=html") if link["rel"] in _PAGING else link["href"]


def _table(features: list[dict[str, Any]]) -> str:
    names = _told_by(features)
    head = "".join(f"<th>{escape(name)}</th>" for name in ("id", *names))
    rows = "".join(
        f'<tr><td><a href="items/{escape(one["id"])}?f=html">{escape(one["id"])}</a></td>'
        + "".join(f"<td>{escape(str(one['properties'].get(name, '')))}</td>" for name in names)
        + "</tr>"
        for one in features
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _told_by(features: list[dict[str, Any]]) -> list[str]:
    """Names of plain properties that tell something of some of the features, as they stand in them."""
    plain: dict[str, None] = {}
    for one in features:
        for name, value in one["properties"].items():
            if name not in ("id", "version") and isinstance(value, str | int | float) and value != "":
                plain.setdefault(name)
    return list(plain)[:COLUMNS]


def _facts(values: dict[str, Any]) -> str:
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{_cell(value)}</td></tr>" for name, value in values.items())
    return f"<table>{rows}</table>"


def _cell(value: Any) -> str:
    return escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
