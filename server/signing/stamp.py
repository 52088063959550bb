"""The program that sets the city's seal: a child, run by `child.py`, that imports nothing of the office.

    stamp.py    JSON {"pdf", "p12", "password", "reason", "place", "tsa"} on standard input ► the sealed PDF

PAdES B-B (ETSI EN 319 142-1) in the field that `press.py` made, as a certification: nothing may change afterwards. With the
address of a time-stamp service in `tsa` it is B-T. Exit code 3: standard output says what is wrong, "seal" or "tsa".
"""

import asyncio
import base64
import io
import json
import resource
import sys
from typing import Any, Final

REFUSED: Final = 3
FIELD: Final = "Unterschrift"
TSA_S: Final = 15


def main() -> int:
    """Reads standard input; see above."""
    import pyhanko.sign.timestamps
    from pyhanko.sign.general import SigningError

    resource.setrlimit(resource.RLIMIT_CPU, (40, 40))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    order = json.loads(sys.stdin.buffer.read())
    try:
        sealed = asyncio.run(_sealed(order))
    except pyhanko.sign.timestamps.TimestampRequestError:
        sys.stdout.write("tsa")
        return REFUSED
    except (ValueError, SigningError):
        sys.stdout.write("seal")
        return REFUSED
    sys.stdout.buffer.write(sealed)
    return 0


async def _sealed(order: dict[str, Any]) -> bytes:
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.sign import fields, signers
    from pyhanko.stamp import StaticStampStyle

    password = order["password"].encode() or None
    signer = signers.SimpleSigner.load_pkcs12_data(base64.b64decode(order["p12"]), [], password)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=order["reason"],
        location=order["place"],
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(base64.b64decode(order["pdf"])))
    stamper = None
    if order["tsa"]:
        from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper

        stamper = HTTPTimeStamper(order["tsa"], timeout=TSA_S)
    # the signature is drawn on the page below: the field itself shows nothing
    nothing = RawContent(b"q Q", box=BoxConstraints(1, 1))
    style = StaticStampStyle(border_width=0, background=nothing, background_opacity=1)
    signer_of_pdf = signers.PdfSigner(meta, signer, timestamper=stamper, stamp_style=style)
    out = await signer_of_pdf.async_sign_pdf(writer, existing_fields_only=True)
    return bytes(out.getvalue())


if __name__ == "__main__":
    sys.exit(main())
