"""What the city must say of itself (accessibility, imprint), and the switch of the page's language."""

from urllib.parse import urlsplit

from aiohttp import web

from server.web.call import Call
from server.web.language import available
from server.web.render import render, see_other

YEAR_S = 365 * 24 * 3600


async def accessibility(call: Call) -> web.Response:
    return render(call, "catalog/accessibility.html")


async def imprint(call: Call) -> web.Response:
    return render(call, "catalog/imprint.html")


async def language(call: Call) -> web.Response:
    """Keeps the wish in a cookie and goes back to where it was made; an unknown language changes nothing."""
    response = see_other(local_path(call.request.query.get("back", "/")))
    wanted = call.request.query.get("to", "")
    if wanted in available():
        secure = call.office.settings.public_url.startswith("https:")
        response.set_cookie(
            "lang", wanted, max_age=YEAR_S, path="/", samesite="Lax", secure=secure, httponly=True
        )
    return response


def local_path(back: str) -> str:
    """A path of this very site, else the start page: links of ours never lead elsewhere."""
    parts = urlsplit(back)
    plain = back.startswith("/") and not back.startswith("//") and "\\" not in back
    if not plain or parts.scheme or parts.netloc or any(ord(letter) < 33 for letter in back):
        return "/"
    return back if not parts.path.startswith("/language") else "/"
