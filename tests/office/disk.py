"""What lies on disk, read while servers write beside: files come, go and get their final names meanwhile."""

from pathlib import Path


def contents_of(folder: Path) -> dict[Path, bytes]:
    """Every file below the folder; read anew when one of them was moved away before its turn came."""
    while True:
        try:
            return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        except FileNotFoundError:
            continue
