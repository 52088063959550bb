"""B5: PDFs that do something by themselves. Staff see pictures of them; what they could do is recorded, and never done."""

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import pikepdf

from tests.corpus.paper import paper, stream, with_attachment
from tests.corpus.sample import CANARY, INFECTED, INVALID, PDF, Sample, always

JS = b"<</S/JavaScript/JS(app.alert\\('%b'\\))>>" % CANARY
LAUNCH = b"<</S/Launch/F(%b.exe)/Win<</F(cmd.exe)>>>>" % CANARY
LINK = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 200 200]/A<<%b>>>>]"
XFA = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><script>%b</script></xdp:xdp>" % CANARY
EXTERNAL = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'http://127.0.0.1/'>]><a>&x;</a>"

CATALOGS = {
    "JavaScript when opened": (b"/OpenAction " + JS, ("javascript", "starts-by-itself")),
    "JavaScript by name": (b"/Names<</JavaScript<</Names[(a) %b]>>>>" % JS, ("javascript",)),
    "JavaScript when printed": (b"/AA<</WP %b>>" % JS, ("javascript", "starts-by-itself")),
    "a program when opened": (b"/OpenAction " + LAUNCH, ("starts-by-itself", "starts-programs")),
    "another file when opened": (
        b"/OpenAction<</S/GoToR/F(//127.0.0.1/a)/D[0/Fit]>>",
        ("starts-by-itself", "links"),
    ),
    "a form sent when opened": (
        b"/OpenAction<</S/SubmitForm/F(http://127.0.0.1/)>>",
        ("starts-by-itself", "links"),
    ),
    "data fetched when opened": (b"/OpenAction<</S/ImportData/F(a.fdf)>>", ("starts-by-itself", "links")),
    "an address when opened": (
        b"/OpenAction<</S/URI/URI(http://127.0.0.1/)>>",
        ("starts-by-itself", "links"),
    ),
    "a form in XML": (b"/AcroForm<</Fields[]/XFA 5 0 R>>", ("form",)),
    "a page of its own when opened": (b"/OpenAction[3 0 R/Fit]", ("starts-by-itself",)),
}
PAGES = {
    "JavaScript on a page": (b"/AA<</O %b>>" % JS, ("javascript", "starts-by-itself")),
    "a link": (LINK % b"/S/URI/URI(http://127.0.0.1/)", ("links",)),
    "a link in script": (LINK % b"/S/URI/URI(javascript:alert\\(1\\))", ("links",)),
    "a link to a program": (LINK % b"/S/Launch/F(cmd.exe)", ("starts-programs",)),
    "a film": (b"/Annots[<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]/Movie<</F(a.avi)>>>>]", ("films",)),
    "a film of today": (b"/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 9 9]>>]", ("films",)),
    "a sound": (b"/Annots[<</Type/Annot/Subtype/Sound/Rect[0 0 9 9]>>]", ("films",)),
    "a screen": (LINK % (b"/S/Rendition/OP 0/JS(%b)" % CANARY), ("javascript",)),
    "a field with JavaScript": (
        b"/Annots[<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(x)/Rect[0 0 99 20]/AA<</K %b>>>>]" % JS,
        ("javascript", "starts-by-itself"),
    ),
}


def samples() -> Iterator[Sample]:
    for name, (catalog, hints) in CATALOGS.items():
        data = paper(catalog=catalog, more=[stream(XFA), stream(EXTERNAL)])
        yield Sample(f"active: {name}", always(data), PDF, hints=hints)
    for name, (page, hints) in PAGES.items():
        yield Sample(f"active: {name}", always(paper(page=page)), PDF, hints=hints)
    attached = with_attachment(stream(b"MZ" + CANARY, b"/Type/EmbeddedFile"))
    yield Sample("active: a program attached", always(attached), PDF, hints=("attachments",))
    yield Sample(
        "active: JavaScript in packed objects",
        lambda: saved(
            CATALOGS["JavaScript when opened"][0], object_stream_mode=pikepdf.ObjectStreamMode.generate
        ),
        PDF,
        hints=("javascript", "starts-by-itself"),
    )
    hidden = paper(catalog=b"/OpenAction<</S/J#61vaScript/J#53(1)>>")
    yield Sample("active: JavaScript written so that nobody finds it", always(hidden), INFECTED)
    words = paper(content=stream(b"(/JavaScript /Launch) pop\n1 0 0 RG 9 9 m 99 99 l S"))
    yield Sample("active: only the words", always(words), PDF, hints=())
    yield from locked()


def saved(catalog: bytes = b"", **how: Any) -> bytes:
    """Written anew by another program."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper(catalog=catalog))) as pdf:
        pdf.save(out, **how)
    return out.getvalue()


def locked() -> Iterator[Sample]:
    for revision, name in ((3, "RC4"), (4, "AES-128"), (6, "AES-256")):
        how: dict[str, Any] = {"R": revision, "aes": revision > 3, "metadata": revision > 3}
        secret = partial(saved, encryption=pikepdf.Encryption(owner="o", user="u", **how))
        own = partial(saved, encryption=pikepdf.Encryption(owner="o", user="", **how))
        yield Sample(f"locked with {name}", secret, INVALID, words="Kennwort")
        yield Sample(f"locked with {name} against changes", own, PDF)
