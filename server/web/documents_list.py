"""The documents of a case in words, for the citizen's and the clerk's page. What may be seen is decided elsewhere."""

from dataclasses import dataclass

from server.access import Appointment
from server.catalog.model import ChecklistItem, in_language
from server.documents.view import documents_of
from server.web.call import Call

STATES = {
    "receiving": ("Wird empfangen", "open"),
    "quarantine": ("Wird geprüft", "open"),
    "checking": ("Angekommen", "good"),
    "accepted": ("Angenommen", "good"),
    "resend": ("Bitte neu senden", "bad"),
    "refused": ("Nicht angenommen", "bad"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as a line of a list; `kind` colours its state."""

    id: str
    key: str
    name: str
    item: str
    size: str
    state: str
    kind: str


async def shown_documents(call: Call, appointment: Appointment, items: list[ChecklistItem]) -> list[Shown]:
    """The documents of an appointment that `access` handed out, oldest first."""
    names = {item.key: in_language(item.name, call.language.code) for item in items}
    async with call.office.db.read() as tx:
        documents = await documents_of(tx, appointment, call.office.keyring)
    shown = []
    for document in documents:
        state, kind = STATES[document.state]
        item = names.get(document.item) or call.language.gettext("Etwas anderes")
        words = call.language.gettext(state)
        size = size_of(document.size, call)
        shown.append(Shown(document.id, document.item, document.name, item, size, words, kind))
    return shown


def size_of(size: int, call: Call) -> str:
    """Like "1,2 MB" or "340 KB"."""
    if size < 1_000_000:
        return f"{max(1, size // 1000)} KB"
    text = f"{size / 1_000_000:.1f} MB"
    return text.replace(".", ",") if call.language.babel == "de" else text
