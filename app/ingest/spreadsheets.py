"""Spreadsheets (XLSX, XLS, ODS), read by a process of its own that hands them over as comma-separated text.

Why a process: `spreadsheet_program.py`. It reads the sheet whole, so its memory grows with the file, up to the limit
that it is given; on this side nothing grows.
"""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import structlog

from app.ingest import spreadsheet_program
from app.ingest.counted import CountedStream
from app.ingest.delimited import RECORD_CHARS
from app.ingest.errors import FileCode, FileRefused
from app.ingest.table import Limits, Sheet

_PIPE_BYTES = 1024 * 1024
"""So much the program may be ahead, while what it wrote before is brought into the database."""
_TOO_MUCH = (
    spreadsheet_program.TOO_MUCH,
    *(-number for number in (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGXCPU)),
)
"""How the program ends that wanted more memory or time than it may have."""

log = structlog.get_logger()


class SpreadsheetProgramError(RuntimeError):
    """The program ended by a defect of its own, which it has told on standard error."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the program says before the rows: the sheet that follows, those there are, and how many rows it has."""

    sheet: str
    sheets: tuple[Sheet, ...]
    rows: int


class SheetText(io.RawIOBase):
    """What the program writes about one sheet: UTF-8, comma-separated. Closing this ends the program.

    Raises FileRefused, when made or while it is read: no_such_sheet, no_sheet_with_rows, damaged_file,
    spreadsheet_too_demanding.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.lines = 0
        """How many have been read; a cell of several lines counts for as many."""
        self._process = process
        self._output = cast(io.BufferedReader, process.stdout)
        try:
            self.heading = self._read_heading()
        except BaseException:
            self.close()
            raise

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a wider protocol
        """Fills `buffer` with what the process has ready; 0 once it has ended well."""
        chunk = self._output.read1(len(buffer))
        if not chunk:
            self._check_end()
        buffer[: len(chunk)] = chunk
        self.lines += chunk.count(b"\n")
        return len(chunk)

    def close(self) -> None:
        """Ends the process if it is still at work."""
        if not self.closed:
            self._process.kill()
            self._process.wait()
            self._output.close()
        super().close()

    def _read_heading(self) -> Heading:
        line = self._output.readline()
        if not line:
            self._check_end()
        said: dict[str, Any] = json.loads(line)
        if "refused" in said:
            raise FileRefused(FileCode(said["refused"]))
        sheets = tuple(Sheet(each["name"], each["hidden"]) for each in said["sheets"])
        return Heading(said["sheet"], sheets, said["rows"])

    def _check_end(self) -> None:
        status = self._process.wait()
        if status == 0:
            return
        log.warning("spreadsheet_not_read", exit_status=status)
        if status == spreadsheet_program.DAMAGED:
            raise FileRefused(FileCode.DAMAGED_FILE)
        if status in _TOO_MUCH:
            raise FileRefused(FileCode.SPREADSHEET_TOO_DEMANDING)
        raise SpreadsheetProgramError(f"exit status {status}")


def sheet_text(stream: BinaryIO, sheet: str | None, limits: Limits) -> SheetText:
    """Starts the program on a spreadsheet; `sheet` as in `Layout`. Raises FileRefused: too_large, and as above."""
    wanted = {
        "memory_bytes": limits.spreadsheet_memory_bytes,
        "cpu_seconds": limits.spreadsheet_cpu_seconds,
        "cell_chars": limits.max_cell_chars + 1,
        "record_chars": RECORD_CHARS,
        "sheet": sheet,
    }
    # -I: neither the environment nor the present directory has a say in what is imported
    command = [sys.executable, "-I", str(Path(spreadsheet_program.__file__)), json.dumps(wanted)]
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(io.BufferedReader(CountedStream(stream, limits.max_bytes)), copy)
        copy.seek(0)
        process = subprocess.Popen(
            command, stdin=copy, stdout=subprocess.PIPE, pipesize=_PIPE_BYTES, env=_environment()
        )
    return SheetText(process)


def _environment() -> dict[str, str]:
    """What Python needs to start, and none of our secrets."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
