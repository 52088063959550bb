"""Reads the catalogue of positions from criteria.toml."""

import tomllib
from pathlib import Path

CATALOGUE = Path(__file__).parent / "criteria.toml"


def read_catalogue() -> dict[str, str]:
    """Id ► title of all positions, in the order of the catalogue."""
    sections = tomllib.loads(CATALOGUE.read_text())
    return {key: title for section in sections.values() for key, title in section["positions"].items()}


def read_sections() -> dict[str, str]:
    """Letter ► heading."""
    return {letter: section["title"] for letter, section in tomllib.loads(CATALOGUE.read_text()).items()}
