"""File names as citizens send them, made harmless: never a path, nothing that turns or hides what is read."""

import re
import unicodedata
from mimetypes import MimeTypes
from pathlib import PurePosixPath

from server.documents.content import EXTENSIONS
from server.errors import TypeNotAllowed

LONGEST = 200
_SUFFIXES = {
    "application/pdf": {".pdf"},
    "image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "image/png": {".png"},
    "image/heic": {".heic", ".heif"},
}
# The interpreter's own list: the machine's would make the answer differ from machine to machine.
_KNOWN = MimeTypes(filenames=())
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSAFE = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")


def clean_name(raw: str) -> str:
    """A name in any script, without path, control or direction-changing characters; at most 200 characters."""
    last = re.split(r"[/\\]", raw)[-1]
    text = unicodedata.normalize("NFC", _TURNING.sub("", last))
    text = "".join(letter for letter in text if _is_shown(letter))
    text = _UNSAFE.sub("_", re.sub(r"\s+", " ", text)).strip(" .")
    return _shortened(_DEVICES.sub(r"_\1", text), LONGEST) or "Datei"


def refuse_foreign_extension(name: str) -> None:
    """`TypeNotAllowed` when the name claims to be something that may not come in, such as .html or .exe."""
    suffix = PurePosixPath(name).suffix.lower()
    claimed, encoding = _KNOWN.guess_type(f"x{suffix}")
    if encoding or (
        claimed and claimed not in EXTENSIONS and not any(suffix in s for s in _SUFFIXES.values())
    ):
        raise TypeNotAllowed


def named_truly(name: str, media_type: str) -> str:
    """The name with an extension that fits the content, so that a saved file opens as what it is."""
    path = PurePosixPath(name)
    if path.suffix.lower() in _SUFFIXES[media_type]:
        return name
    stem = path.stem if any(path.suffix.lower() in known for known in _SUFFIXES.values()) else name
    extension = EXTENSIONS[media_type]
    return stem[: LONGEST - len(extension)].rstrip(" .") + extension


def _is_shown(letter: str) -> bool:
    # joiners (Cf) belong to the spelling of Persian, Hindi and emoji
    return (
        unicodedata.category(letter) not in {"Cc", "Cs", "Cn", "Zl", "Zp"}
        and letter not in "\u2060\ufeff\u00ad"
    )


def _shortened(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    suffix = PurePosixPath(name).suffix[:12]
    return name[: longest - len(suffix)].rstrip(" .") + suffix
