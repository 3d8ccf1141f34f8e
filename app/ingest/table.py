"""What passes between the readers of the file formats and the loader."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from app.config import Settings
from app.ingest.errors import RowCode
from app.ingest.plain import PlainRows
from app.models import DataSource, FileFormat

Row = tuple[int, list[str]]
"""A row to load: its number as the spreadsheet shows it (the first row of the file is 1), a cell for each column."""

RawRow = tuple[int, list[str], str]
"""A row as a format's reader finds it: number, cells however many there are, and the text that they were read from.

The text is at least as long as the longest cell.
"""

_RAW_CHARS = 4_000
_NOT_STORABLE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd") | {0: "\u2400"}


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that cannot be loaded. `raw` is the beginning of its text, in characters that PostgreSQL can store."""

    row_number: int
    code: RowCode
    raw: str

    @classmethod
    def of(cls, row_number: int, code: RowCode, raw: str) -> "Rejection":
        """Shortens `raw` and shows what cannot be stored by a sign in its place."""
        shown = raw if len(raw) <= _RAW_CHARS else raw[: _RAW_CHARS - 1] + "…"
        return cls(row_number, code, shown.rstrip("\r\n").translate(_NOT_STORABLE))


Piece = Row | Rejection | PlainRows


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold: bytes as stored and once unpacked, data rows, columns, characters in a cell."""

    max_bytes: int = 256 * 1024 * 1024
    max_unpacked_bytes: int = 1024 * 1024 * 1024
    spreadsheet_memory_bytes: int = 1024 * 1024 * 1024
    spreadsheet_cpu_seconds: int = 60
    """What reading a sheet may take, which is read whole."""
    max_rows: int = 5_000_000
    max_columns: int = 256
    max_cell_chars: int = 32_768

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        """The limits that the installation has set."""
        return cls(
            max_bytes=settings.max_upload_bytes,
            max_unpacked_bytes=settings.max_unpacked_bytes,
            spreadsheet_memory_bytes=settings.spreadsheet_memory_bytes,
            spreadsheet_cpu_seconds=settings.spreadsheet_cpu_seconds,
            max_rows=settings.max_file_rows,
            max_columns=settings.max_file_columns,
            max_cell_chars=settings.max_cell_chars,
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """How the bytes of a file become cells under the names of columns."""

    encoding: str
    """Name of a Python codec."""
    delimiter: str
    """The character between two cells."""
    quote: str = '"'
    """The character around cells that hold a delimiter or a line's end; empty when none has that meaning."""
    has_header: bool | None = True
    """Whether the first row names the columns; None: as it looks."""
    format: FileFormat = FileFormat.TEXT
    """A spreadsheet is turned into text; then what stands above describes that text."""
    sheet: str | None = None
    """Name of the sheet whose rows are read; None, of a spreadsheet: the first that is shown and holds something."""

    @classmethod
    def of(cls, source: DataSource) -> "Layout":
        """As a data source keeps it: under the same names."""
        return cls(**{field.name: getattr(source, field.name) for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a spreadsheet, hidden or shown."""

    name: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Table:
    """An open file: its columns, and its rows, to be walked once. To be closed, which leaves the stream open.

    Walking the rows raises `FileRefused` when the file as a whole turns out not to be loadable.
    """

    layout: Layout
    """As it was read; nothing in it is left open."""
    columns: list[str]
    pieces: Iterator[Piece]
    bytes_read: Callable[[], int]
    """How far into the file the walk is, at most one read-ahead in front of the last row given."""
    close: Callable[[], None]
    sheets: tuple[Sheet, ...] = ()
    """Those that there are to choose from."""

    @property
    def rows(self) -> Iterator[Row | Rejection]:
        """The rows of the pieces, one by one."""
        for piece in self.pieces:
            if isinstance(piece, PlainRows):
                yield from piece
            else:
                yield piece
