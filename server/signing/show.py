"""How a form looks on paper: laid out as HTML for the press, empty and signed. What stands in it is decided elsewhere."""

from typing import Final

from markupsafe import Markup, escape

from server.signing.desk import Sheet
from server.web.render import environment

INK: Final = "<!--ink-->"
RECORD: Final = "<!--record-->"


def page(sheet: Sheet) -> str:
    """The form, with an empty place to sign."""
    template = environment("de").get_template("signing/print.html")
    return template.render(sheet=sheet, ink_here=Markup(INK), record_here=Markup(RECORD))  # noqa: S704  two marks of ours


def signed_page(html: str, typed: str, record: list[tuple[str, str]]) -> str:
    """The same with ink, or the typed name, and a page of record."""
    # what people typed is escaped in `html`: the marks are there once
    if typed:
        ink = f"<span>{escape(typed)}</span>"
    else:
        ink = '<img src="signature:ink" alt="Unterschrift, von Hand gezeichnet">'
    told = environment("de").get_template("signing/record.html").render(record=record)
    return html.replace(INK, ink, 1).replace(RECORD, told, 1)
