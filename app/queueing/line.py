"""The cleaning line: one record in, a message or a failure out for each delivery method.

Compiled once for a file, then a function of values: the clock, new ids and the signing of links are given to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.campaigns.definition import Content, Definition, DeliveryMethod
from app.models import Channel
from app.queueing.assembly import LINKS, PROMPT, Assembler, template_fields
from app.queueing.dedupe import KeyMaker
from app.queueing.endpoint import valid_address
from app.queueing.errors import StoppedError
from app.queueing.mapping import Reader, Values
from app.queueing.outcome import Failed, Outcome, Staged, Texts
from app.queueing.placing import Placer
from app.queueing.record import CompanyFacts, Record, RecordReader, with_fields
from app.queueing.text_checks import check_texts, plainly, units_of
from app.queueing.text_filters import compile_filters
from app.queueing.wall_clock import zone_of


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What the line needs to know of a campaign beyond its definition."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Makers:
    """What the line is given because it is not a function of the record."""

    new_id: Callable[[], UUID]
    answer_url: Callable[[UUID, str], str]
    """From a message's id and a choice (`confirm`, `cancel`, `reschedule`, `stop`) to a signed link."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a delivery method says in one language, compiled."""

    language: str
    assembler: Assembler
    mapped: dict[str, Reader]
    """The fields that the texts use and that are not the record's own: the mapping's, and what is said in another
    language here than in the campaign's."""
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Method:
    """A delivery method, compiled."""

    key: str
    channel: Channel
    default: _Content
    translations: dict[str, _Content]
    is_plain: bool


@dataclass(slots=True)
class _SoFar:
    """What is known of a message when it stops."""

    address: str = ""
    unfiltered: Texts | None = None


class Line:
    """The line of one campaign version over one file."""

    def __init__(
        self,
        definition: Definition,
        company: CompanyFacts,
        campaign: CampaignFacts,
        columns: Sequence[str],
        makers: Makers,
        *,
        everybody_speaks: str | None = None,
    ) -> None:
        """`everybody_speaks` is the tag of a language that counts instead of each record's own."""
        self.columns = columns
        self._everybody_speaks = everybody_speaks
        self._language = definition.language
        self._responses = definition.responses
        self._company = company
        self._makers = makers
        self._keys = KeyMaker.of(
            definition.dedupe, company_id=company.id, campaign_id=campaign.id, company_zone=company.time_zone
        )
        self._filter = compile_filters(definition.filters)
        self._placer = Placer(definition.window, company)
        provided = {
            "company.name": company.name,
            "campaign.name": campaign.name,
            PROMPT: definition.responses.prompt(definition.language),
        }
        self._reader = RecordReader(definition.mapping, columns, company, provided)
        fields = template_fields(columns, definition.mapping.fields)
        self._methods = [self._compiled(method, definition.contents(method), fields) for method in definition.methods]

    def walk(
        self,
        row_number: int,
        cells: Sequence[str],
        now: datetime,
        start_at: datetime | None = None,
        *,
        only: str | None = None,
    ) -> list[Outcome]:
        """What becomes of one record, in the order of the delivery methods.

        `now` is the present instant; nothing goes out before `start_at`, if that is later. `only` is the key of a
        delivery method, if the record is to take no other.
        """
        record = self._reader.read(row_number, cells)
        starts = max(now, start_at) if start_at else now
        methods = self._methods if only is None else [method for method in self._methods if method.key == only]
        return [self._outcome(method, record, now, starts) for method in methods]

    def key_on(self, day: date, message: Staged) -> UUID:
        """The dedupe key that a message would have if it went out on `day`."""
        return self._keys.key(
            day=day,
            person=message.person,
            doctor=message.doctor,
            channel=message.channel,
            address=message.endpoint,
            appointment_at=message.appointment_at,
        )

    def _compiled(self, method: DeliveryMethod, contents: dict[str, Content], fields: frozenset[str]) -> _Method:
        spoken = {language: self._content(content, fields, language) for language, content in contents.items()}
        is_plain = method.plain_characters and method.channel is Channel.SMS
        return _Method(method.key, method.channel, spoken.pop(self._language), spoken, is_plain)

    def _content(self, content: Content, fields: frozenset[str], language: str) -> _Content:
        assembler = Assembler(content, fields, language, self._company.region)
        used = assembler.fields_used
        links = tuple(sorted(name for name in used if name.startswith(LINKS)))
        mapped = self._reader.mapped_fields(used, language)
        if PROMPT in used and language != self._language:
            prompt = self._responses.prompt(language)
            mapped[PROMPT] = lambda _values: prompt
        return _Content(language, assembler, mapped, links)

    def _outcome(self, method: _Method, record: Record, now: datetime, starts: datetime) -> Outcome:
        so_far = _SoFar()
        try:
            return self._message(method, record, so_far, now, starts)
        except StoppedError as stop:
            return Failed(
                row_number=record.row_number,
                method=method.key,
                channel=method.channel,
                stage=stop.stage,
                code=stop.code.value,
                facts=stop.facts,
                endpoint=so_far.address,
                person=record.person,
                day=self._local_day(now),
                data=record.data,
                unfiltered=so_far.unfiltered,
            )

    def _message(self, method: _Method, record: Record, so_far: _SoFar, now: datetime, starts: datetime) -> Staged:
        written = self._reader.addresses(record, method.channel)
        so_far.address = written[0] if written else ""
        if record.stopped:
            raise record.stopped
        so_far.address = address = valid_address(method.channel, written, self._company.region)
        message_id = self._makers.new_id()
        content = method.translations.get(self._everybody_speaks or record.language, method.default)
        so_far.unfiltered = unfiltered = content.assembler.assemble(self._values(content, record, message_id))
        texts = self._filter(unfiltered)
        if method.is_plain:
            texts, unfiltered = plainly(texts), plainly(unfiltered)
        check_texts(method.channel, texts)
        place = self._placer.place(record.zone, address, record.appointment_at, now, starts)
        return Staged(
            message_id=message_id,
            row_number=record.row_number,
            method=method.key,
            channel=method.channel,
            endpoint=address,
            person=record.person,
            doctor=record.doctor,
            appointment_at=record.appointment_at,
            zone=record.zone,
            language=content.language,
            texts=texts,
            unfiltered=unfiltered,
            units=units_of(method.channel, texts),
            opening=place.opening,
            day=place.day,
            dedupe_key=self._keys.key(
                day=place.day,
                person=record.person,
                doctor=record.doctor,
                channel=method.channel,
                address=address,
                appointment_at=record.appointment_at,
            ),
            data=record.data,
        )

    def _values(self, content: _Content, record: Record, message_id: UUID) -> Values:
        values = with_fields(record.values, content.mapped)
        if not content.links:
            return values
        return {
            **values,
            **{name: self._makers.answer_url(message_id, name.removeprefix(LINKS)) for name in content.links},
        }

    def _local_day(self, instant: datetime) -> date:
        return instant.astimezone(zone_of(self._company.time_zone)).date()
