"""Small readable pages that need no script and nothing from elsewhere."""

import json
from html import escape
from typing import Any

from geoserver.words import Lang, say, sentences

STYLE = """
:root{color-scheme:dark light}body{font:16px/1.5 system-ui,"Noto Sans SC",sans-serif;margin:2rem auto;
max-width:60rem;padding:0 1rem}code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #8884;vertical-align:top}details{border-bottom:1px solid #8884;padding:.4rem 0}
summary{cursor:pointer}.verb{display:inline-block;min-width:3.5rem;font-weight:700}.small{opacity:.75}
"""


def document(title: str, body: str, lang: Lang) -> str:
    """A whole page; ``body`` is markup, ``title`` is text."""
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def no_client(lang: Lang) -> str:
    """Shown at / while the client is not built."""
    title = say(lang, "command", "no-client-title", {})
    text = escape(say(lang, "command", "no-client", {}))
    links = "".join(f'<li><a href="{path}">{path}</a></li>' for path in ("/docs", "/ogc/", "/health"))
    return document(
        title, f"<p>{text}</p><pre>cd frontend &amp;&amp; npm ci &amp;&amp; npm run build</pre><ul>{links}</ul>", lang
    )


def problem(code: str, lang: Lang) -> str:
    """What a problem means."""
    title = say(lang, "title", code, {}, default=code)
    known = code in sentences(lang)["title"]
    template = sentences(lang)["fault"].get(code, "") if known else say(lang, "command", "unknown-problem", {})
    return document(title, f"<p><code>/problems/{escape(code)}</code></p><p>{escape(template)}</p>", lang)


def operations(openapi: dict[str, Any], lang: Lang) -> str:
    """All operations of an OpenAPI document."""
    tags: dict[str, list[str]] = {}
    for path, verbs in openapi["paths"].items():
        for verb, operation in verbs.items():
            tags.setdefault(operation.get("tags", ["system"])[0], []).append(_operation(path, verb, operation))
    parts = [f"<h2>{escape(tag)}</h2>{''.join(rows)}" for tag, rows in sorted(tags.items())]
    intro = f'<p>{escape(openapi["info"].get("summary", ""))} <a href="/openapi.json">/openapi.json</a> · '
    intro += '<a href="/ogc/">/ogc/</a> · <a href="/metrics">/metrics</a></p>'
    schemas = "".join(
        f'<details id="{escape(name)}"><summary><code>{escape(name)}</code> '
        f"{escape(schema.get('description', ''))}</summary><pre>{_json(schema)}</pre></details>"
        for name, schema in sorted(openapi["components"]["schemas"].items())
    )
    title = f"{openapi['info']['title']} {openapi['info']['version']}"
    return document(title, f"{intro}{''.join(parts)}<h2>JSON</h2>{schemas}", lang)


def _operation(path: str, verb: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{'*' if one.get('required') else ''}</td>"
        f"<td>{escape(_kind(one['schema']))}</td><td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", [])
    )
    answer = operation["responses"].get("200", {}).get("content", {})
    return (
        f'<details><summary><span class="verb">{verb.upper()}</span><code>{escape(path)}</code> '
        f'<span class="small">{escape(operation.get("description") or operation.get("summary", ""))}</span>'
        f"</summary><table>{rows}</table><p>{_answers(answer)}</p></details>"
    )


def _answers(content: dict[str, Any]) -> str:
    parts = []
    for media_type, body in content.items():
        name = body.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        target = f' <a href="#{escape(name)}"><code>{escape(name)}</code></a>' if name else ""
        parts.append(f"→ <code>{escape(media_type)}</code>{target}")
    return "<br>".join(parts)


def _kind(schema: dict[str, Any]) -> str:
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    one = options[0]
    text = " | ".join(map(str, one["enum"])) if "enum" in one else str(one.get("type", ""))
    low, high = one.get("minimum", one.get("exclusiveMinimum")), one.get("maximum")
    if low is not None or high is not None:
        text += f" {'' if low is None else low}…{'' if high is None else high}"
    return text + (f" = {schema['default']}" if "default" in schema else "")


def _json(value: Any) -> str:
    return escape(json.dumps(value, indent=1, ensure_ascii=False))
