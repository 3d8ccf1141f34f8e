"""In which encoding a text file was written."""

import codecs
from typing import BinaryIO

from charset_normalizer import from_bytes

from app.ingest.errors import FileCode, FileRefused

SHOW_UNREADABLE = "carillon-show-unreadable"
"""Error handler for decoding: bytes that are not in the encoding become lone surrogates, which no real text holds."""

ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
    *("cp1252", "cp1250", "iso8859-15", "mac_roman", "cp437", "cp850"),
)
"""The codecs that a file can be read by; the first six, `cp1252` and `mac_roman` are found without being told."""

MARK_BYTES = 4
"""Of the longest byte order mark."""

_CANONICAL = {codecs.lookup(name).name: name for name in ENCODINGS}
_CHUNK_BYTES = 1024 * 1024
_SAMPLE_BYTES = 64 * 1024

# the longer mark first: UTF-32's begins with UTF-16's
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EIGHT_BIT = ["cp1252", "mac_roman"]
"""What Excel writes on Windows and on a Mac when asked for plain CSV; with more to choose from, guesses get worse."""
_BINARY_BEGINNINGS = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_CONTROL_BYTES = bytes([*range(0x09), *range(0x0E, 0x1A), 0x7F])
_BINARY_SHARE = 0.02
_BINARY_COUNT = 8


def detect_encoding(stream: BinaryIO) -> str:
    """The codec's name for a text file, from its mark or its bytes; reads `stream` to its end.

    All of the file is looked at, because the first letter that is not ASCII may stand in its last row. Raises
    FileRefused: empty_file, binary_file, unreadable_encoding.
    """
    beginning = stream.read(_CHUNK_BYTES)
    if not beginning:
        raise FileRefused(FileCode.EMPTY_FILE)
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            if len(beginning) == len(mark):
                raise FileRefused(FileCode.EMPTY_FILE)
            _read_to_end(stream)
            return encoding
    if unmarked := _utf16_without_mark(beginning[:_SAMPLE_BYTES]):
        _read_to_end(stream)
        return unmarked
    if _is_binary(beginning[:_SAMPLE_BYTES]):
        raise FileRefused(FileCode.BINARY_FILE)
    trouble = _first_not_utf8(beginning, stream)
    if trouble is None:
        return "utf-8"
    _read_to_end(stream)
    return _mostly_utf8(trouble) or _eight_bit(trouble)


def told_encoding(name: str, beginning: bytes) -> str:
    """The one of `ENCODINGS` that somebody means by `name`, in the variety that fits the mark at the beginning.

    Raises FileRefused(unknown_encoding).
    """
    try:
        known = _CANONICAL.get(codecs.lookup(name).name)
    except (LookupError, ValueError):
        known = None
    if known is None:
        raise FileRefused(FileCode.UNKNOWN_ENCODING)
    family = known.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    marked = next((encoding for mark, encoding in _MARKS if beginning.startswith(mark)), "")
    if marked.startswith(family):
        return marked
    # without a mark Python reads UTF-8 with or without one, and the others not at all
    return family + "-le" if known in ("utf-16", "utf-32") else known.removesuffix("-sig")


def _read_to_end(stream: BinaryIO) -> None:
    while stream.read(_CHUNK_BYTES):
        pass


def _is_binary(sample: bytes) -> bool:
    if sample.startswith(_BINARY_BEGINNINGS):
        return True
    controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return controls >= _BINARY_COUNT and controls > len(sample) * _BINARY_SHARE


def _utf16_without_mark(sample: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in nearly every second byte, and nearly none in the others."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    first, second = sample[0 : pairs * 2 : 2].count(0) / pairs, sample[1 : pairs * 2 : 2].count(0) / pairs
    if second > 0.5 and first < 0.05:
        return "utf-16-le"
    if first > 0.5 and second < 0.05:
        return "utf-16-be"
    return None


def _first_not_utf8(chunk: bytes, stream: BinaryIO) -> bytes | None:
    """The surroundings of the first bytes that are not UTF-8, or None when all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as problem:
            start = max(0, problem.start - _SAMPLE_BYTES // 2)
            return bytes(problem.object[start : start + _SAMPLE_BYTES])
        if not chunk:
            return None
        chunk = stream.read(_CHUNK_BYTES)


def _mostly_utf8(sample: bytes) -> str | None:
    """UTF-8 when the letters beyond ASCII that are well formed outnumber the bytes that are not.

    Lists glued together from several exports look so: a few rows are lost to another encoding, and get rejected.
    """
    text = sample.decode("utf-8", SHOW_UNREADABLE)
    unreadable = sum("\udc00" <= letter <= "\udcff" for letter in text)
    readable = sum(letter > "\x7f" for letter in text) - unreadable
    return "utf-8" if readable > unreadable else None


def _eight_bit(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=_EIGHT_BIT).best()
    if best is not None and best.encoding in _EIGHT_BIT:
        return best.encoding
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused(FileCode.UNREADABLE_ENCODING) from None
    return "cp1252"


def _show_unreadable(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return "".join(chr(0xDC00 + byte) for byte in problem.object[problem.start : problem.end]), problem.end


codecs.register_error(SHOW_UNREADABLE, _show_unreadable)
