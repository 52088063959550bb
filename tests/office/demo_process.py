"""The demo city as `make run` starts it, in a folder of its own: how soon it answers, and how much memory it holds."""

import re
import sys
import time
import urllib.request
from pathlib import Path

from tests.neighbours.process import Neighbour, free_port
from tests.office.served import ROOT

PATHS = (
    "/",
    "/?q=Perso",
    "/services/bauberatung",
    "/times?service=bauberatung",
    "/office/sign-in",
    "/impressum",
)


class DemoCity:
    """Start it, ask it, stop it; what it wrote stays in the folder for the next start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Neighbour | None = None

    def start(self, within_s: float = 120) -> float:
        """Returns after the first answer, with the seconds that it took."""
        environment = {
            "SPRECHZEIT_DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'demo.db'}",
            "SPRECHZEIT_DATA_DIR": str(self.folder),
            "SPRECHZEIT_STORE": str(self.folder / "documents"),
            "SPRECHZEIT_PUBLIC_URL": self.url,
        }
        command = [sys.executable, "-m", "server", "demo", "--port", str(self.port)]
        begin = time.monotonic()
        self.process = Neighbour(command, self.folder / "demo.log", env=environment, cwd=ROOT)
        self.process.wait_until(self._answers, within_s)
        return time.monotonic() - begin

    def walk(self, rounds: int = 5) -> None:
        """Somebody looks at the pages again and again."""
        for path in PATHS * rounds:
            self.get(path)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            body: bytes = answer.read()
            return body

    def resident_mb(self) -> float:
        """What the kernel holds in memory for the process, its shared libraries included."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()

    def _answers(self) -> bool:
        try:
            return bool(self.get("/readyz"))
        except OSError:
            return False
