"""Which libraries the image holds: what every installation holds, and what reads photos of phones."""

import re
import tomllib

from tests.office.served import ROOT


def test_the_image_reads_photos_of_phones_and_holds_else_what_every_installation_holds() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text()
    (listed,) = re.findall(r"--require-hashes .*-r (\S+)$", text, re.MULTILINE)
    assert f"COPY {listed} ./\n" in text
    assert f"!{listed}" in (ROOT / ".dockerignore").read_text().splitlines()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    more = pinned(listed) - pinned("requirements.txt")
    assert pinned("requirements.txt") < pinned(listed)
    assert {name for name, _ in more} == {re.split("[<>=]", wanted)[0] for wanted in extras["heic"]}
    assert more < pinned("requirements-dev.txt"), "what the tests ran with"


def pinned(name: str) -> set[tuple[str, ...]]:
    """Library and version of each line of a list."""
    return set(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
