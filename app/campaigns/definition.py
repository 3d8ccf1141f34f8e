"""What a campaign says: one immutable document, kept as JSON with each version of the campaign.

Anything that can be wrong with the *shape* of a definition is refused here, by pydantic; whether it makes sense
for the campaign's files (a column that is not there, a template that does not compile) is for `campaigns.check`.
"""

from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime, model_validator

from app.models.company import Channel
from app.reply_words import plain
from app.templating.language_names import NAMES as LANGUAGES

Name = Annotated[str, Field(min_length=1, max_length=120)]
FieldName = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=80)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


def _known(tag: str) -> str:
    if tag not in LANGUAGES:
        raise ValueError(f"there is no language “{tag}” here")
    return tag


LanguageTag = Annotated[str, Field(max_length=3), AfterValidator(_known)]
"""A language by its ISO 639 tag: `en`, `es`, `vi`."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Role(StrEnum):
    """What a column means to Carillon, beyond being a field of a text."""

    PERSON = "person"
    PHONE = "phone"
    EMAIL = "email"
    DOCTOR = "doctor"
    APPOINTMENT_DATE = "appointment_date"
    APPOINTMENT_TIME = "appointment_time"
    LOCATION = "location"
    TIME_ZONE = "time_zone"
    ZIP = "zip"
    LANGUAGE = "language"


class Source(_Document):
    """Where a value comes from: a column, by its stable name, then message functions in order.

    `functions` are spelled as in a template: `name_order`, `truncate_words: 5`.
    """

    column: FieldName
    functions: tuple[Annotated[str, Field(max_length=200)], ...] = ()


class Mapping(_Document):
    """Which columns play the roles, and the template's fields beyond the columns' own names."""

    roles: dict[Role, tuple[Source, ...]] = {}
    """Several sources for one role are tried in order: of phones and e-mails the first that is valid counts, else the
    first that is not blank."""
    fields: dict[FieldName, Source] = {}
    """Every column is a field under its stable name already; these are added to them, or replace them."""


class Content(_Document):
    """What a delivery method says. Texts are Liquid templates."""

    text: Annotated[str, Field(max_length=20_000)] = ""
    subject: Annotated[str, Field(max_length=998)] = ""
    html: Annotated[str, Field(max_length=200_000)] = ""


class DeliveryMethod(_Document):
    """One channel inside a campaign."""

    key: Key
    channel: Channel
    content: Content
    """In the campaign's language, and for everybody whose language has no content of its own."""
    translations: dict[LanguageTag, Content] = {}
    """Content in other languages; the role `language` says of each record which one it gets."""
    sender_id: UUID | None = None
    """None: the company's first sender of the channel."""
    plain_characters: bool = False
    """Text messages only: what would make the text longer, such as a curly quote, is written in a plainer way."""


class ResponseOptions(_Document):
    """The words that answer for a person, compared whole and without regard to case and punctuation.

    CANCEL is an opt-out word at Twilio, so the defaults are single letters.
    """

    confirm: tuple[Name, ...] = ("C", "Confirm", "Yes", "Y", "1")
    cancel: tuple[Name, ...] = ("X", "2")
    reschedule: tuple[Name, ...] = ("R", "Reschedule", "3")

    @model_validator(mode="after")
    def _distinct(self) -> "ResponseOptions":
        words = [plain(word) for group in (self.confirm, self.cancel, self.reschedule) for word in group]
        if not all(words):
            raise ValueError("a word cannot be blank")
        if len(words) != len(set(words)):
            raise ValueError("one word cannot mean two things")
        return self

    def prompt(self, language: str) -> str:
        """`Reply C to confirm, X to cancel, R to reschedule`, with the first word of each option in use.

        In Spanish for `es`, in English for every other language.
        """
        reply, *meanings = _PROMPTS.get(language, _PROMPTS["en"])
        options = zip(meanings, (self.confirm, self.cancel, self.reschedule), strict=True)
        said = [f"{words[0]} {meaning}" for meaning, words in options if words]
        return f"{reply} {', '.join(said)}" if said else ""


_PROMPTS = {
    "en": ("Reply", "to confirm", "to cancel", "to reschedule"),
    "es": ("Responda", "para confirmar", "para cancelar", "para cambiar"),
}


class Clock(StrEnum):
    """Whose clock a contact window is read on."""

    COMPANY = "company"
    RECIPIENT = "recipient"


def _on_the_wall(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("an hour is given without an offset: whose clock it is read on is said beside it")
    return value


class ContactWindow(_Document):
    """When people may be contacted: ISO weekdays (Monday is 1) and hours, from `opens` to just before `closes`."""

    weekdays: frozenset[Annotated[int, Field(ge=1, le=7)]] = frozenset({1, 2, 3, 4, 5, 6})
    opens: Annotated[time, AfterValidator(_on_the_wall)] = time(9)
    closes: Annotated[time, AfterValidator(_on_the_wall)] = time(20)
    clock: Clock = Clock.RECIPIENT
    lift_quiet_hours: bool = False
    """Only a sandbox company may: opens the window at every hour of every day."""

    @model_validator(mode="after")
    def _opens_at_all(self) -> "ContactWindow":
        if not self.weekdays:
            raise ValueError("a window needs at least one weekday")
        if self.opens >= self.closes:
            raise ValueError("a window must open before it closes")
        return self


class Find(StrEnum):
    """How a text filter finds its piece."""

    LITERAL = "literal"
    PATTERN = "pattern"


class Cut(StrEnum):
    """What a text filter does with what it found."""

    PIECE = "piece"
    TO_LINE_END = "to_line_end"
    TO_TEXT_END = "to_text_end"
    REPLACE = "replace"


class TextFilter(_Document):
    """Takes a piece out of assembled texts, such as everything from `Bill amt:` to the end of the line."""

    find: Find = Find.LITERAL
    what: Annotated[str, Field(min_length=1, max_length=500)]
    """The literal, found without regard to case, or an RE2 pattern."""
    cut: Cut = Cut.TO_LINE_END
    replacement: Annotated[str, Field(max_length=500)] = ""
    """What stands in its place, for `replace`."""


EARLIEST, LATEST = 2020, 2100
"""Years that a schedule may speak of. Beyond them a time cannot be shown in every zone, or a rule takes for ever."""


def _within_years(value: datetime) -> datetime:
    if not EARLIEST <= value.year < LATEST:
        raise ValueError(f"the year must lie from {EARLIEST} to {LATEST - 1}")
    return value


class OnDemand(_Document):
    """Fires when a person or a program says so."""

    kind: Literal["on_demand"] = "on_demand"


class Once(_Document):
    """Fires at one instant."""

    kind: Literal["once"] = "once"
    at: Annotated[AwareDatetime, AfterValidator(_within_years)]


class Recurring(_Document):
    """Fires again and again, by an RFC 5545 rule read on the company's clock."""

    kind: Literal["recurring"] = "recurring"
    rrule: Annotated[str, Field(max_length=300)]
    starts_at: Annotated[NaiveDatetime, AfterValidator(_within_years)]
    """Naive: local time of the company, so that 10:00 stays 10:00 when summer time begins."""


Schedule = Annotated[OnDemand | Once | Recurring, Field(discriminator="kind")]


class DedupeScope(StrEnum):
    """Among which messages a repeat is looked for."""

    COMPANY = "company"
    CAMPAIGN = "campaign"


class Dedupe(_Document):
    """Same day, same person, same doctor, same endpoint: the second is not sent."""

    scope: DedupeScope = DedupeScope.COMPANY
    appointment_date: bool = False
    """Also the same appointment date: two visits on different days may be reminded of on one day."""


class Definition(_Document):
    """A whole campaign."""

    mapping: Mapping = Mapping()
    language: LanguageTag = "en"
    """What the methods' own contents are written in; functions write days in it."""
    methods: Annotated[tuple[DeliveryMethod, ...], Field(max_length=12)] = ()
    responses: ResponseOptions = ResponseOptions()
    window: ContactWindow = ContactWindow()
    filters: Annotated[tuple[TextFilter, ...], Field(max_length=50)] = ()
    schedule: Schedule = OnDemand()
    dedupe: Dedupe = Dedupe()

    @model_validator(mode="after")
    def _keys_differ(self) -> "Definition":
        keys = [method.key for method in self.methods]
        if len(keys) != len(set(keys)):
            raise ValueError("two delivery methods share a key")
        return self

    @model_validator(mode="after")
    def _one_content_a_language(self) -> "Definition":
        if any(self.language in method.translations for method in self.methods):
            raise ValueError("a delivery method has two contents in the campaign's language")
        return self

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags of all languages that something is said in, the campaign's own first."""
        others = [tag for method in self.methods for tag in method.translations]
        return tuple(dict.fromkeys((self.language, *others)))

    def contents(self, method: DeliveryMethod) -> dict[str, Content]:
        """What a method says, by language, the campaign's own first."""
        return {self.language: method.content, **method.translations}
