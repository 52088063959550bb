"""A catalogue file that somebody sent: bytes that may be anything, read within bounds. Its rules are in `read_file`."""

from typing import Any

import yaml

from server.catalog.read_file import CatalogueFile, CatalogueRefused, parse_catalogue

MOST_BYTES = 300_000
MOST_NODES = 200_000


def read_text(data: bytes) -> tuple[CatalogueFile | None, str, list[str]]:
    """The file, its text, and a message for every bad line. Files that unfold into something huge are refused."""
    try:
        text = data.decode("utf-8-sig")
        if "\0" in text:
            raise ValueError
        if _unfolded(text) > MOST_NODES:
            return None, "", ["Zeile 1: Die Datei verweist zu oft auf sich selbst."]
        return parse_catalogue(text), text, []
    except CatalogueRefused as refused:
        return None, "", refused.lines[:500]
    except ValueError:
        return None, "", ["Zeile 1: Die Datei ist kein Text in UTF-8."]
    except (yaml.YAMLError, RecursionError):
        return None, "", ["Zeile 1: kein lesbares YAML"]


def _unfolded(text: str) -> int:
    """How many values the file has once every reference is followed."""
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = MOST_NODES + 1  # a circle counts as endless
            parts = node.value if isinstance(node, yaml.CollectionNode) else []
            flat = [one for part in parts for one in (part if isinstance(part, tuple) else (part,))]
            sizes[id(node)] = 1 + sum(size(one) for one in flat)
        return sizes[id(node)]

    root = yaml.compose(text, yaml.SafeLoader)
    return size(root) if root is not None else 0
