"""The text that the officer signs, and its fingerprint. What it demands is `decide.py`."""

import hashlib
from pathlib import Path
from typing import Final

TEXT: Final = (Path(__file__).parent / "POLICY.md").read_text("utf-8")
FINGERPRINT: Final = hashlib.sha256(TEXT.encode()).hexdigest()
