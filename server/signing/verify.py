"""Did this city seal this PDF, when, and is it unchanged? The file is looked at by a child and nothing of it is kept."""

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from server.child import ChildFailed, in_one, run_child
from server.errors import BadInput, TooMany
from server.settings import Settings
from server.signing.desk import HERE
from server.signing.examine import REFUSED

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

log = logging.getLogger("sprechzeit.signing")

MOST: Final = 10_000_000
LOOK_S: Final = 40.0
MOST_WORDS: Final = 64 * 1024
MOST_AT_ONCE: Final = 8
NO_PDF: Final = "Das ist keine PDF-Datei, oder sie ist beschädigt."
Answer = Literal["sealed", "changed", "foreign", "none"]

_looking = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sealed` and `changed`: by this city, at `at` as the seal says; `foreign`: by somebody else."""

    answer: Answer
    at: datetime | None = None


async def verify(settings: Settings, pdf: bytes) -> Verdict:
    """The verdict about a file from anywhere. `BadInput` for what is no PDF, `TooMany` when many ask at once."""
    global _looking
    if not pdf.startswith(b"%PDF-"):
        raise BadInput(NO_PDF)
    if _looking >= MOST_AT_ONCE:
        raise TooMany
    _looking += 1
    try:
        known = await asyncio.to_thread(our_certificates, settings)
        said = await run_child(
            HERE / "examine.py", [], in_one(pdf), seconds=LOOK_S, most=MOST_WORDS, refused=REFUSED
        )
    except ChildFailed as failed:
        log.info("a PDF could not be examined: %s", failed.reason)
        raise BadInput(NO_PDF) from None
    finally:
        _looking -= 1
    return judged(json.loads(said), known)


def judged(seals: list[dict[str, object]], known: frozenset[str]) -> Verdict:
    """A pure function of what the child found and the fingerprints of our seals, present and earlier."""
    ours = [seal for seal in seals if seal["certificate"] in known]
    if not ours:
        return Verdict("foreign" if seals else "none")
    last = ours[-1]
    at = datetime.fromisoformat(str(last["at"])) if last["at"] else None
    good = len(seals) == 1 and bool(last["intact"]) and bool(last["whole"])
    return Verdict("sealed" if good else "changed", at)


def our_certificates(settings: Settings) -> frozenset[str]:
    """SHA-256 of the certificates that seal or sealed here."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return frozenset(
        hashlib.sha256(one.public_bytes(Encoding.DER)).hexdigest() for one in _certificates(settings)
    )


def seal_ends(settings: Settings) -> datetime | None:
    """Until when the present seal is valid; None without one. Raises ValueError or OSError when it can't be read."""
    if settings.seal_file is None:
        return None
    return min(one.not_valid_after_utc for one in _present(settings.seal_file, settings))


def _certificates(settings: Settings) -> list["Certificate"]:
    from cryptography.x509 import load_pem_x509_certificates

    found = _present(settings.seal_file, settings) if settings.seal_file else []
    if settings.seal_earlier:
        found += load_pem_x509_certificates(settings.seal_earlier.read_bytes())
    return found


def _present(file: Path, settings: Settings) -> list["Certificate"]:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    password = settings.seal_password.get_secret_value().encode() or None
    inside = load_pkcs12(file.read_bytes(), password).cert
    if inside is None:
        raise ValueError("no certificate in the seal's file")
    return [inside.certificate]
