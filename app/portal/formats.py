"""How values read on a page: instants on the company's clock, counts, sizes, statuses."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from app.portal import shell
from app.templating.language_names import language_name

TONES = {
    "uploaded": "secondary",
    "loading": "primary",
    "loaded": "success",
    "failed": "danger",
    "draft": "secondary",
    "ready": "info",
    "active": "primary",
    "paused": "warning",
    "finished": "success",
    "archived": "secondary",
    "staging": "primary",
    "staged": "secondary",
    "queueing": "primary",
    "queued": "info",
    "delivering": "primary",
    "cancelled": "secondary",
    "sending": "primary",
    "unknown": "warning",
    "sent": "info",
    "delivered": "success",
    "read": "success",
    "undelivered": "danger",
    "expired": "warning",
    "confirmed": "success",
    "reschedule": "warning",
    "opted_out": "danger",
    "unclear": "warning",
    "ambiguous": "warning",
    "rejected": "warning",
}
"""Bootstrap's colour for each status, of whatever it is the status."""

_WORDS = {
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "email": "E-mail",
    "email_invalid": "E-mail invalid",
    "email_missing": "E-mail missing",
    "sendgrid": "SendGrid",
    "reschedule": "Reschedule requested",
}
_ENCODINGS = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "iso8859-15": "ISO-8859-15",
    "mac_roman": "Mac Roman",
    "cp437": "DOS 437",
    "cp850": "DOS 850",
    "utf-16-be": "UTF-16, big end first",
    "utf-16-le": "UTF-16",
}
_KINDS = {"email": "E-mail", "zip": "ZIP code", "empty": "Nothing"}
_UNITS = ("B", "kB", "MB", "GB", "TB")


def words(code: StrEnum | str) -> str:
    """A code as people read it: `opted_out` is `Opted out`."""
    text = str(code)
    return _WORDS.get(text, text.replace("_", " ").capitalize())


def tone(code: StrEnum | str) -> str:
    """The Bootstrap colour of a status."""
    return TONES.get(str(code), "secondary")


def local(instant: datetime) -> datetime:
    """An instant on the clock of the current company."""
    return instant.astimezone(ZoneInfo(shell.current_company().time_zone))


def moment(instant: datetime | None) -> Markup:
    """An instant as a `time` element, to the minute on the company's clock; a dash for None."""
    if instant is None:
        return Markup('<span class="text-body-secondary">–</span>')
    here = local(instant)
    return Markup('<time datetime="{}" title="{}" class="text-nowrap">{}</time>').format(
        instant.isoformat(), here.strftime("%A, %d %B %Y, %H:%M:%S %Z"), here.strftime("%d %b %Y, %H:%M")
    )


def day(instant: datetime) -> str:
    """The day of an instant on the company's clock: `3 Nov 2026`."""
    here = local(instant)
    return f"{here.day} {here:%b %Y}"


def count(number: int | None) -> str:
    """`1234567` is `1,234,567`."""
    return f"{number or 0:,}"


def size(number: int) -> str:
    """A number of bytes in the unit that keeps it short, 1,024 of one making the next: `1.2 MB`, `256 MB`."""
    value = float(number)
    unit, *larger = _UNITS
    while value >= 1024 and larger:
        value /= 1024
        unit, *larger = larger
    return f"{value:.1f}".removesuffix(".0") + f" {unit}"


def share(part: float) -> str:
    """A part of a whole in percent, from 0 to 1; only all of it is `100%`, and only nothing `0%`."""
    if part in (0, 1):
        return f"{part:.0%}"
    return "<1%" if part < 0.01 else f"{min(99, round(part * 100))}%"


def kind(of: StrEnum) -> str:
    """What is in a column, as people say it: `email` is `E-mail`."""
    return _KINDS.get(of, of.capitalize())


def duration(seconds: float) -> str:
    """A length of time in its largest unit: `40 s`, `3 min`, `2 h`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.0f} h"


def encoding(codec: str) -> str:
    """A Python codec as people know it: `utf-8-sig` is `UTF-8`."""
    return _ENCODINGS.get(codec) or codec.removesuffix("-sig").upper()


def register(app: Flask) -> None:
    """Makes them filters of the templates."""
    for name in (words, tone, moment, day, count, size, share, kind, duration, encoding, language_name):
        app.add_template_filter(name, name.__name__)
