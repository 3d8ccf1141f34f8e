"""Why a file, or one of its rows, cannot be loaded: codes, and the words that people read."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class FileCode(StrEnum):
    """Why a whole file is refused, its loading fails, or it cannot be read in another way."""

    EMPTY_FILE = "empty_file"
    BLANK_FILE = "blank_file"
    UNREADABLE_HEADER = "unreadable_header"
    BINARY_FILE = "binary_file"
    MARKUP_FILE = "markup_file"
    DAMAGED_FILE = "damaged_file"
    ENCRYPTED = "encrypted"
    NOT_ONE_FILE = "not_one_file"
    NO_SUCH_SHEET = "no_such_sheet"
    NO_SHEET_WITH_ROWS = "no_sheet_with_rows"
    SPREADSHEET_TOO_DEMANDING = "spreadsheet_too_demanding"
    UNREADABLE_ENCODING = "unreadable_encoding"
    BROKEN_QUOTES = "broken_quotes"
    TOO_LARGE = "too_large"
    UNPACKED_TOO_LARGE = "unpacked_too_large"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    FILE_MISSING = "file_missing"
    UNKNOWN_ENCODING = "unknown_encoding"
    UNKNOWN_DELIMITER = "unknown_delimiter"
    UNKNOWN_QUOTE = "unknown_quote"
    NOT_OF_SPREADSHEETS = "not_of_spreadsheets"
    BEING_LOADED = "being_loaded"
    USED_BY_RUN = "used_by_run"


class RowCode(StrEnum):
    """Why one row is rejected while the rest of its file loads."""

    TOO_MANY_CELLS = "too_many_cells"
    CELL_TOO_LONG = "cell_too_long"
    ROW_TOO_LONG = "row_too_long"
    OPEN_QUOTE = "open_quote"
    NUL_CHARACTER = "nul_character"
    UNREADABLE_CHARACTERS = "unreadable_characters"


WORDS: dict[FileCode | RowCode, str] = {
    FileCode.EMPTY_FILE: "The file is empty.",
    FileCode.BLANK_FILE: "The file holds nothing but blank rows.",
    FileCode.UNREADABLE_HEADER: "The header, in row {row}, cannot be read: a quote is left open, or it is too long.",
    FileCode.BINARY_FILE: "This is no list in text and no spreadsheet. Save the list as CSV or XLSX and upload that.",
    FileCode.MARKUP_FILE: "This is a web page, whatever its name says. Open it in a spreadsheet and save it as XLSX.",
    FileCode.DAMAGED_FILE: "The file cannot be opened: it is damaged, protected or written in an unusual way.",
    FileCode.ENCRYPTED: "The file is protected with a password. Save it without one and upload that.",
    FileCode.NOT_ONE_FILE: "The archive holds {files} files: it must hold one list and nothing else.",
    FileCode.NO_SUCH_SHEET: "The spreadsheet has no sheet of that name.",
    FileCode.NO_SHEET_WITH_ROWS: "No sheet of the spreadsheet that is shown has anything in it.",
    FileCode.SPREADSHEET_TOO_DEMANDING: "Reading the spreadsheet takes more memory than it may. Save it as CSV.",
    FileCode.UNREADABLE_ENCODING: "The file's characters cannot be read. Save the list as CSV in UTF-8.",
    FileCode.BROKEN_QUOTES: "Too many quotes are left open, again in row {row}: the rows cannot be told apart.",
    FileCode.TOO_LARGE: "The file is larger than {limit} bytes.",
    FileCode.UNPACKED_TOO_LARGE: "The file unpacks to more than {limit} bytes.",
    FileCode.TOO_MANY_COLUMNS: "The file has {columns} columns; at most {limit} can be loaded.",
    FileCode.TOO_MANY_ROWS: "The file has more than {limit} rows.",
    FileCode.FILE_MISSING: "The stored file is no longer there. Upload it again.",
    FileCode.UNKNOWN_ENCODING: "No encoding of that name can be read here.",
    FileCode.UNKNOWN_DELIMITER: "A delimiter is a tab, a space or a plain sign that is no quote.",
    FileCode.UNKNOWN_QUOTE: "A quote is one of the characters \" and ', or nothing.",
    FileCode.NOT_OF_SPREADSHEETS: "A spreadsheet has no encoding, delimiter or quote that could be chosen.",
    FileCode.BEING_LOADED: "The file is being loaded. Wait until that has ended.",
    FileCode.USED_BY_RUN: "A run has used the file: its rows stay as they are. Upload it anew to read it otherwise.",
    RowCode.TOO_MANY_CELLS: "The row has cells beyond the last named column.",
    RowCode.CELL_TOO_LONG: "A cell is longer than is allowed.",
    RowCode.ROW_TOO_LONG: "The row is too long to be read.",
    RowCode.OPEN_QUOTE: "A quote is opened and not closed.",
    RowCode.NUL_CHARACTER: "The row holds a NUL character, which is no text.",
    RowCode.UNREADABLE_CHARACTERS: "The row holds characters that are not in the file's encoding.",
}


class FileRefused(Exception):  # noqa: N818  # an answer to the person who uploaded, not a defect
    """A whole file cannot be loaded. `facts` fill the placeholders of the code's words and fit into JSON."""

    def __init__(self, code: FileCode, **facts: int | str) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts

    @property
    def words(self) -> str:
        """What to tell the person."""
        return words_of(self.code, self.facts)


def words_of(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The words for a file's or a row's code. Raises ValueError for a code that is neither."""
    known = FileCode(code) if code in set(FileCode) else RowCode(code)
    return WORDS[known].format_map(facts or {})
