"""Finds the words that citizens read: in templates, in gettext calls, in refusals and reasons. Reads sources only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract

from recordings_policy.classes import CLASSES
from recordings_policy.consent import QUESTION

ROOT = Path(__file__).parents[2] / "server"
STAFF_TEMPLATES = ("office",)
SOURCES = (
    "errors.py",
    "booking/*.py",
    "catalog/pages*.py",
    "catalog/search.py",
    "documents/*.py",
    "notices/*.py",
    "privacy/erase.py",
    "privacy/labels.py",
    "privacy/pages.py",
    "privacy/picture.py",
    "privacy/four_eyes.py",
    "privacy/rules.py",
    "privacy/unseal.py",
    "privacy/words.py",
    "rooms/*.py",
    "signing/*.py",
    "web/*.py",
)
# What these say about a field goes to programmers, as it is, beside the translated sentence.
# `signing/record.py` is part of a German document.
API_ONLY = ("shapes.py", "record.py")
STAFF_SOURCES = (
    "people/*.py",
    "planning/*.py",
    "privacy/hold.py",
    "privacy/pages_*.py",
    "privacy/permissions.py",
    "privacy/routes*.py",
    "catalog/services.py",
    "catalog/online_check.py",
    "catalog/import_preview.py",
)
SENTENCE = re.compile(r"[A-ZÄÖÜ„][^\n]*[a-zäöü…]+ [^\n]*[.?!…]$", re.DOTALL)
GERMAN = re.compile(
    r"\b(der|die|das|dieser|dieses|ein|eine|ist|sind|wird|wurde|bitte|sie|ihr|ihre|wir|nicht|zu|für|kein|keine)\b",
    re.IGNORECASE,
)
NAMES = {"title", "detail"}
KINDS = {QUESTION} | {text for one in CLASSES for text in (one.name, one.purpose, one.legal_basis)}


def in_templates(*, staff: bool) -> set[str]:
    """Message ids of the templates for citizens, or of those for staff."""
    found: set[str] = set()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if (path.parent.name in STAFF_TEMPLATES) is not staff:
            continue
        with path.open("rb") as file:
            for _, message, _, _ in extract("jinja2.ext:babel_extract", file, options={"encoding": "utf-8"}):
                found |= {message} if isinstance(message, str) else {part for part in message if part}
    return found


def in_sources(*, staff: bool) -> set[str]:
    patterns = STAFF_SOURCES if staff else SOURCES
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.name not in API_ONLY})
    found = {message for path in paths for message in _messages(ast.parse(path.read_text()))}
    return found if staff else found | KINDS


def _messages(tree: ast.Module) -> Iterator[str]:
    """What is handed to gettext, titles and details, and every other German sentence that is no docstring."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in {"gettext", "_"} and node.args:
            yield from _text(node.args[0])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and NAMES & set(_targets(node)) and node.value:
            yield from _text(node.value)
        elif (
            isinstance(node, ast.Assign)
            and {"STATES", "WORDS"} & set(_targets(node))
            and isinstance(node.value, ast.Dict)
        ):
            yield from (text for value in node.value.values for text in _first(value))
        elif isinstance(node, ast.Constant) and id(node) not in docstrings and _is_sentence(node):
            yield str(node.value)


def _is_sentence(node: ast.Constant) -> bool:
    text = node.value
    return isinstance(text, str) and bool(SENTENCE.match(text)) and bool(GERMAN.search(text))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [_name(target) for target in targets]


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _text(node.body)
        yield from _text(node.orelse)


def _first(node: ast.expr) -> Iterator[str]:
    yield from _text(node.elts[0] if isinstance(node, ast.Tuple) else node)
