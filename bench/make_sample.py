"""An appointment list as clinics export it: same rows, seed and start date, same bytes.

    python bench/make_sample.py --rows 5000 --seed 1 --start-date 2026-11-24 --out appointments.csv

The file has the faults that real lists have, in exact numbers, and `write_sample` says how many of each, so that
whoever puts the file through Carillon can count what must become of its rows. Faults never meet in one row.

No number belongs to anybody: all are in the exchange 555, which no subscriber is given, across the area codes of
the United States. Addresses are in the domains that RFC 2606 keeps for examples.
"""

import argparse
import csv
import json
import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random

DEFAULT_ROWS = 5_000

HEADER = [
    "Patient Name",
    "Cell Phone",
    "E-mail",
    "Provider",
    "Location",
    "Appt Date",
    "Appt Time",
    "Bill amt",
    "MRN",
    "Language",
    "Notes",
    "ZIP code",
]
EMPTY_COLUMNS = 3
"""Columns without a name or a value that the clinic's spreadsheet drags along at the end."""


class Fault(StrEnum):
    """What is wrong with a row; a row has one fault or none."""

    BAD_PHONE = "bad_phone"
    BAD_EMAIL = "bad_email"
    DUPLICATE = "duplicate"
    BLANK_PHONE = "blank_phone"
    BLANK_EMAIL = "blank_email"


PERCENT = {
    Fault.BAD_PHONE: 3,
    Fault.BAD_EMAIL: 2,
    Fault.DUPLICATE: 4,
    Fault.BLANK_PHONE: 2,
    Fault.BLANK_EMAIL: 5,
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """How many rows a sample has of each kind."""

    rows: int
    bad_phones: int
    bad_emails: int
    duplicates: int
    blank_phones: int
    blank_emails: int

    @property
    def reachable_by_phone(self) -> int:
        """Rows that one campaign turns into a text: a good number, and not a repeat."""
        return self.rows - self.bad_phones - self.blank_phones - self.duplicates

    @property
    def reachable_by_email(self) -> int:
        """Rows that one campaign turns into an e-mail: a good address, and not a repeat."""
        return self.rows - self.bad_emails - self.blank_emails - self.duplicates


@dataclass(frozen=True, slots=True)
class Appointment:
    """One row before it is written, with the phone as ten digits."""

    name: str
    phone: str
    email: str
    provider: str
    location: str
    zip_code: str
    day: date
    minute: int
    bill: str
    record_number: str
    language: str
    notes: str


PHONE_SPELLINGS: tuple[Callable[[str, str, str], str], ...] = (
    lambda area, exchange, line: f"({area}) {exchange}-{line}",
    lambda area, exchange, line: f"{area}-{exchange}-{line}",
    lambda area, exchange, line: f"{area}.{exchange}.{line}",
    lambda area, exchange, line: f"{area}{exchange}{line}",
    lambda area, exchange, line: f"{area} {exchange} {line}",
    lambda area, exchange, line: f"+1 {area} {exchange} {line}",
    lambda area, exchange, line: f"+1{area}{exchange}{line}",
    lambda area, exchange, line: f"1-{area}-{exchange}-{line}",
    lambda area, exchange, line: f" {area}/{exchange}-{line} ",
    lambda area, exchange, line: f"({area})\u00a0{exchange}-{line}",
)
BAD_PHONES: tuple[Callable[[str], str], ...] = (
    lambda phone: f"{phone[3:6]}-{phone[6:]}",
    lambda phone: f"({phone[:3]}) {phone[3:6]}-{phone[6:8]}",
    lambda phone: f"{phone[:3]}-{phone[3:6]}-{phone[6:]}{phone[6:8]}",
    lambda phone: f"0{phone[1:3]}-{phone[3:6]}-{phone[6:]}",
    lambda phone: f"{phone[:3]}-155-{phone[6:]}",
    lambda phone: "000-000-0000",
    lambda phone: "999-999-9999",
    lambda phone: "n/a",
    lambda phone: "call daughter",
)
BAD_EMAILS: tuple[Callable[[str, str], str], ...] = (
    lambda local, domain: f"{local}@",
    lambda local, domain: f"@{domain}",
    lambda local, domain: f"{local} at {domain}",
    lambda local, domain: f"{local}@{domain.replace('.', ',')}",
    lambda local, domain: f"{local}@{domain.partition('.')[0]}",
    lambda local, domain: f"{local.replace('.', '..')}@{domain}",
    lambda local, domain: f"{local}@@{domain}",
    lambda local, domain: "none",
)

# blocks of words, because a quoted word a line would hide the program behind its names (hence SIM905)
LAST_NAMES = """
    SMITH JOHNSON WILLIAMS BROWN JONES MILLER DAVIS WILSON MOORE TAYLOR MCDONALD MACLEOD O'BRIEN O'NEIL NUÑEZ
    GARCÍA HERNÁNDEZ MÜLLER ÅSTRÖM DVOŘÁK KOWALSKI NGUYEN KIM PATEL SINGH HAN LI SMITH-JONES ST.JOHN ABDUL-RAHMAN
    COHEN ROSSI DUBOIS VAN_DYKE DE_LA_CRUZ DEL_RÍO LE_BLANC WASHINGTON FREEMAN BAKER CARTER HUGHES
""".split()  # noqa: SIM905
FIRST_NAMES = """
    JOHN MARY_ANN JAMES PATRICIA ROBERT JENNIFER MICHAEL LINDA DAVID ELIZABETH JOSÉ MARÍA LUIS SOFÍA SEAN SIOBHÁN
    BJÖRN ZOË RENÉE FRANÇOIS WEI MIN-JUN PRIYA ARJUN FATIMA OMAR SARAH DANIEL GRACE SAMUEL RUTH JOSEPH_A
    ANNE-MARIE LATOYA DESHAWN CHLOE ETHAN ISABELLA
""".split()  # noqa: SIM905
PROVIDERS = (
    "Chen, Amy MD",
    "Dr. Okafor",
    "PATEL, R",
    "Dr. María Gómez",
    "Nguyen, T DO",
    "Lindström, Eva NP",
    "Dr. O'Connor",
    "Katz, Ben DDS",
)
LOCATIONS = (
    ("Main St. Clinic", "02118"),
    ("North Campus, Bldg 4", "60614"),
    ("Riverside", "97201"),
    ("Downtown - Suite 200", "10001"),
    ("West Side Family Practice", "85003"),
)
NOTES = (
    "",
    "",
    "",
    "",
    "New patient",
    "Bring insurance card; arrive 15 min early",
    "Fasting, no food after midnight",
    'Prefers "Liz"',
    "Needs wheelchair access\nSide entrance",
    "Interpreter requested:\r\nEspañol",
    "Follow-up – 6 weeks ☎ before",
    "Bill amt: $45.00 past due",
)
LANGUAGES = ("English", "English", "English", "Spanish", "")
EMAIL_DOMAINS = ("example.com", "example.org", "example.net")

AREA_CODES = """
    201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251
    252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318
    319 320 321 323 325 330 331 334 336 337 347 352 360 361 386 401 402 404 405 406 407 408 409 410 412 413 414
    415 417 419 423 424 425 430 432 434 435 440 443 469 478 479 480 484 501 502 503 504 505 507 508 509 510 512
    513 515 516 517 518 520 530 540 541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 601 602 603 605
    606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682
    701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 727 731 732 734 740 754 757 760 763 765
    770 772 773 774 775 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817 818 828 830 831 832
    843 845 847 848 850 856 857 858 859 860 862 863 864 865 870 878 901 903 904 906 907 908 909 910 912 913 914
    915 916 917 918 919 920 925 928 931 936 937 940 941 947 949 951 952 954 956 970 971 972 973 978 979 980 985
    989
""".split()  # noqa: SIM905
EXCHANGE = "555"
LINES = 10_000
NUMBERS = len(AREA_CODES) * LINES
STRIDE = 1_618_033
"""Prime to `NUMBERS`, so that stepping by it visits every number once before any comes again."""
REMEMBERED = 50
"""How many rows back a duplicate may reach: what keeps the memory flat."""


def write_sample(
    path: Path | str, rows: int, seed: int, start: date, *, empty_columns: int = EMPTY_COLUMNS
) -> Manifest:
    """Writes `rows` appointments of the seven days after `start` as CSV (UTF-8 with BOM, CRLF) and counts the faults.

    Streams: the memory used does not depend on `rows`.
    """
    rng = Random(f"{seed}")  # a text seed is hashed alike on every platform
    quota = {fault: _share(percent, rows) for fault, percent in PERCENT.items()}
    manifest = Manifest(rows, *quota.values())
    recent: deque[Appointment] = deque(maxlen=REMEMBERED)
    days = [day for day in (start + timedelta(days=ahead) for ahead in range(1, 8)) if day.isoweekday() <= 5]
    first_number = rng.randrange(NUMBERS)
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER + [""] * empty_columns)
        for index in range(rows):
            fault = _next_fault(rng, quota, rows - index) if recent else None
            if fault is Fault.DUPLICATE:
                cells = _respelled(rng, _cells(rng, rng.choice(recent)))
            else:
                appointment = _appointment(rng, index, first_number, days)
                if fault is None:
                    recent.append(appointment)
                cells = _spoiled(rng, appointment, fault)
            writer.writerow(cells + [""] * empty_columns)
    return manifest


def _share(percent: int, rows: int) -> int:
    """`percent` of `rows`, rounded; a sample of 20 rows or more shows every fault at least once."""
    return max((rows * percent + 50) // 100, 1 if rows >= 20 else 0)


def _next_fault(rng: Random, quota: dict[Fault, int], rows_left: int) -> Fault | None:
    """Draws a row's fault without replacement (selection sampling), so that each quota is met exactly."""
    draw = rng.randrange(rows_left)
    for fault, left in quota.items():
        if draw < left:
            quota[fault] -= 1
            return fault
        draw -= left
    return None


def _appointment(rng: Random, index: int, first_number: int, days: list[date]) -> Appointment:
    last, first = (rng.choice(names).replace("_", " ") for names in (LAST_NAMES, FIRST_NAMES))
    location, zip_code = rng.choice(LOCATIONS)
    area, line = divmod((first_number + index * STRIDE) % NUMBERS, LINES)
    households = index // NUMBERS
    if households:  # the numbers have all been given out: a namesake under the same number must still be another person
        first = f"{first} {households}"
    return Appointment(
        name=f"{last}, {first}",
        phone=f"{AREA_CODES[area]}{EXCHANGE}{line:04}",
        email=f"{_plain(first)}.{_plain(last)}{index + 1}@{rng.choice(EMAIL_DOMAINS)}",
        provider=rng.choice(PROVIDERS),
        location=location,
        zip_code=zip_code if rng.random() < 0.9 else "",
        day=rng.choice(days),
        minute=rng.randrange(8 * 60, 17 * 60, 15),
        bill=f"${rng.randrange(1_500):,}.{rng.randrange(100):02}" if rng.random() < 0.7 else "",
        record_number=f"{index * 7 + 10_007:08}",
        language=rng.choice(LANGUAGES),
        notes=rng.choice(NOTES),
    )


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def _spoiled(rng: Random, appointment: Appointment, fault: Fault | None) -> list[str]:
    cells = _cells(rng, appointment)
    if fault is Fault.BAD_PHONE:
        cells[1] = rng.choice(BAD_PHONES)(appointment.phone)
    elif fault is Fault.BLANK_PHONE:
        cells[1] = ""
    elif fault is Fault.BAD_EMAIL:
        local, _, domain = appointment.email.partition("@")
        cells[2] = rng.choice(BAD_EMAILS)(local, domain)
    elif fault is Fault.BLANK_EMAIL:
        cells[2] = ""
    return cells


def _respelled(rng: Random, cells: list[str]) -> list[str]:
    """The same person, doctor, day, number and address as somebody else at the desk would have typed them."""
    name, phone, email, provider, *rest = cells
    name = rng.choice((name.title(), name.lower(), f" {name}", name.replace(", ", ",  ")))
    email = rng.choice((email.upper(), email.title(), f"{email} "))
    provider = rng.choice((provider, provider.upper(), f"{provider} ", provider.replace(" ", "  ")))
    return [name, phone, email, provider, *rest]


def _cells(rng: Random, appointment: Appointment) -> list[str]:
    phone = appointment.phone
    hour, minute = divmod(appointment.minute, 60)
    return [
        appointment.name,
        rng.choice(PHONE_SPELLINGS)(phone[:3], phone[3:6], phone[6:]),
        appointment.email,
        appointment.provider,
        appointment.location,
        f"{appointment.day:%m/%d/%Y}",
        f"{(hour - 1) % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'}",
        appointment.bill,
        appointment.record_number,
        appointment.language,
        appointment.notes,
        appointment.zip_code,
    ]


def main() -> None:
    """Writes a sample and prints its manifest as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=DEFAULT_ROWS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--start-date", type=date.fromisoformat, default=datetime.now(UTC).date(), help="YYYY-MM-DD; default: today"
    )
    parser.add_argument("--out", type=Path, default=Path("appointments.csv"))
    arguments = parser.parse_args()
    manifest = write_sample(arguments.out, arguments.rows, arguments.seed, arguments.start_date)
    print(json.dumps(asdict(manifest)))


if __name__ == "__main__":
    main()
