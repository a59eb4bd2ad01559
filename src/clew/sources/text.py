"""A data file as one stream of UTF-8: gzip opened, byte order marks dropped, other encodings turned into UTF-8."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from pathlib import Path

from clew.errors import BadInput

_RAW_BYTES = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    b"\xfd7zXZ": "an xz archive; unpack it, or pack it with gzip",
    b"BZh": "a bzip2 archive; unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "a zstd archive; unpack it, or pack it with gzip",
    b"PAR1": "a Parquet file; export it as CSV",
    b"SQLite format 3": "a SQLite database; export the table as CSV",
    b"%PDF": "a PDF; export the table as CSV",
}


def _mark_undecodable(fault: UnicodeError) -> tuple[str, int]:
    """Put byte FF for what cannot be decoded: no UTF-8 holds it, so the line is found and rejected later."""
    assert isinstance(fault, UnicodeDecodeError)
    return "\udcff", fault.end


codecs.register_error("clew-mark", _mark_undecodable)


class TextStream:
    """The text of one file from an offset on, as UTF-8 bytes.

    Undecodable input arrives as bytes that are no UTF-8. A lone carriage return is a line end where the file's first
    part holds no line feed at all.
    encoding  the one in use, once something is read        done, total  bytes of the file read, and all of them
    broken    gzip ends early or is damaged: what came before stays
    """

    def __init__(self, path: Path, encoding: str = "utf-8", offset: int = 0) -> None:
        self.path, self.broken, self.done = path, False, 0
        self.total = _size(path)
        self._decoder: codecs.IncrementalDecoder | None = None
        self._carriage = False
        self.encoding = encoding
        self._pieces = self._decoded(encoding)
        self._spare = b""
        self._skip(offset)

    def read(self, size: int) -> bytes:
        """Return about `size` bytes, never fewer unless the text ends there; b"" at the end."""
        parts, length = [self._spare], len(self._spare)
        while length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            length += len(piece)
        self._spare = b""
        return b"".join(parts)

    def _skip(self, offset: int) -> None:
        while offset > 0:
            piece = self.read(1)
            if not piece:
                return
            self._spare, offset = piece[offset:], offset - len(piece)

    def _decoded(self, encoding: str) -> Iterator[bytes]:
        raw = self._raw()
        head = next(raw, b"")
        _refuse_archive(self.path, head)
        mark, encoding = _encoding_of(head, encoding)
        self.encoding = encoding
        head = head[len(mark) :]
        if encoding != "utf-8":
            self._decoder = codecs.getincrementaldecoder(encoding)("clew-mark")
        first = self._text(head)
        self._carriage = b"\r" in first and b"\n" not in first
        yield self._lines(first)
        for piece in raw:
            yield self._lines(self._text(piece))
        if self._decoder:
            yield self._lines(self._text(b"", final=True))

    def _text(self, piece: bytes, *, final: bool = False) -> bytes:
        if self._decoder is None:
            return piece
        return self._decoder.decode(piece, final).encode("utf-8", "surrogateescape")

    def _lines(self, text: bytes) -> bytes:
        return text.replace(b"\r", b"\n") if self._carriage else text

    def _raw(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
                file.seek(0)
                chunks = iter(lambda: file.read(_RAW_BYTES), b"")
                for chunk in self._unpacked(chunks) if packed else chunks:
                    self.done = file.tell()
                    yield chunk
        except OSError as fault:
            raise BadInput(f"{self.path} cannot be read: {fault.strerror or fault}") from fault

    def _unpacked(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        member = zlib.decompressobj(31)
        for packed in chunks:
            while packed:
                if member.eof:
                    packed = packed.lstrip(b"\0")  # padding between members, as gzip allows
                    member = zlib.decompressobj(31)
                    continue
                before = member.copy()
                try:
                    yield member.decompress(packed)
                except zlib.error:
                    self.broken = True
                    yield _before_damage(before, packed)
                    return
                packed = member.unused_data if member.eof else b""
        self.broken = not member.eof


def _before_damage(member: zlib._Decompress, packed: bytes) -> bytes:
    """Unpack byte by byte up to the damage."""
    parts = []
    for number in range(len(packed)):
        try:
            parts.append(member.decompress(packed[number : number + 1]))
        except zlib.error:
            break
    return b"".join(parts)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as fault:
        raise BadInput(f"{path} cannot be read: {fault.strerror or fault}") from fault


def _refuse_archive(path: Path, head: bytes) -> None:
    for magic, kind in _ARCHIVES.items():
        if head.startswith(magic):
            raise BadInput(f"{path} is {kind}")


def _encoding_of(head: bytes, declared: str) -> tuple[bytes, str]:
    """Return the byte order mark (b"" where there is none) and the name of the encoding; a mark wins."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return mark, name
    try:
        name = codecs.lookup(declared).name
    except LookupError as fault:
        raise BadInput(f"'{declared}' is no encoding; allowed: utf-8, cp1252, latin-1, utf-16, ...") from fault
    return b"", "utf-8" if name in ("utf-8", "utf-8-sig") else name
