"""The small Internet with the city's relay in it, and a folder for what is written meanwhile."""

from dataclasses import dataclass
from pathlib import Path

from tests.network.internet import Internet
from tests.network.relay import Relay


@dataclass
class World:
    internet: Internet
    turn: Relay
    folder: Path
