"""The program that looks for seals in a PDF from anywhere: a child without network, run by `child.py`, importing nothing of the office.

    examine.py    a PDF on standard input ► JSON [{"certificate", "intact", "whole", "at", "by"}], one for each seal

`certificate` is the SHA-256 of the certificate that sealed; whose it is, the parent judges. `intact`: the signed bytes are
as they were, and that certificate's key signed them. `whole`: they are all of the file. `at`: when, as the seal says.
"""

import asyncio
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any, Final

REFUSED: Final = 3
MOST_SEALS: Final = 10


def main() -> int:
    """Reads standard input; see above."""
    import logging

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    logging.disable(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    sys.path.insert(0, str(Path(__file__).parent.parent / "documents"))
    from lockdown import lock_down  # type: ignore[import-not-found]

    lock_down(seconds=30, memory_mb=1_200)
    data = sys.stdin.buffer.read()
    try:
        seals = list(PdfFileReader(io.BytesIO(data), strict=False).embedded_regular_signatures)[:MOST_SEALS]
    except Exception:  # noqa: BLE001  whatever a foreign file does to the library, it bears no seal
        sys.stdout.write("broken")
        return REFUSED

    async def looked_at(seal: Any) -> dict[str, Any]:
        context = ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False)
        status = await async_validate_pdf_signature(seal, context, skip_diff=True)
        at = seal.self_reported_timestamp
        if status.timestamp_validity is not None and status.timestamp_validity.intact:
            at = status.timestamp_validity.timestamp
        return {
            "certificate": hashlib.sha256(seal.signer_cert.dump()).hexdigest(),
            "intact": bool(status.intact and status.valid),
            "whole": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            "at": at.isoformat() if at and at.tzinfo else None,
            "by": seal.signer_cert.subject.human_friendly[:300],
        }

    found = []
    for seal in seals:
        try:
            found.append(loop.run_until_complete(looked_at(seal)))
        except Exception:  # noqa: BLE001  a seal that can't be read is none
            found.append({"certificate": "", "intact": False, "whole": False, "at": None, "by": ""})
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
