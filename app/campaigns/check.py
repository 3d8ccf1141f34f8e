"""Whether a campaign can be sent: everything that is in the way, and what a person should weigh. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from phonenumbers import country_code_for_region

from app.campaigns.check_texts import Columns, file_findings
from app.campaigns.definition import Content, Definition, DeliveryMethod, OnDemand, Role
from app.campaigns.findings import Finding, FindingCode, Severity
from app.campaigns.schedule import RuleInvalidError, next_fire
from app.campaigns.wording import Fact
from app.models import Channel
from app.queueing.endpoint import ADDRESS_KINDS
from app.queueing.pattern_problems import PatternInvalidError
from app.queueing.text_filters import compile_filter
from app.queueing.window import QUIET_FROM, QUIET_UNTIL, quiet_hours_bind
from app.reply_words import OPT_OUT, plain
from app.templating.language_names import language_name


@dataclass(frozen=True, slots=True)
class File:
    """What the checks need to know of a file."""

    name: str
    loaded: bool
    records: int
    columns: Columns


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a definition is checked against."""

    files: Sequence[File]
    senders: Mapping[Channel, Collection[UUID]]
    time_zone: str
    region: str
    sandbox: bool
    now: datetime


def check(definition: Definition, around: Surroundings) -> list[Finding]:
    """All findings, blockers first."""
    found = [
        *_files(around.files),
        *_methods(definition, around.senders),
        *file_findings(definition, [(file.name, file.columns) for file in around.files]),
        *_filters(definition),
        *_window(definition, around),
        *_schedule(definition, around.time_zone, around.now),
        *_answers(definition),
    ]
    return blockers(found) + [finding for finding in found if finding.severity is Severity.WARNING]


def blockers(findings: Sequence[Finding]) -> list[Finding]:
    """Those that keep a campaign from becoming ready."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKER]


def _files(files: Sequence[File]) -> Iterator[Finding]:
    if not files:
        yield Finding(FindingCode.NO_FILES, "files")
        return
    waiting = [file for file in files if not file.loaded]
    yield from (Finding(FindingCode.FILE_NOT_LOADED, "files", {"file": file.name}) for file in waiting)
    if not waiting and not any(file.records for file in files):
        yield Finding(FindingCode.NO_RECORDS, "files")


def _methods(definition: Definition, senders: Mapping[Channel, Collection[UUID]]) -> Iterator[Finding]:
    if not definition.methods:
        yield Finding(FindingCode.NO_METHODS, "methods")
        return
    if not definition.mapping.roles.get(Role.PERSON):
        yield Finding(FindingCode.PERSON_NOT_MAPPED, "mapping.roles.person")
    seen: set[Channel] = set()
    for method in definition.methods:
        yield from _method(method, definition, senders.get(method.channel, ()))
        yield from _languages(method, definition)
        if method.channel in seen:
            yield _of_channel(FindingCode.METHOD_REPEATED, method)
        seen.add(method.channel)


def _method(method: DeliveryMethod, definition: Definition, senders: Collection[UUID]) -> Iterator[Finding]:
    kind = ADDRESS_KINDS.get(method.channel)
    if kind is None:
        yield _of_channel(FindingCode.CHANNEL_NOT_OFFERED, method)
        return
    if not definition.mapping.roles.get(kind.role):
        facts = {"role": kind.role.value, "channel": method.channel.value}
        yield Finding(FindingCode.ROLE_MISSING, f"mapping.roles.{kind.role}", facts)
    if not senders:
        yield _of_channel(FindingCode.NO_SENDER, method)
    elif method.sender_id is not None and method.sender_id not in senders:
        yield _of_channel(FindingCode.SENDER_UNKNOWN, method)
    yield from _content(method, method.content, f"methods.{method.key}")
    for language, content in method.translations.items():
        yield from _content(method, content, f"methods.{method.key}.translations.{language}")


def _content(method: DeliveryMethod, content: Content, where: str) -> Iterator[Finding]:
    is_email = method.channel is Channel.EMAIL
    if not content.text.strip() and not (is_email and content.html.strip()):
        yield Finding(FindingCode.TEXT_MISSING, f"{where}.text")
    elif method.channel is Channel.SMS and "stop" not in content.text.casefold():
        yield Finding(FindingCode.OPT_OUT_NOT_SAID, f"{where}.text")
    if is_email and not content.subject.strip():
        yield Finding(FindingCode.SUBJECT_MISSING, f"{where}.subject")


def _languages(method: DeliveryMethod, definition: Definition) -> Iterator[Finding]:
    if method.translations and not definition.mapping.roles.get(Role.LANGUAGE):
        yield _of_channel(FindingCode.LANGUAGE_NOT_MAPPED, method)
    for language in definition.languages:
        if language not in definition.contents(method):
            facts = {"channel": method.channel.value, "language": language_name(language)}
            yield Finding(FindingCode.TRANSLATION_MISSING, f"methods.{method.key}", facts)


def _of_channel(code: FindingCode, method: DeliveryMethod) -> Finding:
    return Finding(code, f"methods.{method.key}", {"channel": method.channel.value})


def _filters(definition: Definition) -> Iterator[Finding]:
    for place, text_filter in enumerate(definition.filters):
        try:
            compile_filter(text_filter)
        except PatternInvalidError as refusal:
            facts: dict[str, Fact] = {"what": text_filter.what, "problem": str(refusal)}
            if refusal.column:
                facts["column"] = refusal.column
            yield Finding(FindingCode.FILTER_INVALID, f"filters.{place}", facts)


def _window(definition: Definition, around: Surroundings) -> Iterator[Finding]:
    window = definition.window
    if window.lift_quiet_hours and around.sandbox:
        return
    if window.lift_quiet_hours:
        yield Finding(FindingCode.HOURS_NOT_LIFTED, "window")
    if not _calls_protected_numbers(definition, around.region):
        return
    if window.closes <= QUIET_UNTIL or window.opens >= QUIET_FROM:
        yield Finding(FindingCode.WINDOW_NEVER_OPEN, "window")


def _calls_protected_numbers(definition: Definition, region: str) -> bool:
    kinds = [ADDRESS_KINDS.get(method.channel) for method in definition.methods]
    calls = any(kind is not None and kind.role is Role.PHONE for kind in kinds)
    return calls and quiet_hours_bind(f"+{country_code_for_region(region)}")


def _schedule(definition: Definition, zone: str, now: datetime) -> Iterator[Finding]:
    if isinstance(definition.schedule, OnDemand):
        return
    try:
        fires = next_fire(definition.schedule, zone, now)
    except RuleInvalidError as refusal:
        yield Finding(FindingCode.SCHEDULE_INVALID, "schedule", {"problem": str(refusal)})
        return
    if fires is None:
        yield Finding(FindingCode.SCHEDULE_OVER, "schedule")


def _answers(definition: Definition) -> Iterator[Finding]:
    options = definition.responses
    for name, words in (
        ("confirm", options.confirm),
        ("cancel", options.cancel),
        ("reschedule", options.reschedule),
    ):
        for word in words:
            if plain(word) in OPT_OUT:
                yield Finding(FindingCode.STOP_WORD_ANSWERS, f"responses.{name}", {"word": word})
