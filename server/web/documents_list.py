"""The checklist and the documents of a case in words, for the citizen's and the clerk's page. What may be seen is decided elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.access import Appointment
from server.catalog.model import ChecklistItem, in_language
from server.documents.checklist import checked
from server.documents.model import SAID_NO
from server.documents.model_reasons import WORDS, words_of
from server.documents.upload import OTHER, StoredDocument
from server.documents.view import SHUT, documents_of, in_order
from server.web.call import Call

STATES = {
    "receiving": ("Wird empfangen", "open"),
    "quarantine": ("Wird geprüft", "open"),
    "checking": ("Angekommen", "good"),
    "accepted": ("Angenommen", "good"),
    "resend": ("Bitte neu senden", "bad"),
    "refused": ("Nicht angenommen", "bad"),
    "missing": ("Noch nicht gesendet", "open"),
    "arriving": ("Wird empfangen", "open"),
    "replaced": ("Ersetzt", "open"),
}
ANYTHING = ChecklistItem(OTHER, {}, "ahead", required=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as a line of a list; `kind` colours its state, `seen` goes along with a decision on it."""

    id: str
    name: str
    size: str
    state: str
    words: str
    kind: str
    reason: str = ""
    own_words: str = ""
    decided_at: datetime | None = None
    until: datetime | None = None

    @property
    def decidable(self) -> bool:
        return self.state not in SHUT

    @property
    def seen(self) -> str:
        return self.decided_at.isoformat() if self.decided_at else ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of the checklist: how far it is, why it is wanted `again`, and its files."""

    key: str
    name: str
    required: bool
    state: str
    words: str
    kind: str
    files: list[Shown]

    @property
    def again(self) -> bool:
        return self.state in SAID_NO


@dataclass(frozen=True, slots=True)
class Papers:
    """All documents of a case: by item, and what the city sent."""

    items: list[Listed] = field(default_factory=list)
    from_city: list[Shown] = field(default_factory=list)

    @property
    def any_sent(self) -> bool:
        return any(item.files for item in self.items)


async def papers_of(call: Call, appointment: Appointment, items: Sequence[ChecklistItem]) -> Papers:
    """The documents of an appointment that `access` handed out."""
    async with call.office.db.read() as tx:
        documents = await documents_of(tx, appointment, call.office.keyring)
    sent = [one for one in documents if one.direction == "in"]
    ahead = [item for item in items if item.when == "ahead"]
    known = {item.key for item in ahead}
    rest = [one for one in sent if one.item not in known]
    listed = [_listed(call, item, [one for one in sent if one.item == item.key]) for item in ahead]
    if rest:
        listed.append(_listed(call, ANYTHING, rest))
    citys = [one for one in documents if one.direction == "out" and (one.expires_at or call.now) > call.now]
    return Papers(listed, [_shown(call, one, one.state) for one in citys])


def _listed(call: Call, item: ChecklistItem, documents: list[StoredDocument]) -> Listed:
    state = checked([item], [(item.key, one.state) for one in in_order(documents)])[0].state
    words, kind = STATES[state]
    files = [_shown(call, one, _state(one, state)) for one in documents]
    name = in_language(item.name, call.language.code) if item.name else call.language.gettext("Etwas anderes")
    return Listed(item.key, name, item.required, state, call.language.gettext(words), kind, files)


def _state(document: StoredDocument, of_item: str) -> str:
    """Once something newer has come, nothing is wanted of the older file any more."""
    return "replaced" if document.state in SAID_NO and of_item not in SAID_NO else document.state


def _shown(call: Call, document: StoredDocument, state: str) -> Shown:
    words, kind = STATES[state]
    return Shown(
        document.id,
        document.name,
        size_of(document.size, call),
        document.state,
        call.language.gettext(words),
        kind,
        "" if state == "replaced" else words_of(document.reason_key, call.language),
        "" if state == "replaced" else document.words or "",
        document.decided_at,
        document.expires_at,
    )


def shown_alone(call: Call, document: StoredDocument) -> Shown:
    """A document on a page of its own."""
    return _shown(call, document, document.state)


def reasons_on_page(call: Call) -> dict[str, str]:
    """The templates a clerk picks from."""
    return {key: call.language.gettext(text) for key, text in WORDS.items()}


def size_of(size: int, call: Call) -> str:
    """Like "1,2 MB" or "340 KB"."""
    if size < 1_000_000:
        return f"{max(1, size // 1000)} KB"
    text = f"{size / 1_000_000:.1f} MB"
    return text.replace(".", ",") if call.language.babel == "de" else text
