"""B7: what files are called. A name is never a path, hides nothing, and travels as RFC 6266 says."""

from collections.abc import Iterator

from tests.corpus.paper import paper
from tests.corpus.sample import PDF, Sample

TWINS = ("Gr\u00f6\u00dfe.pdf", "Gro\u0308\u00dfe.pdf")
KEPT = {
    "../../../etc/passwd.pdf": "passwd.pdf",
    "/etc/plan.pdf": "plan.pdf",
    "..\\..\\windows\\plan.pdf": "plan.pdf",
    "C:\\plan.pdf": "plan.pdf",
    "\\\\server\\share\\plan.pdf": "plan.pdf",
    "C:\\\\plan.pdf": "plan.pdf",  # doubled, as programs other than browsers write it
    'a\\"b.pdf': "a_b.pdf",
    "plan.pdf/": "Datei.pdf",
    "..": "Datei.pdf",
    ".": "Datei.pdf",
    ".pdf": "pdf.pdf",
    "   ": "Datei.pdf",
    "%2e%2e%2fplan.pdf": "%2e%2e%2fplan.pdf",
    "%00.pdf": "%00.pdf",
    "CON.pdf": "_CON.pdf",
    "con": "_con.pdf",
    "LPT1.x.pdf": "_LPT1.x.pdf",
    "NUL.": "_NUL.pdf",
    "plan.pdf:Zone.Identifier": "plan.pdf_Zone.Identifier.pdf",
    "a<b>c|d?e*.pdf": "a_b_c_d_e_.pdf",
    "a;b='c',d.pdf": "a;b='c',d.pdf",
    "plan\u202efdp.pdf": "planfdp.pdf",
    "plan\u2066x\u2069.pdf": "planx.pdf",
    "plan\u200b.pdf": "plan\u200b.pdf",
    "pl\ufeffan.pdf": "plan.pdf",
    "plan.\u0440df": "plan.\u0440df.pdf",  # a Cyrillic letter
    "plan.pdf.exe.pdf": "plan.pdf.exe.pdf",
    "plan.pdf" + " " * 300 + ".pdf": "plan.pdf .pdf",
    "x" * 4_096 + ".pdf": "x" * 196 + ".pdf",
    "\u00fc" * 300: "\u00fc" * 196 + ".pdf",
    "\U0001f3e0" * 300 + ".pdf": "\U0001f3e0" * 196 + ".pdf",
    "\u5e73\u9762\u56fe \u043f\u043b\u0430\u043d.pdf": "\u5e73\u9762\u56fe \u043f\u043b\u0430\u043d.pdf",
    "\u062e\u0637\u0629.pdf": "\u062e\u0637\u0629.pdf",
    "a\u0300" * 90 + ".pdf": "\u00e0" * 90 + ".pdf",
    "=?utf-8?b?cGxhbg==?=.pdf": "=_utf-8_b_cGxhbg==_=.pdf",
    "${jndi:ldap://127.0.0.1/a}.pdf": "a}.pdf",
    "'; DROP TABLE document;--.pdf": "'; DROP TABLE document;--.pdf",
    "{{7*7}}.pdf": "{{7_7}}.pdf",
    "<script>alert(1)</script>.pdf": "script_.pdf",
}


def samples() -> Iterator[Sample]:
    for called, kept in KEPT.items():
        yield Sample(f"called {called[:60]!r}", paper, PDF, called, kept=kept, shown=False)
    for number, called in enumerate(TWINS):
        yield Sample(f"twin {number}", paper, PDF, called, kept=TWINS[0], shown=False)
