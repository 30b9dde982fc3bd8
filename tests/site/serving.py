"""A site as it is on the web: its own process, its own port, reached over loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`datasette <folder>`: yields its address, without a final slash."""
    port = free_port()
    command = [sys.executable, "-m", "datasette", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urlopen(address + "/", timeout=5).close()
                break
            except URLError:
                time.sleep(0.1)
        else:
            raise TimeoutError(f"{' '.join(command)} does not answer")
        yield address
    finally:
        process.terminate()
        process.wait(10)
