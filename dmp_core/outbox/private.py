"""Files that only their owner reads, and that a power cut does not undo."""

import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Create `folder` and what is above it, mode 0700 for `folder` itself."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)


def open_private(path: Path, flags: int) -> int:
    """Descriptor of `path`, created with mode 0600 where `flags` create it."""
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable. Windows has no such call: NTFS journals its names."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
