"""Reads a page as a browser without script does: its words, links and forms. No layout, no script."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp import ClientResponse

from tests.office.city import Client

SILENT = {"script", "style", "title", "head"}
VOID = {"input", "link", "meta", "br"}


@dataclass
class Form:
    """A form with its filled-in fields, in order; `buttons` are (name, value)."""

    action: str
    method: str
    id: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **values: str) -> list[tuple[str, str]]:
        """The fields as they would be sent, with some of them typed anew."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        return kept + list(values.items())


class Reading(HTMLParser):
    """`text` is what stands on the page, `links` maps words to addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.title = ""
        self.language = ""
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.addresses: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self._words: list[str] = []
        self._open: list[str] = []
        self._link: tuple[str, list[str]] | None = None
        self._select: tuple[str, list[str]] | None = None
        self.feed(html)
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        self.addresses += [given[name] for name in ("href", "src", "action") if name in given]
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "html":
            self.language = given["lang"]
        elif tag == "a":
            self._link = (given.get("href", ""), [])
        elif tag in ("h1", "h2", "h3"):
            self.headings.append((tag, ""))
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get"), given.get("id", "")))
        elif tag == "button" and "formaction" in given:
            self._elsewhere(given["formaction"], given["form"])
        else:
            self._field(tag, given)

    def _elsewhere(self, action: str, form: str) -> None:
        """A button that sends the fields of a form to another address counts as a form of its own."""
        owner = next(one for one in self.forms if one.id == form)
        self.forms.append(Form(action, owner.method, fields=owner.fields))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if not self.forms:
            return
        form = self.forms[-1]
        if tag == "button" and "name" in given:
            form.buttons.append((given["name"], given.get("value", "")))
        elif tag == "input" and "name" in given and given.get("type") != "file":
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                form.fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = (given["name"], [])
        elif tag == "option" and self._select and ("selected" in given or not self._select[1]):
            self._select[1][:] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "a" and self._link:
            self.links[" ".join(" ".join(self._link[1]).split())] = self._link[0]
            self._link = None
        if tag == "select" and self._select and self.forms:
            self.forms[-1].fields.append((self._select[0], self._select[1][0]))
            self._select = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        if SILENT & set(self._open):
            return
        self._words.append(data)
        if self._link:
            self._link[1].append(data)
        if self.headings and self.headings[-1][0] in self._open:
            tag, said = self.headings[-1]
            self.headings[-1] = (tag, (said + data).strip())

    def form(self, action: str) -> Form:
        """The first form whose action ends like this."""
        return next(form for form in self.forms if form.action.endswith(action))

    def of_level(self, level: str) -> list[str]:
        return [text for tag, text in self.headings if tag == level]

    @property
    def slots(self) -> list[str]:
        """The values of all time buttons."""
        return [value for form in self.forms for name, value in form.buttons if name == "slot"]


async def read(answer: ClientResponse, status: int = 200) -> Reading:
    text = await answer.text()
    assert answer.status == status, text
    assert answer.content_type == "text/html"
    return Reading(text)


async def get(client: Client, path: str, status: int = 200, **query: Any) -> Reading:
    return await read(await client.get(path, params=query), status)


async def send(
    client: Client, form: Form, *more: tuple[str, str], status: int = 200, **typed: str
) -> Reading:
    """Sends a form as a browser does and reads the page it leads to."""
    fields = [*form.filled(**typed), *more]
    return await read(await client.post(form.action, data=fields), status)
