"""Why a campaign or a run cannot be moved on, or be what is asked: codes, and the one table of their words."""

from collections.abc import Sequence
from enum import StrEnum

from app.campaigns.findings import Finding
from app.campaigns.wording import worded


class CampaignError(StrEnum):
    """A code of this stage."""

    WRONG_STATUS = "wrong_status"
    RUN_WRONG_STATUS = "run_wrong_status"
    CHECKS_FAILED = "checks_failed"
    NOT_PREVIEWED = "not_previewed"
    NO_RECORDS = "no_records"
    NOTHING_TO_REQUEUE = "nothing_to_requeue"
    METHOD_GONE = "method_gone"
    SEVERAL_CAMPAIGNS = "several_campaigns"
    REQUEUE_UNDER_WAY = "requeue_under_way"
    NO_METHODS = "no_methods"
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    SENDER_UNKNOWN = "sender_unknown"


WORDS: dict[CampaignError, str] = {
    CampaignError.WRONG_STATUS: "The campaign is {status}; that cannot be done now.",
    CampaignError.RUN_WRONG_STATUS: "The run is {status}; that cannot be done now.",
    CampaignError.CHECKS_FAILED: "The campaign does not pass its checks yet.",
    CampaignError.NOT_PREVIEWED: "Do a dry run first: there is none of this version over its present files.",
    CampaignError.NO_RECORDS: "None of the campaign's files has loaded records.",
    CampaignError.NOTHING_TO_REQUEUE: "None of these failures still stands: they have been requeued already.",
    CampaignError.METHOD_GONE: "The campaign no longer has the delivery method on which these failed.",
    CampaignError.SEVERAL_CAMPAIGNS: "These are failures of several campaigns. Requeue those of one at a time.",
    CampaignError.REQUEUE_UNDER_WAY: "Other failures of the campaign are just being gathered. Try again soon.",
    CampaignError.NO_METHODS: "The campaign has no delivery method yet.",
    CampaignError.NAME_MISSING: "Give the campaign a name.",
    CampaignError.NAME_TOO_LONG: "A name has at most {limit} characters.",
    CampaignError.SENDER_UNKNOWN: "The company has no such sender for {channel}.",
}


class RefusedError(Exception):
    """A campaign or run that may not be moved on. `findings` are the checks that stand in the way, if it is them."""

    def __init__(self, code: CampaignError, *, findings: Sequence[Finding] = (), **facts: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
        self.findings = tuple(findings)

    @property
    def words(self) -> str:
        """What it says to a person."""
        return worded(WORDS[self.code], self.facts)


class UnfitError(Exception):
    """Something that a campaign cannot be or say. `place` leads to it: `name`, or `methods`, 0, `sender_id`."""

    def __init__(self, code: CampaignError, *place: str | int, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.place = place
        self.facts = facts

    @property
    def words(self) -> str:
        """What it says to a person."""
        return worded(WORDS[self.code], self.facts)
