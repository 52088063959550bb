"""Turns a template and a call into a page, and a refusal into a page that says how to go on. No rule is decided here."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.catalog.model import in_language
from server.errors import Refusal
from server.web.assets import asset, preloads_of, styles_of
from server.web.call import Call
from server.web.embedded import in_frame, is_framed
from server.web.language import NAMES, Language, available

TEMPLATES = Path(__file__).parent.parent / "templates"
BELOW_APPOINTMENT = re.compile(r"(/a/[^/]+|/office/appointments/[^/]+)/")
HEADERS = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}


def render(call: Call, template: str, status: int = 200, **context: Any) -> web.Response:
    """The page in the call's language; never stored by caches, since most pages are somebody's own.

    The answer to a form says with `here` to which address a switch of the language leads back.
    """
    text = environment(call.language.code).get_template(template).render({**_common(call), **context})
    if is_framed(call.request, call.office.settings):
        text = in_frame(text, call.language.code)
    headers = {**HEADERS, "Content-Language": call.language.tag}
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)


async def render_refusal(call: Call, refusal: Refusal) -> web.Response:
    """A refusal as a page: what happened, what to do next, the way back to the appointment, and the city's telephone."""
    opens_at = refusal.extra.get("opens_at")
    page = render(
        call,
        "web/refusal.html",
        refusal.status,
        title=call.language.gettext(refusal.title),
        detail=said(call.language, refusal.message, refusal.params),
        kind=refusal.type,
        opens_at=datetime.fromisoformat(opens_at) if opens_at else None,
        back=_appointment_above(call.request) if opens_at or refusal.status in (409, 410) else "",
        here=call.request.path_qs if call.request.method in ("GET", "HEAD") else "/",
    )
    page.headers.update(refusal.headers)
    return page


def _appointment_above(request: web.Request) -> str:
    """The page of the appointment that an address lies below, a citizen's or the office's; else empty."""
    found = BELOW_APPOINTMENT.match(request.rel_url.raw_path)
    return found[1] if found else ""


def see_other(to: str) -> web.Response:
    """After a form: on to the next page, so that reloading sends nothing twice."""
    return web.Response(status=303, headers={"Location": to, "Cache-Control": "no-store"})


def said(language: Language, text: str, params: Mapping[str, Any]) -> str:
    """A German message id in the reader's language with its {placeholders} filled; instants are written out."""
    shown = {
        key: language.moment(value) if isinstance(value, datetime) else value for key, value in params.items()
    }
    translated = language.gettext(text) if text else ""
    return translated.format(**shown) if shown else translated


def euros(cents: int, language: Language) -> str:
    """Like "13,00 €" in German, "€13.00" in English."""
    amount = f"{cents // 100}.{cents % 100:02d}"
    return f"{amount.replace('.', ',')} €" if language.babel == "de" else f"€{amount}"


def slot_buttons(slots: Iterable[Any]) -> Markup:
    """A list item with a button for each time. In one go: a page has hundreds, a template takes ten times as long."""
    items = [
        f'<li><button name="slot" value="{html.escape(slot.value)}">{html.escape(slot.label)}</button></li>'
        for slot in slots
    ]
    return Markup("\n".join(items))  # noqa: S704  every part is escaped above


def _common(call: Call) -> dict[str, Any]:
    settings = call.office.settings
    return {
        "city": settings.city,
        "phone": settings.phone,
        "demo": settings.demo,
        "language": call.language,
        "languages": [(code, Language(code).tag, NAMES.get(code, code)) for code in available()],
        "here": call.request.path_qs if call.request.method in ("GET", "HEAD") else call.request.path,
        "staff": call.staff,
        "framed": is_framed(call.request, settings),
        "embed_origins": " ".join(settings.embed_list),
        "now": call.now,
    }


@cache
def environment(code: str) -> Environment:
    """One environment per language: its gettext is built in, so that macros speak it too."""
    language = Language(code)
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        day=language.day,
        time=language.time,
        moment=language.moment,
        euros=lambda cents: euros(cents, language),
        text=lambda texts: in_language(texts, code),
        said=lambda reason: said(language, reason.text, reason.params),
        iso=lambda value: value.isoformat(),
        slot_buttons=slot_buttons,
    )
    # What depends on nothing but the language is rendered once: hundreds of words take longer than the rest of a page.
    words = cache(lambda name: Markup(env.get_template(name).render()))  # noqa: S704  templates escape
    env.globals.update(asset=asset, styles_of=styles_of, preloads_of=preloads_of, words=words)
    return env
