"""Debian's Firefox on a screen of its own that nobody sees, with a camera, a microphone and a screen to share. How it is
steered stands in tests/browser/bidi.py."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.neighbours.process import Neighbour, free_port, port_answers

NUMBER = re.compile(r"^(\d+)\n", re.MULTILINE)
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing is fetched from the outside
PREFERENCES = {
    # A moving picture and a tone without asking, the whole screen when one is shared.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    # As on a machine with a network: addresses are real ones, the loopback counts as one.
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.peerconnection.ice.loopback": True,
    "intl.accept_languages": "de-DE, de",
    # No first-run pages, no experiments, no telemetry, no updates, no lists, no portal tests.
    "browser.startup.page": 0,
    "browser.newtabpage.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "toolkit.telemetry.server": NOWHERE,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "extensions.update.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "services.settings.server": NOWHERE,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.region.network.url": "",
    "dom.push.connection.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "media.gmp-manager.url": NOWHERE,
    "media.gmp-manager.updateEnabled": False,
}


@dataclass(frozen=True)
class Firefox:
    """A running Firefox; `address` is where it takes WebDriver BiDi."""

    port: int
    process: Neighbour

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/session"


def find(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    pytest.fail(f"{names[0]} is not on this machine; `make test` installs it", pytrace=False)


def start_screen(folder: Path) -> tuple[Neighbour, str]:
    """A screen without a monitor, and its name for DISPLAY. It finds a number that is free, and says it once it listens."""
    size = ("-screen", "0", "1280x960x24", "-nolisten", "tcp", "-noreset")
    screen = Neighbour([find("Xvfb"), "-displayfd", "1", *size], folder / "screen.log")
    screen.wait_until(lambda: NUMBER.search(screen.output()) is not None)
    number = NUMBER.search(screen.output())
    return screen, f":{number[1] if number else ''}"


def start_firefox(folder: Path, display: str) -> Firefox:
    profile = folder / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    port = free_port()
    command = [find("firefox-esr", "firefox"), "--no-remote", "--profile", str(profile)]
    command.append(f"--remote-debugging-port={port}")
    own = {
        "DISPLAY": display,
        "HOME": str(folder),
        "MOZ_CRASHREPORTER_DISABLE": "1",
        "MOZ_ENABLE_WAYLAND": "0",
    }
    process = Neighbour(command, folder / "firefox.log", env={**os.environ, **own})
    process.wait_until(partial(port_answers, port), within_s=90)
    return Firefox(port, process)


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One Firefox for all tests; persons are kept apart by user contexts."""
    folder = tmp_path_factory.mktemp("firefox")
    screen, display = start_screen(folder)
    try:
        running = start_firefox(folder, display)
        try:
            yield running
        finally:
            running.process.stop()
    finally:
        screen.stop()
