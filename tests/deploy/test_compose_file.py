"""The compose file is read as compose reads it, which is stricter than most programs. What it says: `test_shipped.py`."""

from typing import Any

import pytest
import yaml

from tests.office.served import ROOT

COMPOSE = (ROOT / "deploy" / "compose.yml").read_text()


class OnceOnly(yaml.SafeLoader):
    """YAML as compose reads it: a key that stands twice is a fault, not the last one's say."""


def _mapping(loader: OnceOnly, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value if key.value != "<<"]
    assert len(keys) == len(set(keys)), (
        f"twice in compose.yml, before line {node.end_mark.line}: {sorted(keys)}"
    )
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


OnceOnly.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def test_no_key_stands_twice() -> None:
    assert yaml.load(COMPOSE, OnceOnly)["services"]
    with pytest.raises(AssertionError, match="twice"):
        yaml.load("a: {b: 1, b: 2}", OnceOnly)
