"""What mails about documents say: something lies ready, is wanted once more, can't be taken. Which those are is `asked.py`."""

from collections.abc import Sequence

from server.notices.facts import Words


def ways_to_papers(
    event: str, manage: str, asked: Sequence[str], turned_down: Sequence[str], language: Words
) -> list[str]:
    """Names and reasons come in words; what a clerk wrote in own words stays on the citizen's page."""
    _ = language.gettext
    keep = _(
        "Der Link gehört Ihnen. Wer ihn hat, kann Ihren Termin ändern. Bitte geben Sie ihn nicht weiter."
    )
    if event == "document":
        here = _("Auf dieser Seite laden Sie es herunter. Dort steht auch, bis wann das geht:")
        return [f"{here}\n{manage}", keep]
    parts = []
    if asked:
        parts.append("\n".join([_("Das senden Sie bitte noch einmal:"), *asked]))
    if turned_down:
        parts.append("\n".join([_("Das können wir nicht annehmen:"), *turned_down]))
    here = _("Auf dieser Seite steht mehr dazu, und dort senden Sie neue Dateien:")
    return [*parts, f"{here}\n{manage}", keep]
