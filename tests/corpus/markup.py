"""B6: SVG, HTML, XML, and every other kind of file that is not on the list, whatever it is called."""

from collections.abc import Iterator

from tests.corpus.sample import FOREIGN, Sample, always

SCRIPT = b"alert(1)//"
HTML = b"<!doctype html><html><script>alert(1)</script></html>\n"
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">%b</svg>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'

MARKUP = {
    "SVG with script": (SVG % b"<script>alert(1)</script>", "a.svg"),
    "SVG that starts by itself": (SVG % b'<g onload="alert(1)"/>', "a.svg"),
    "SVG with a foreign object": (SVG % (b"<foreignObject>" + HTML + b"</foreignObject>"), "a.svg"),
    "SVG with a reference": (SVG % b'<image x:href="http://127.0.0.1/a"/>', "a.svg"),
    "SVG called a PNG": (SVG % b"", "a.png"),
    "SVG called a PDF": (SVG % b"", "a.pdf"),
    "HTML": (HTML, "a.html"),
    "HTML called a PDF": (HTML, "a.pdf"),
    "HTML without a name": (HTML, ""),
    "XHTML": (b'<?xml version="1.0"?>' + HTML, "a.xhtml"),
    "XML with an entity from a file": (ENTITY, "a.xml"),
    "XML with an entity, called a PDF": (ENTITY, "a.pdf"),
    "XML with a type from the network": (OUTSIDE, "a.xml"),
    "MHTML": (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + HTML, "a.mhtml"),
    "XFDF": (b'<?xml version="1.0"?><xfdf href="http://127.0.0.1/a.pdf"/>', "a.xfdf"),
    "FDF": (b"%FDF-1.2\n1 0 obj<</FDF<</F(http://127.0.0.1/)>>>>endobj\n%%EOF\n", "a.fdf"),
    "PostScript": (b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n%%EOF\n", "a.ps"),
    "RTF": (rb"{\rtf1 {\object\objocx}}", "a.rtf"),
}
BEGINNINGS = {
    "a Windows program": b"MZ\x90\0",
    "a Linux program": b"\x7fELF\x02\x01\x01",
    "a Java class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "WebAssembly": b"\0asm\x01\0\0\0",
    "a shell script": b"#!/bin/sh\nid\n",
    "a batch file": b"@echo off\r\ncalc\r\n",
    "a shortcut": b"L\0\0\0\x01\x14\x02\0",
    "an old Word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "a ZIP": b"PK\x03\x04\x14\0\0\0",
    "a RAR": b"Rar!\x1a\x07\x01\0",
    "a 7z": b"7z\xbc\xaf\x27\x1c\0\x04",
    "a cabinet": b"MSCF\0\0\0\0",
    "an ISO": bytes(32_769) + b"CD001",
    "a TIFF": b"II*\0\x08\0\0\0\x01\0",
    "a TIFF of the other kind": b"MM\0*\0\0\0\x08\0\x01",
    "a TIFF that leads to itself": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "a BMP": b"BM\x46\0\0\0\0\0\0\0",
    "a Photoshop file": b"8BPS\0\x01\0\0",
    "a WebP of 16,383²": b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xfe\x3f\0\xfe\x3f\0",
    "an AVIF": b"\0\0\0\x1cftypavif\0\0\0\0mif1avif",
    "a JPEG XL": b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a",
    "a JPEG 2000": b"\0\0\0\x0cjP  \x0d\x0a\x87\x0a",
    "an icon": b"\0\0\x01\0\x01\0\x10\x10",
    "a film": b"\0\0\0\x18ftypmp42\0\0\0\0isommp42",
    "a film of Apple's": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "a sound": b"ID3\x04\0\0\0\0\0\0",
    "a database": b"SQLite format 3\0",
    "a font": b"wOFF\0\x01\0\0",
    "a mail": b"From: a@example.org\r\n\r\nHello",
    "a text": b"Sehr geehrte Damen und Herren,",
    "a text in UTF-16": "Sehr geehrte".encode("utf-16"),
    "nothing but zeros": bytes(5_000),
}


def samples() -> Iterator[Sample]:
    for name, (data, called) in MARKUP.items():
        yield Sample(name, always(data), FOREIGN, called)
    for name, data in BEGINNINGS.items():
        yield Sample(f"{name}, called a PDF", always(data + bytes(99)), FOREIGN, "a.pdf")
    yield Sample("a GIF", always(GIF), FOREIGN, "a.gif")
    frames = GIF[:-1] + b"!\xf9\x04\0\0\0\0\0" + GIF[19:-1] * 5_000 + b";"
    yield Sample("a GIF of five thousand pictures", always(frames), FOREIGN, "a.gif")
    large = GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:]
    yield Sample("a GIF of 65,535²", always(large), FOREIGN, "a.png")
