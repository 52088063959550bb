"""What the documents say is so: paths exist, links lead somewhere, every setting is described and no other."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.settings import Settings

ROOT = Path(__file__).parents[1]
OPERATIONS = ROOT / "docs" / "operations.md"
DOCUMENTS = sorted(
    path
    for folder in (".", "docs", "docs/decisions", "signaling", "recordings_policy", "deploy", "webclient")
    for path in (ROOT / folder).glob("*.md")
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_path_that_the_readme_points_to_exists() -> None:
    table = section((ROOT / "README.md").read_text(), "Where is what")
    paths = [
        path
        for line in table.splitlines()
        if line.startswith("| `")
        for path in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text()
    inner = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    missing = []
    for link in inner:
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            missing.append(link)
    assert missing == []


def anchors(markdown: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def documented_settings() -> dict[str, str]:
    """Name ► default as written, from the tables of docs/operations.md."""
    rows = re.findall(r"^\| `SPRECHZEIT_([A-Z0-9_]+)` \| ([^|]*) \|", OPERATIONS.read_text(), re.MULTILINE)
    return {name.lower(): default.strip() for name, default in rows}


# Read before the settings themselves, or by signaling in a process of its own.
BESIDE_THE_FIELDS = {"secrets_dir", "log_level", "signaling_host", "signaling_port", "signaling_origins"}


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(documented_settings()) - BESIDE_THE_FIELDS == set(Settings.model_fields)


def as_written(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    if default in (None, "") or isinstance(default, SecretStr):
        return "–"
    return f"`{default}`"


def test_documented_defaults_are_the_defaults() -> None:
    written = documented_settings()
    defaults = {name: as_written(field.default) for name, field in Settings.model_fields.items()}
    assert {n: d for n, d in defaults.items() if written[n] not in (d, "must be set")} == {}


def test_the_protocol_of_the_rooms_is_written_down() -> None:
    assert "sprechzeit.v1" in (ROOT / "signaling" / "PROTOCOL.md").read_text()


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text()


def test_the_versions_agree() -> None:
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    stated = re.search(r"^softwareVersion: ([\d.]+)$", (ROOT / "publiccode.yml").read_text(), re.MULTILINE)
    assert version
    assert stated
    assert version[1] == stated[1]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-image.txt", "requirements-dev.txt"])
def test_every_library_is_pinned_with_hashes_and_names_no_host(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(pins) > 20
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9._-]+==\S+( ; .+)? \\", pin)] == []
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
