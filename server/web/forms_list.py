"""The forms of a case in words, for the citizen's and the clerk's page. What may be signed is decided elsewhere."""

from dataclasses import dataclass

from server.access import Case
from server.signing.form import forms_of
from server.web.call import Call

STATUS = {
    "prepared": ("Liegt zur Unterschrift bereit", "open"),
    "reading": ("Wird gelesen", "open"),
    "code-sent": ("Code ist gesendet", "open"),
    "signed": ("Unterschrieben, wird besiegelt", "good"),
    "sealed": ("Unterschrieben und besiegelt", "good"),
    "refused": ("Nicht unterschrieben", "bad"),
    "withdrawn": ("Zurückgezogen", "bad"),
    "expired": ("Abgelaufen", "bad"),
}
TO_SIGN = ("prepared", "reading", "code-sent")


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as a line of a list; `kind` colours its state."""

    id: str
    title: str
    state: str
    kind: str
    to_sign: bool


async def shown_forms(call: Call, case: Case | None) -> list[ShownForm]:
    """The forms of a case, oldest first; none once it is closed."""
    if case is None:
        return []
    async with call.office.db.read() as tx:
        forms = await forms_of(tx, case)
    shown = []
    for form in forms:
        status = form.status(call.now)
        words, kind = STATUS[status]
        state = call.language.gettext(words)
        shown.append(ShownForm(form.id, form.sheet.title, state, kind, status in TO_SIGN))
    return shown
