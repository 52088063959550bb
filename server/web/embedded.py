"""Pages of booking inside a frame of the city's own site: which ones, allowed by whom, and how their addresses go on.

Browsers say themselves that a page is for a frame (Sec-Fetch-Dest), so no cookie and no mark in the address is needed.
"""

import re
from html import unescape
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from markupsafe import escape

from server.settings import Settings

FRAMED = re.compile(r"/(buchen|times|holds|holds/[^/]+|holds/[^/]+/(extend|release|confirm)|a/[^/]+)/?")
"""Up to the confirmed appointment. Moving, cancelling, documents, the room, the office are never in a frame."""
LINK = re.compile(r'<(a|form)\b([^>]*?\s)(href|action)="(/[^"/][^"]*|/)"')
GET_FORM = re.compile(r'<form\b[^>]*\bmethod="get"[^>]*>')
BUTTON = re.compile(r'(formaction)="(/[^"]*)"')


def may_be_framed(settings: Settings, path: str) -> bool:
    return bool(settings.embed_list) and FRAMED.fullmatch(path) is not None


def is_framed(request: web.Request, settings: Settings) -> bool:
    """Whether this answer will stand in a frame of an allowed page."""
    dest = request.headers.get("Sec-Fetch-Dest", "")
    return dest in ("iframe", "frame") and may_be_framed(settings, request.path)


def carried(address: str, language: str) -> str:
    """The address with the language in it: in a foreign frame there is no cookie to remember it."""
    head, mark, anchor = address.partition("#")
    query = urlsplit(head).query
    if "lang=" in query:
        return address
    return f"{head}{'&' if '?' in head else '?'}{urlencode({'lang': language})}{mark}{anchor}"


def in_frame(html: str, language: str) -> str:
    """Links and forms go on in the frame with the language; what can't be framed opens a page of its own."""

    def link(found: re.Match[str]) -> str:
        tag, before, name, address = found.groups()
        to = unescape(address)
        if FRAMED.fullmatch(urlsplit(to).path) is None:
            return f'{found[0]} target="_blank" rel="noopener"'
        return f'<{tag}{before}{name}="{escape(carried(to, language))}"'

    def button(found: re.Match[str]) -> str:
        return f'{found[1]}="{escape(carried(unescape(found[2]), language))}"'

    hidden = f'<input type="hidden" name="lang" value="{escape(language)}">'
    asking = GET_FORM.sub(lambda found: found[0] + hidden, html)
    return BUTTON.sub(button, LINK.sub(link, asking))


def goes_on(response: web.StreamResponse, request: web.Request, settings: Settings) -> None:
    """A redirect inside a frame keeps the language, and stays with the pages that may be in one."""
    to = response.headers.get("Location", "")
    if not to.startswith("/") or not is_framed(request, settings):
        return
    if FRAMED.fullmatch(urlsplit(to).path) is None:
        to = "/buchen"
    response.headers["Location"] = carried(to, request.query.get("lang", "de"))
