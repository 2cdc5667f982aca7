"""OGC documents as simple pages: lists, links and tables from the JSON itself."""

import json
from html import escape
from typing import Any

from geoserver.pages import document
from geoserver.words import Lang


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
    items = "".join(
        f'<li><a href="{escape(one["href"])}">{escape(one["title"])}</a> '
        f'<span class="small">{escape(one["rel"])}, {escape(one["type"])}</span></li>'
        for one in links
    )
    return f"<ul>{items}</ul>"


def _table(features: list[dict[str, Any]]) -> str:
    names = ("name", "tier", "type", "owner", "status")
    present = [name for name in names if any(name in one["properties"] for one in features)]
    head = "".join(f"<th>{escape(name)}</th>" for name in ("id", *present))
    rows = "".join(
        f'<tr><td><a href="items/{escape(one["id"])}?f=html">{escape(one["id"])}</a></td>'
        + "".join(f"<td>{escape(str(one['properties'].get(name, '')))}</td>" for name in present)
        + "</tr>"
        for one in features
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _facts(values: dict[str, Any]) -> str:
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{_cell(value)}</td></tr>" for name, value in values.items())
    return f"<table>{rows}</table>"


def _cell(value: Any) -> str:
    return escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
