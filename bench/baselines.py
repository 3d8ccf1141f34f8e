"""What each stage is measured against, in the same run on the same machine."""

import csv
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pycurl


def copy_seconds(psql: str, url: str, path: Path) -> float:
    r"""Seconds that psql's `\copy` takes to bring the file into a table with a text column for each of the file's."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        columns = len(next(csv.reader(text)))
    names = ", ".join(f"c{number} text" for number in range(columns))
    # one invocation: \timing then speaks of the copy alone. Logged, as our own tables are
    script = f"""CREATE TABLE bare ({names});
\\timing on
\\copy bare FROM '{path}' WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')
\\timing off
DROP TABLE bare;
"""
    shown = subprocess.run(
        [psql, url, "-X", "-q", "-v", "ON_ERROR_STOP=1"], input=script, capture_output=True, text=True, check=True
    ).stdout
    milliseconds = next(line for line in shown.splitlines() if line.startswith("Time:")).split()[1]
    return float(milliseconds) / 1000


def calamine_seconds(path: Path) -> float:
    """Seconds that calamine takes to make Python values of a spreadsheet's first sheet, in a process of its own.

    Without the start of the process, and without a look at the values.
    """
    program = """
import sys, time
from python_calamine import load_workbook
started = time.monotonic()
rows = load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()
print(time.monotonic() - started)
"""
    command = [sys.executable, "-c", program, str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def post_seconds(url: str, messages: int, concurrency: int) -> float:
    """Seconds that a bare libcurl-multi loop takes to post as many forms as there are messages."""
    body = urlencode(
        {
            "To": "+12025550143",
            "From": "+12025550100",
            "Body": "Hi Ann, your visit with Dr. Bell is on Tue, Dec 1 at 9:30 AM. Reply C to confirm, X to cancel.",
            "StatusCallback": "https://carillon.example/messages/status/twilio?company=1&message=2",
        }
    )
    multi = pycurl.CurlMulti()
    idle = [_handle(url, body) for _ in range(concurrency)]
    started = time.monotonic()
    sent = done = 0
    while done < messages:
        while idle and sent < messages:
            handle = idle.pop()
            handle.setopt(pycurl.WRITEDATA, BytesIO())
            multi.add_handle(handle)
            sent += 1
        multi.perform()
        _, good, bad = multi.info_read()
        if bad:
            raise RuntimeError(f"the sink refused: {bad[0][2]}")
        for handle in good:
            multi.remove_handle(handle)
            idle.append(handle)
            done += 1
        if not good:
            multi.select(0.1)
    return time.monotonic() - started


def _handle(url: str, body: str) -> pycurl.Curl:
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.POSTFIELDS, body)
    handle.setopt(pycurl.USERPWD, "AC0:token")
    return handle
