"""What the line knows of a record before it asks about channels: who it is about, when, and where the person is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.campaigns.definition import Mapping as FieldMapping
from app.campaigns.definition import Role
from app.models import Channel
from app.queueing.appointment import read_appointment
from app.queueing.assembly import template_fields
from app.queueing.endpoint import ADDRESS_KINDS
from app.queueing.errors import CleanError, StoppedError, ValidateError
from app.queueing.mapping import Reader, Values, all_filled, cleaned, compile_reader, first_filled
from app.queueing.phone import normalised_phone
from app.queueing.recipient_zone import likely_zone, zone_named
from app.templating.language_names import language_tag
from app.templating.moments import date_order


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What the line needs to know of a company."""

    id: UUID
    name: str
    time_zone: str
    region: str
    sandbox: bool


@dataclass(slots=True)
class Record:
    """One row on its way, filled in as far as it could be read."""

    row_number: int
    data: dict[str, str]
    """As it was: stable field name to cell."""
    values: dict[str, str]
    """What templates and mappings read: cleaned cells, and what Carillon provides."""
    person: str = ""
    doctor: str = ""
    appointment_at: datetime | None = None
    zone: str = ""
    language: str = ""
    """Tag of the person's language; empty if the row does not tell, or one that is not known."""
    stopped: StoppedError | None = None
    """Why no method can go on with it."""


class RecordReader:
    """The mapping of a campaign, compiled for one file."""

    def __init__(
        self, mapping: FieldMapping, columns: Sequence[str], company: CompanyFacts, provided: Mapping[str, str]
    ) -> None:
        arguments = template_fields(columns, ())
        self._columns = columns
        self._company = company
        self._provided = dict(provided)
        self._order = date_order(company.region)
        readers = {
            role: [compile_reader(source, columns, arguments, region=company.region) for source in sources]
            for role, sources in mapping.roles.items()
            if sources
        }
        self._roles = {role: first_filled(of_role) for role, of_role in readers.items()}
        self._all = {role: all_filled(of_role) for role, of_role in readers.items()}
        self._fields = mapping.fields
        self._arguments = arguments

    def read(self, row_number: int, cells: Sequence[str]) -> Record:
        """The record of a row. Never raises: what stops it is kept in it."""
        values = cleaned(cells, self._columns)
        record = Record(row_number, dict(zip(self._columns, cells, strict=False)), values | self._provided)
        try:
            record.person = self.role(record, Role.PERSON)
            record.doctor = self.role(record, Role.DOCTOR)
            record.appointment_at = self._appointment(record)
            record.zone = self._zone(record)
            record.language = language_tag(self.role(record, Role.LANGUAGE)) or ""
        except StoppedError as stop:
            record.stopped = stop
        return record

    def role(self, record: Record, role: Role) -> str:
        """The value of a role, empty if it is blank or not mapped. Raises `StoppedError`."""
        reader = self._roles.get(role)
        return reader(record.values) if reader else ""

    def addresses(self, record: Record, channel: Channel) -> Sequence[str]:
        """The addresses that the record has for a channel, as they are written, in the mapping's order.

        Raises `StoppedError`.
        """
        kind = ADDRESS_KINDS.get(channel)
        if kind is None:
            raise StoppedError(ValidateError.CHANNEL_NOT_OFFERED)
        return self._written(record, kind.role)

    def mapped_fields(self, used: frozenset[str], language: str) -> dict[str, Reader]:
        """Those of the mapping's own fields that a content in `language` uses."""
        return {
            name: compile_reader(source, self._columns, self._arguments, language, self._company.region)
            for name, source in self._fields.items()
            if name in used
        }

    def _appointment(self, record: Record) -> datetime | None:
        day = self.role(record, Role.APPOINTMENT_DATE)
        hour = self.role(record, Role.APPOINTMENT_TIME)
        if not (day or hour):
            return None
        found = read_appointment(day, hour, self._company.time_zone, self._order)
        if found is None:
            raise StoppedError(CleanError.APPOINTMENT_UNREADABLE, value=f"{day} {hour}".strip()[:200])
        return found

    def _zone(self, record: Record) -> str:
        if named := self.role(record, Role.TIME_ZONE):
            zone = zone_named(named)
            if zone is None:
                raise StoppedError(CleanError.TIME_ZONE_UNKNOWN, value=named[:200])
            return zone
        zip_code = self.role(record, Role.ZIP) if self._company.region == "US" else ""
        return likely_zone(zip_code, lambda: self._phone(record), self._company.time_zone)

    def _phone(self, record: Record) -> str | None:
        try:
            written = self._written(record, Role.PHONE)
        except StoppedError:
            # it stops the methods that need the number; the others go by the company's zone
            return None
        region = self._company.region
        return next((number for each in written if (number := normalised_phone(each, region))), None)

    def _written(self, record: Record, role: Role) -> Sequence[str]:
        reader = self._all.get(role)
        return reader(record.values) if reader else ()


def with_fields(values: Values, mapped: Mapping[str, Reader]) -> Values:
    """The values with the mapping's own fields added or in place of columns. Raises `StoppedError`."""
    if not mapped:
        return values
    return {**values, **{name: read(values) for name, read in mapped.items()}}
