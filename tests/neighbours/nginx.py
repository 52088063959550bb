"""A real nginx with the configuration that is shipped; only its variables are filled in."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.neighbours.process import Neighbour, free_port, port_answers

TEMPLATE = Path(__file__).parents[2] / "deploy" / "nginx" / "nginx.conf.template"
VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def filled(variables: Mapping[str, str]) -> str:
    """The shipped template as envsubst fills it; KeyError for a variable that nobody gave."""
    return VARIABLE.sub(lambda found: variables[found[1]], TEMPLATE.read_text())


class Nginx:
    """In front of two servers and two signaling processes; `log` holds all that it writes."""

    def __init__(self, folder: Path, certificate: Path, key: Path) -> None:
        self.folder = folder
        self.https, self.http = free_port(), free_port()
        self.access_log = folder / "access.log"
        self._variables = {
            "SERVER_NAME": "localhost",
            "HTTP_LISTEN": f"127.0.0.1:{self.http}",
            "HTTPS_LISTEN": f"127.0.0.1:{self.https}",
            "TLS_CERTIFICATE": str(certificate),
            "TLS_KEY": str(key),
            "RUN_DIR": str(folder),
            "ACCESS_LOG": str(self.access_log),
            "ACME_DIR": str(folder / "acme"),
        }
        self.server: Neighbour | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https}"

    def start(self, servers: tuple[str, str], signaling: tuple[str, str]) -> None:
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        if not Path(program).is_file():
            pytest.fail("nginx is not on this machine; `make test` installs it", pytrace=False)
        upstreams = {"SERVER_1": servers[0], "SERVER_2": servers[1]}
        upstreams |= {"SIGNALING_1": signaling[0], "SIGNALING_2": signaling[1]}
        configuration = self.folder / "nginx.conf"
        configuration.write_text(filled({**self._variables, **upstreams}))
        # As root, nginx would give up its rights and then not get into the tests' folder.
        directives = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        command = [program, "-c", str(configuration), "-e", "stderr", "-g", directives]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        self.server = Neighbour(command, self.folder / "nginx.log", cwd=self.folder)
        self.server.wait_until(lambda: port_answers(self.https))

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()

    def written(self) -> str:
        """Everything that nginx has written into its logs."""
        assert self.server is not None
        return self.server.output() + self.access_log.read_text()
