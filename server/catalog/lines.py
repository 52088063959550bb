"""YAML as plain values, with the line of every value, so that a message can name it. Knows nothing of services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

Place = Sequence[int | str]
Problem = tuple[int, str]


@dataclass(frozen=True)
class Document:
    """A file's values and its nodes; `problems` are (line, German message)."""

    values: Any
    root: yaml.Node | None
    problems: tuple[Problem, ...] = ()

    def line_of(self, place: Place) -> int:
        """The line of the value at this place, e.g. ("services", 3, "minutes"); of its surroundings if missing."""
        node, line = self.root, 1
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line


def _child(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    return None


def parse(text: str) -> Document:
    """Reads YAML without ever making objects (safe loader). A key given twice is a problem, as is broken YAML."""
    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        problems: list[Problem] = []
        _find_doubled_keys(root, problems, set())
        return Document(_construct(loader, root), root, tuple(problems))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Document(
            None, None, ((mark.line + 1 if mark else 1, f"kein lesbares YAML ({error.problem})"),)
        )
    except (yaml.YAMLError, ValueError, RecursionError):
        return Document(None, None, ((1, "kein lesbares YAML"),))
    finally:
        if loader is not None:
            loader.dispose()


def _construct(loader: yaml.SafeLoader, root: yaml.Node | None) -> Any:
    values = loader.construct_document(root) if root is not None else None
    if isinstance(values, dict | list | str | int | float | bool | date) or values is None:
        return values
    raise ValueError("unexpected value")


def _find_doubled_keys(node: yaml.Node | None, problems: list[Problem], seen: set[int]) -> None:
    """Plain YAML lets the last of two equal keys win in silence."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _find_doubled_keys(item, problems, seen)
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if str(key.value) in keys:
                problems.append((key.start_mark.line + 1, f"„{key.value}“ steht hier schon"))
            keys.add(str(key.value))
            _find_doubled_keys(value, problems, seen)
