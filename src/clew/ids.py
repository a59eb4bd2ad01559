"""Fingerprints that stay the same on every machine and in every year."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

CHUNK = 1 << 20


def fingerprint(*parts: str) -> str:
    """Return 12 hexadecimal digits that differ whenever the parts differ (("a", "bc") and ("ab", "c") do)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()[:12]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def stable_hash(text: str) -> int:
    """Return 32 bits of a text, the same everywhere: decides the bucket of a thread."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def file_stem(name: str) -> str:
    """Return a file name without ending for any text: itself where that is safe on every file system."""
    if name and name.isascii() and name.replace("_", "a").replace("-", "a").isalnum() and name == name.lower():
        return name[:100]
    readable = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower())
    return f"{readable[:40].strip('-')}.{fingerprint(name)}"
