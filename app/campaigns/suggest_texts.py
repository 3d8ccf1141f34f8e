"""The texts of a suggested campaign, in the languages that have some, around what a file's columns hold."""

from dataclasses import dataclass
from string import Template

from app.campaigns.definition import Content
from app.models import Channel


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that the texts speak of, by their stable names; empty where the file has none."""

    person: str = ""
    doctor: str = ""
    day: str = ""
    hour: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What one language says. `FIELD` is a column, `$person` and the like the pieces that are made of them."""

    person: str
    nobody: str
    doctor: str
    day: str
    short_day: str
    """For text messages."""
    hour: str
    place: str
    visit: str
    """A text message to a file with appointments."""
    no_visit: str
    subject: str
    greeting: str
    sentence: str
    answers: tuple[str, str, str, str]
    """For the links that confirm, cancel, reschedule and stop."""


_PHRASES = {
    "en": _Phrases(
        person='{{ FIELD | first_name | default: "there" }}',
        nobody="there",
        doctor=" with {{ FIELD | squeeze }}",
        day=' on {{ FIELD | date: "%a, %b %-d" }}',
        short_day=' on {{ FIELD | date: "%a, %b %-d" }}',
        hour=" at {{ FIELD | time }}",
        place=" at {{ FIELD | squeeze }}",
        visit="Hi $person, {{ company.name }}: your visit$visit. {{ responses.prompt }}. STOP to end.",
        no_visit="Hi $person, this is {{ company.name }}. {{ responses.prompt }}. STOP to end.",
        subject="Your visit$doctor$day",
        greeting="Hello $person,",
        sentence="This is a reminder of your visit$doctor$day$hour$place.",
        answers=("Confirm", "Cancel", "Ask for another time", "No more reminders"),
    ),
    "es": _Phrases(
        person='{{ FIELD | first_name | prefix: " " }}',
        nobody="",
        doctor=" con {{ FIELD | squeeze }}",
        day=' el {{ FIELD | date: "%A %-d de %B" }}',
        # without the accent of sáb, which would leave a text message less than half its room
        short_day=' el {{ FIELD | date: "%a %-d %b" | plain }}',
        hour=" a las {{ FIELD | time }}",
        place=" en {{ FIELD | squeeze }}",
        visit="Hola$person: cita$visit en {{ company.name }}. {{ responses.prompt }}. STOP para salir.",
        no_visit="Hola$person: le escribe {{ company.name }}. {{ responses.prompt }}. STOP para salir.",
        subject="Su cita$doctor$day",
        greeting="Hola$person:",
        sentence="Le recordamos su cita$doctor$day$hour$place.",
        answers=("Confirmar", "Cancelar", "Pedir otra fecha", "No recibir más avisos"),
    ),
}

LANGUAGES = frozenset(_PHRASES)
"""Tags of the languages that there are texts in."""

_TEXT = Template("""$greeting

$sentence

$confirm: {{ links.confirm }}
$cancel: {{ links.cancel }}
$reschedule: {{ links.reschedule }}

{{ company.name }}

$stop: {{ links.stop }}
""")
_HTML = Template("""<p>$greeting</p>
<p>$sentence</p>
<p><a href="{{ links.confirm }}">$confirm</a> &middot; <a href="{{ links.cancel }}">$cancel</a> &middot; \
<a href="{{ links.reschedule }}">$reschedule</a></p>
<p>{{ company.name }}</p>
<p><small><a href="{{ links.stop }}">$stop</a></small></p>
""")


def suggested_content(channel: Channel, columns: Columns, language: str) -> Content | None:
    """What a channel says in one of `LANGUAGES`, None for a channel that nothing is suggested for."""
    phrases = _PHRASES[language]
    pieces = _pieces(phrases, columns)
    if channel is Channel.SMS:
        visit = pieces["doctor"] + pieces["short_day"] + pieces["hour"]
        said = phrases.visit if visit else phrases.no_visit
        return Content(text=Template(said).substitute(pieces, visit=visit))
    if channel is Channel.EMAIL:
        confirm, cancel, reschedule, stop = phrases.answers
        parts = {
            "greeting": Template(phrases.greeting).substitute(pieces),
            "sentence": Template(phrases.sentence).substitute(pieces),
        } | {"confirm": confirm, "cancel": cancel, "reschedule": reschedule, "stop": stop}
        return Content(
            subject=Template(phrases.subject).substitute(pieces),
            text=_TEXT.substitute(parts),
            html=_HTML.substitute(parts),
        )
    return None


def _pieces(phrases: _Phrases, columns: Columns) -> dict[str, str]:
    def said(phrase: str, column: str) -> str:
        """The phrase of a column, left out of a message where its cell is blank."""
        return f"{{% if {column} %}}{_filled(phrase, column)}{{% endif %}}" if column else ""

    return {
        "person": _filled(phrases.person, columns.person) if columns.person else phrases.nobody,
        "doctor": said(phrases.doctor, columns.doctor),
        "day": said(phrases.day, columns.day),
        "short_day": said(phrases.short_day, columns.day),
        "hour": said(phrases.hour, columns.hour),
        "place": said(phrases.place, columns.place),
    }


def _filled(phrase: str, column: str) -> str:
    return phrase.replace("FIELD", column)
