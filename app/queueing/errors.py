"""Why a record did not become a message: a code for each way, under the stage of the line where it stopped."""

from collections.abc import Mapping
from enum import StrEnum

from app.models import FailureStage


class CleanError(StrEnum):
    """The record's own values could not be made out."""

    MAPPING_INVALID = "mapping_invalid"
    FUNCTION_FAILED = "function_failed"
    APPOINTMENT_UNREADABLE = "appointment_unreadable"
    TIME_ZONE_UNKNOWN = "time_zone_unknown"
    ROW_SKIPPED = "row_skipped"


class ValidateError(StrEnum):
    """There is no address to send to."""

    PHONE_MISSING = "phone_missing"
    PHONE_INVALID = "phone_invalid"
    EMAIL_MISSING = "email_missing"
    EMAIL_INVALID = "email_invalid"
    CHANNEL_NOT_OFFERED = "channel_not_offered"


class AssembleError(StrEnum):
    """The texts could not be made."""

    TEMPLATE_INVALID = "template_invalid"
    RENDER_FAILED = "render_failed"
    MESSAGE_SKIPPED = "message_skipped"


class FilterError(StrEnum):
    """What the text filters left cannot be sent."""

    FILTER_INVALID = "filter_invalid"
    TOO_MANY_PIECES = "too_many_pieces"
    TEXT_EMPTY = "text_empty"
    SUBJECT_EMPTY = "subject_empty"
    TEXT_TOO_LONG = "text_too_long"


class SuppressError(StrEnum):
    """The person must not be contacted there."""

    SUPPRESSED = "suppressed"


class WindowError(StrEnum):
    """There is no hour at which it may go out and still be of use."""

    APPOINTMENT_PASSED = "appointment_passed"
    TOO_LATE = "too_late"
    NEVER_OPEN = "never_open"


class DeduplicateError(StrEnum):
    """It has been said already."""

    DUPLICATE = "duplicate"


Code = CleanError | ValidateError | AssembleError | FilterError | SuppressError | WindowError | DeduplicateError

CODES: dict[FailureStage, type[StrEnum]] = {
    FailureStage.CLEAN: CleanError,
    FailureStage.VALIDATE: ValidateError,
    FailureStage.ASSEMBLE: AssembleError,
    FailureStage.FILTER: FilterError,
    FailureStage.SUPPRESS: SuppressError,
    FailureStage.WINDOW: WindowError,
    FailureStage.DEDUPLICATE: DeduplicateError,
}
"""The codes of each stage of the line; those of the stage `deliver` are kept by `app.delivery`."""

_STAGE_OF = {codes: stage for stage, codes in CODES.items()}

WORDS: dict[str, str] = {
    CleanError.MAPPING_INVALID: "The mapping of {field} cannot be used: {problem}",
    CleanError.FUNCTION_FAILED: "The function {function} cannot be applied to “{value}” in {field}: {problem}.",
    CleanError.APPOINTMENT_UNREADABLE: "“{value}” cannot be read as the time of an appointment.",
    CleanError.TIME_ZONE_UNKNOWN: "“{value}” is not a time zone.",
    CleanError.ROW_SKIPPED: "The mapping says to skip records like this one: {field} is blank.",
    ValidateError.PHONE_MISSING: "The record has no phone number.",
    ValidateError.PHONE_INVALID: "“{value}” is not a valid phone number.",
    ValidateError.EMAIL_MISSING: "The record has no e-mail address.",
    ValidateError.EMAIL_INVALID: "“{value}” is not a valid e-mail address.",
    ValidateError.CHANNEL_NOT_OFFERED: "Messages cannot be sent on this channel.",
    AssembleError.TEMPLATE_INVALID: "The {part} cannot be used as a template: {problem}",
    AssembleError.RENDER_FAILED: "The {part} could not be filled in from {field}: {problem}.",
    AssembleError.MESSAGE_SKIPPED: "The {part} says to skip records like this one: {field} is blank.",
    FilterError.FILTER_INVALID: "The text filter “{what}” cannot be used: {problem}.",
    FilterError.TOO_MANY_PIECES: "The text filter “{what}” finds its piece more than {limit} times in one text.",
    FilterError.TEXT_EMPTY: "Nothing is left to say: the text is empty.",
    FilterError.SUBJECT_EMPTY: "The subject is empty.",
    FilterError.TEXT_TOO_LONG: "The text has {length} characters; at most {limit} can be sent.",
    SuppressError.SUPPRESSED: "{value} has opted out of this channel.",
    WindowError.APPOINTMENT_PASSED: "The appointment was at {appointment}, which has passed.",
    WindowError.TOO_LATE: "It may not go out before {opens}, and the appointment is at {appointment}.",
    WindowError.NEVER_OPEN: "The contact window and the hours allowed where this person is never meet.",
    DeduplicateError.DUPLICATE: "This person has a message for this doctor and day at this address already.",
}
"""What each code says to a person. Codes are unique across stages."""

Facts = dict[str, str | int]


class StoppedError(Exception):
    """A record stops here on its way to a message. Carries the code and the facts that its words speak of."""

    def __init__(self, code: Code, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts: Facts = facts

    @property
    def stage(self) -> FailureStage:
        """The stage of the line that the code belongs to."""
        return _STAGE_OF[type(self.code)]


def words_for(code: str, facts: Mapping[str, object]) -> str:
    """What a failure of the line says to a person. Raises KeyError for a code that is not the line's."""
    return WORDS[code].format_map(facts)
