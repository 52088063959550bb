"""May this service be offered by video, and what will the talk need? Pure; the switch itself is in `services`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from server.catalog.model import ChecklistItem, Service, in_language

Kind = Literal["refused", "warning", "needs"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found; `text` is a German message id with the placeholders of `params`."""

    kind: Kind
    code: str
    text: str
    params: dict[str, str] = field(default_factory=dict)


def check_online(service: Service, trained: bool, language: str = "de") -> list[Finding]:
    """What speaks against video first, then what the talk will need, then what will be missing.

    Without any "refused" the service may be offered by video.
    """
    brought = [in_language(item.name, language) for item in service.checklist if _is_brought(item)]
    found = list(refusals(service.modes, service.identity, service.signature, brought))
    if "video" not in service.modes:
        reason = in_language(service.why_no_video, language)
        detail = "Die Dienstleistung geht nicht per Video: {reason}"
        found[0] = Finding("refused", "no-video", detail, {"reason": reason})
    if any(finding.kind == "refused" for finding in found):
        return found
    found += _needs(service, brought, language)
    if not trained:
        text = "Niemand ist für diese Dienstleistung geschult. Es wird keine Zeiten geben."
        found.append(Finding("warning", "nobody-trained", text))
    return found


def refusals(
    modes: Collection[str], identity: str, signature: str, brought: Iterable[str]
) -> Iterable[Finding]:
    """Why not by video. `brought` are the names of required originals.

    An original that can be held into the camera is no obstacle: that is what identity "seen" stands for. Without
    it a required original has to be on the table, and the service is for the desk.
    """
    if "video" not in modes:
        yield Finding("refused", "no-video", "Die Dienstleistung sieht keinen Videotermin vor.")
    if identity == "presence":
        text = "Die Person muss selbst anwesend sein (Vertrauensniveau „Anwesenheit“)."
        yield Finding("refused", "identity", text)
    if signature == "handwritten":
        yield Finding("refused", "signature", "Eine Unterschrift von Hand auf Papier ist nötig.")
    if identity != "seen":
        text = "Das Original muss mitgebracht werden: {item}. Es kann nicht in die Kamera gezeigt werden."
        for item in brought:
            yield Finding("refused", "original", text, {"item": item})


def _is_brought(item: ChecklistItem) -> bool:
    return item.when == "bring" and item.required


def _needs(service: Service, brought: Iterable[str], language: str) -> Iterable[Finding]:
    if service.identity == "seen":
        text = "Die Person zeigt ihren Ausweis in die Kamera."
        yield Finding("needs", "identity", text)
    for item in brought:
        yield Finding("needs", "original", "In die Kamera zu zeigen: {item}.", {"item": item})
    if service.signature == "simple":
        yield Finding("needs", "signature", "Im Gespräch wird eine einfache Unterschrift gegeben.")
    for sent in service.checklist:
        if sent.when == "ahead" and sent.required:
            text = "Vorher zu senden: {item}."
            yield Finding("needs", "document", text, {"item": in_language(sent.name, language)})
