"""The program that prints forms: a child without network, run by `child.py`, that imports nothing of the office.

    press.py    JSON {"html", "label", "ink", "attach": [{"name", "about", "data"}]} on standard input
                ► on standard output the number of pages in two bytes, then the PDF (PDF/UA-1)

The element with the id `signature` becomes the PDF's one signature field, named `label` for screen readers. No address in the
page is ever followed but `signature:ink`, which is the drawing in the order. With an empty label there is no field and need be
no such element. Exit code 0, or 3 without the element that the label is for.
"""

import base64
import io
import json
import sys
from pathlib import Path
from typing import Any, Final

REFUSED: Final = 3
FIELD: Final = "Unterschrift"
INK: Final = "signature:ink"
POINTS: Final = 0.75  # a CSS pixel


def main() -> int:
    """Reads standard input; see above."""
    import logging

    import pikepdf
    from weasyprint import HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

    logging.getLogger("weasyprint").addHandler(logging.NullHandler())
    sys.path.insert(0, str(Path(__file__).parent.parent / "documents"))
    from lockdown import lock_down  # type: ignore[import-not-found]

    fonts = FontConfiguration()
    lock_down(seconds=40, memory_mb=2_600, threads=True)
    order = json.loads(sys.stdin.buffer.read())

    def ink_alone(url: str, *_: Any, **__: Any) -> Any:
        if url == INK and order["ink"]:
            return URLFetcherResponse(url, order["ink"], {"Content-Type": "image/svg+xml"})
        raise FatalURLFetchingError("no address is followed")

    page = HTML(string=order["html"], url_fetcher=ink_alone)
    document = page.render(font_config=fonts, pdf_variant="pdf/ua-1")
    box = _box(document)
    if box is None and order["label"]:
        return REFUSED
    attached = [
        Attachment(string=base64.b64decode(one["data"]), name=one["name"], description=one["about"])
        for one in order["attach"]
    ]
    plain = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_tags=True, attachments=attached, pdf_identifier=b"sprechzeit"
    )
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        if box is not None:
            _place_field(pikepdf, pdf, *box, order["label"])
        sys.stdout.buffer.write(len(pdf.pages).to_bytes(2, "big"))
        whole = io.BytesIO()
        pdf.save(whole, deterministic_id=True)
        sys.stdout.buffer.write(whole.getvalue())
    return 0


def _box(document: Any) -> tuple[int, list[float]] | None:
    """Page and rectangle of the place to sign, in the PDF's points from below."""
    for number, page in enumerate(document.pages):
        if "signature" in page.anchors:
            left, top, right, bottom = (value * POINTS for value in page.anchors["signature"])
            height = page.height * POINTS
            return number, [round(value, 2) for value in (left, height - bottom, right, height - top)]
    return None


def _place_field(pikepdf: Any, pdf: Any, number: int, rectangle: list[float], label: str) -> None:
    """An empty signature field, part of the structure tree like everything else on the page."""
    page, root, tree = pdf.pages[number].obj, pdf.Root, pdf.Root.StructTreeRoot
    name = pikepdf.Name
    numbers = tree.ParentTree.Nums
    key = max(int(numbers[at]) for at in range(0, len(numbers), 2)) + 1
    nothing = pdf.make_stream(b"", Type=name.XObject, Subtype=name.Form, BBox=[0, 0, 1, 1])
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=name.Annot, Subtype=name.Widget, FT=name.Sig, T=FIELD, TU=label, Contents=label, F=132,
            Rect=rectangle, P=page, StructParent=key, AP=pikepdf.Dictionary(N=nothing),
        )
    )  # fmt: skip
    reference = pikepdf.Dictionary(Type=name.OBJR, Obj=field, Pg=page)
    parent = tree.K[0]
    element = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=name.StructElem, S=name.Form, P=parent, Pg=page, Alt=label, K=pikepdf.Array([reference])
        )
    )
    parent.K.append(element)
    numbers.append(key)
    numbers.append(element)
    if "/Annots" not in page:
        page.Annots = pikepdf.Array()
    page.Annots.append(field)
    page.Tabs = name.S
    root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))


if __name__ == "__main__":
    sys.exit(main())
