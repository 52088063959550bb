"""Reads the layer table of the README and finds the imports that it forbids. Only reads sources, imports none of them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

PACKAGES = ("server", "signaling", "recordings_policy")
HEADING = "## Who may import whom"
WALL_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


@dataclass(frozen=True)
class Row:
    """One line of the table. Patterns are those of a shell: `*` also spans dots."""

    modules: tuple[str, ...]
    allowed: tuple[str, ...]
    forbidden: tuple[str, ...]
    libraries: frozenset[str]


def read_table(readme: str) -> list[Row]:
    section = readme.partition(HEADING)[2].partition("\n## ")[0]
    rows = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 3 or not cells[0].startswith("`"):
            continue
        forbidden = re.findall(r"not `([^`]+)`", cells[1])
        allowed = [name for name in re.findall(r"`([^`]+)`", cells[1]) if name not in forbidden]
        if cells[1] == "everything":
            allowed = ["*"]
        libraries = frozenset(re.findall(r"`([^`]+)`", cells[2]))
        rows.append(
            Row(tuple(re.findall(r"`([^`]+)`", cells[0])), tuple(allowed), tuple(forbidden), libraries)
        )
    return rows


def read_sources(root: Path) -> dict[str, str]:
    """Dotted module name ► source, for all our packages."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): path.read_text()
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
    }


def violations(table: list[Row], sources: dict[str, str]) -> list[str]:
    """A sentence for every import that the table forbids, and for every module that it does not know."""
    return [
        fault for module, source in sources.items() for fault in _faults(table, module, source, set(sources))
    ]


def _faults(table: list[Row], module: str, source: str, known: set[str]) -> Iterator[str]:
    row = next((row for row in table if any(fnmatchcase(module, p) for p in row.modules)), None)
    if row is None:
        yield f"{module} is in no row of the layer table"
        return
    watched = frozenset().union(*(r.libraries for r in table))
    for line, target in imports(module, source, known):
        top = target.partition(".")[0]
        ours = top in PACKAGES
        if ours and not _may(row, module, target):
            yield f"{module}:{line} may not import {target}"
        if not ours and top in watched - row.libraries:
            yield f"{module}:{line} may not import the library {top}"


def _may(row: Row, module: str, target: str) -> bool:
    folder = module.rpartition(".")[0]
    if target in (folder, folder.partition(".")[0], module):
        return True

    def fits(patterns: tuple[str, ...]) -> bool:
        return any(fnmatchcase(target, p.replace("{folder}", folder)) for p in patterns)

    return fits(row.allowed) and not fits(row.forbidden)


def imports(module: str, source: str, known: set[str]) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, also inside functions and for types alone."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, node.module] if node.module else base)
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield node.lineno, inner if inner in known else origin


def wall_clock_calls(sources: dict[str, str]) -> list[str]:
    """Where the time of day is asked for outside of `server.clock`."""
    return [
        f"{module}:{node.lineno} asks {node.func.value.id}.{node.func.attr}()"
        for module, source in sources.items()
        if module != "server.clock"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in WALL_CLOCK
    ]
