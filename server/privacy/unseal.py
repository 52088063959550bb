"""How each sealed column of a case is opened for the citizen themselves, and which stay shut because they are about others."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from server.contact import contact_opened
from server.documents.model import name_bound, reason_bound
from server.rooms.model import note_bound
from server.rooms.model_call_back import call_back_bound
from server.sealing import open_sealed
from server.signing.model import form_bound

Row = Mapping[str, Any]
Opener = Callable[[bytes, str, Row, bytes], Any]

WITHHELD: Final = {
    ("recording", "key_sealed"): "Eine Aufzeichnung zeigt auch andere Personen (Art. 15 Abs. 4 DSGVO). Über eine Kopie entscheiden die Datenschutzbeauftragten im Einzelfall.",
    ("invitation", "who_sealed"): "Name und Adresse der eingeladenen Person sind deren Daten (Art. 15 Abs. 4 DSGVO).",
    (
        "incident",
        "text_sealed",
    ): "Die Notiz schützt Beschäftigte und eine mögliche Strafverfolgung (Art. 15 Abs. 4 DSGVO, Art. 10 BayDSG). "
    "Über eine Auskunft dazu entscheiden die Datenschutzbeauftragten im Einzelfall.",
}  # fmt: skip


def _form_content(key: bytes, _case: str, row: Row, sealed: bytes) -> Any:
    content = json.loads(open_sealed(key, sealed, form_bound(row["id"], "content")))
    return {name: value for name, value in content.items() if name != "html"}


def _contact(key: bytes, case: str, _row: Row, sealed: bytes) -> Any:
    return asdict(contact_opened(key, case, sealed))


def _text(bound: Callable[[str, Row], str]) -> Opener:
    return lambda key, case, row, sealed: open_sealed(key, sealed, bound(case, row)).decode()


def _signature(key: bytes, _case: str, row: Row, sealed: bytes) -> Any:
    return json.loads(open_sealed(key, sealed, form_bound(row["id"], "signature")))


def _file(_key: bytes, _case: str, row: Row, _sealed: bytes) -> str:
    return form_file(row)


OPENERS: Final[Mapping[tuple[str, str], Opener]] = {
    ("case", "contact_sealed"): _contact,
    ("document", "name_sealed"): _text(lambda case, row: name_bound(case, row["id"])),
    ("document", "reason_sealed"): _text(lambda case, row: reason_bound(case, row["id"])),
    ("transfer", "note_sealed"): _text(lambda _case, row: note_bound(row["id"])),
    ("call_back", "phone_sealed"): _text(lambda case, _row: call_back_bound(case)),
    ("form", "content_sealed"): _form_content,
    ("form", "signature_sealed"): _signature,
    ("form", "pdf_sealed"): _file,
    ("form", "sealed_pdf"): _file,
}
FORM_FILES: Final = ("sealed_pdf", "pdf_sealed")


def form_file(row: Row) -> str:
    """The name of a form's PDF among the files that are handed out."""
    return f"formular-{row['id'][:8]}.pdf"


def form_pdf(key: bytes, row: Row) -> bytes | None:
    """The PDF of a form that is not yet among the documents, the sealed one before the one that is read."""
    if row["sealed_pdf"] is not None:
        return open_sealed(key, row["sealed_pdf"], form_bound(row["id"], "sealed"))
    if row["pdf_sealed"] is not None:
        return open_sealed(key, row["pdf_sealed"], form_bound(row["id"], f"pdf/{row['version']}"))
    return None
