"""What the checks of a campaign can find: codes, how grave they are, and the one table of their words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.campaigns.wording import Fact, worded


class Severity(StrEnum):
    """A blocker keeps a campaign from becoming ready; a warning is for a person to weigh."""

    BLOCKER = "blocker"
    WARNING = "warning"


class FindingCode(StrEnum):
    """A code of the checks."""

    NO_FILES = "no_files"
    FILE_NOT_LOADED = "file_not_loaded"
    NO_RECORDS = "no_records"
    NO_METHODS = "no_methods"
    CHANNEL_NOT_OFFERED = "channel_not_offered"
    NO_SENDER = "no_sender"
    SENDER_UNKNOWN = "sender_unknown"
    ROLE_MISSING = "role_missing"
    COLUMN_UNKNOWN = "column_unknown"
    FUNCTION_INVALID = "function_invalid"
    TEMPLATE_INVALID = "template_invalid"
    TEXT_MISSING = "text_missing"
    SUBJECT_MISSING = "subject_missing"
    FILTER_INVALID = "filter_invalid"
    WINDOW_NEVER_OPEN = "window_never_open"
    SCHEDULE_INVALID = "schedule_invalid"
    SCHEDULE_OVER = "schedule_over"

    PERSON_NOT_MAPPED = "person_not_mapped"
    METHOD_REPEATED = "method_repeated"
    STOP_WORD_ANSWERS = "stop_word_answers"
    OPT_OUT_NOT_SAID = "opt_out_not_said"
    LANGUAGE_NOT_MAPPED = "language_not_mapped"
    TRANSLATION_MISSING = "translation_missing"
    SMS_LONG = "sms_long"
    SMS_COSTLY = "sms_costly"
    HOURS_NOT_LIFTED = "hours_not_lifted"


WORDS: dict[FindingCode, str] = {
    FindingCode.NO_FILES: "The campaign has no file to take its records from.",
    FindingCode.FILE_NOT_LOADED: "The file {file} is not loaded.",
    FindingCode.NO_RECORDS: "The campaign's files hold no records.",
    FindingCode.NO_METHODS: "The campaign has no delivery method.",
    FindingCode.CHANNEL_NOT_OFFERED: "Messages cannot be sent by {channel}.",
    FindingCode.NO_SENDER: "The company has no sender for {channel}.",
    FindingCode.SENDER_UNKNOWN: "The sender chosen for {channel} is not one of the company's.",
    FindingCode.ROLE_MISSING: "No column is mapped as {role}, which {channel} needs.",
    FindingCode.COLUMN_UNKNOWN: "The file {file} has no column “{column}”.",
    FindingCode.FUNCTION_INVALID: "The functions of {field} cannot be used. {problem}",
    FindingCode.TEMPLATE_INVALID: "{problem}",
    FindingCode.TEXT_MISSING: "There is no text.",
    FindingCode.SUBJECT_MISSING: "There is no subject.",
    FindingCode.FILTER_INVALID: "The text filter “{what}” cannot be used: {problem}.",
    FindingCode.WINDOW_NEVER_OPEN: "The contact window lies in the quiet hours, from 21:00 to 08:00.",
    FindingCode.SCHEDULE_INVALID: "The schedule cannot be followed: {problem}.",
    FindingCode.SCHEDULE_OVER: "The schedule has no time left at which to fire.",
    FindingCode.PERSON_NOT_MAPPED: (
        "No column is mapped as the person: of several people at one number, only the first hears of it in a day."
    ),
    FindingCode.METHOD_REPEATED: (
        "Two delivery methods use {channel}: to the same address, the second repeats the first and is not sent."
    ),
    FindingCode.STOP_WORD_ANSWERS: (
        "“{word}” ends all messages to whoever replies it, by the carriers' rules. Offer another word."
    ),
    FindingCode.OPT_OUT_NOT_SAID: "The text does not say how to stop further messages.",
    FindingCode.LANGUAGE_NOT_MAPPED: (
        "No column is mapped as the language: nobody gets the {channel} content in another one."
    ),
    FindingCode.TRANSLATION_MISSING: "There is no {channel} content in {language}: the campaign's own is sent.",
    FindingCode.SMS_LONG: "The text takes up to {segments} segments, each of which is billed.",
    FindingCode.SMS_COSTLY: (
        "The text takes up to {segments} segments because of “{costly}”; in plainer characters, {plain_segments}."
    ),
    FindingCode.HOURS_NOT_LIFTED: "Only a sandbox company can lift the quiet hours; they stay in force.",
}

WARNINGS = frozenset(
    {
        FindingCode.PERSON_NOT_MAPPED,
        FindingCode.METHOD_REPEATED,
        FindingCode.STOP_WORD_ANSWERS,
        FindingCode.OPT_OUT_NOT_SAID,
        FindingCode.LANGUAGE_NOT_MAPPED,
        FindingCode.TRANSLATION_MISSING,
        FindingCode.SMS_LONG,
        FindingCode.SMS_COSTLY,
        FindingCode.HOURS_NOT_LIFTED,
    }
)
"""Every other finding is a blocker."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check found."""

    code: FindingCode
    where: str = ""
    """The place in the definition, such as `methods.sms.text` or `mapping.roles.phone`; or `files`."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What the words speak of; for a template also `line`, `column`, `nearest`."""

    @property
    def severity(self) -> Severity:
        """Whether it stands in the way."""
        return Severity.WARNING if self.code in WARNINGS else Severity.BLOCKER

    @property
    def words(self) -> str:
        """What it says to a person."""
        return worded(WORDS[self.code], self.facts)
