"""What the verbs of signing work with: put together in `server/app.py`, which hands in what other parts of the house do."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from server.access import Appointment
from server.child import ChildFailed, in_one, run_child
from server.db import Database
from server.errors import Unavailable
from server.sealing import Keyring
from server.settings import Settings
from server.signing.blanks import Blank
from server.signing.press import REFUSED

HERE: Final = Path(__file__).parent
PRINT_S: Final = 60.0
MOST_PDF: Final = 8 * 1024 * 1024
WIDTH: Final = 1_000
FONTS: Final = {"FONTCONFIG_FILE": str(HERE / "fonts" / "fonts.conf")}


class PutIn(Protocol):
    """Enters a file of the city into a case and tells the citizen; see `server/documents/send_out.py`."""

    async def __call__(
        self,
        appointment: Appointment,
        content: bytes,
        *,
        name: str,
        by: str,
        now: datetime,
        media_type: str,
        item: str,
    ) -> Any: ...


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the printed one."""

    name: str
    about: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is laid out: title, filled fields by label, sentences, who signs, for which city."""

    title: str
    rows: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    signer: str
    number: str
    city: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and how many pages it has."""

    pdf: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class Desk:
    """`page` lays a sheet out, `signed_page` sets ink and record into it; `picture` draws a page of a PDF; see `show.py`."""

    db: Database
    keyring: Keyring
    settings: Settings
    blanks: Mapping[str, Blank]
    page: Callable[[Sheet], str]
    signed_page: Callable[[str, str, list[tuple[str, str]]], str]
    picture: Callable[[str, AsyncIterator[bytes], int, int], Awaitable[bytes]]
    put_in: PutIn

    async def draw(self, pdf: bytes, number: int) -> bytes:
        """A page (from 0) as PNG, drawn like every document's."""
        try:
            return await self.picture("application/pdf", in_one(pdf), number, WIDTH)
        except ChildFailed:
            raise Unavailable from None

    @property
    def secret(self) -> str:
        return self.settings.secret.get_secret_value()


async def print_plain(html: str) -> bytes:
    """A page without anything to sign, as PDF/UA. `Unavailable` when it can't be printed now."""
    try:
        return (await print_pdf(html, "")).pdf
    except ChildFailed:
        raise Unavailable from None


async def print_pdf(
    html: str, label: str, *, ink: str = "", attach: tuple[Attached, ...] = (), seconds: float = PRINT_S
) -> Printed:
    """The page as PDF/UA with one signature field. `ink`: an SVG for `signature:ink`. Raises `ChildFailed`."""
    files = [asdict(one) | {"data": base64.b64encode(one.data).decode()} for one in attach]
    order = json.dumps({"html": html, "label": label, "ink": ink, "attach": files}).encode()
    out = await run_child(
        HERE / "press.py",
        [],
        in_one(order),
        seconds=seconds,
        most=MOST_PDF,
        refused=REFUSED,
        environment=FONTS,
    )
    return Printed(out[2:], int.from_bytes(out[:2], "big"))
