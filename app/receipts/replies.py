"""Replies become dispositions and suppressions: matched to what they answer, understood, kept, acted upon.

What a reply means depends on those before it (nobody can confirm what they have just cancelled), so a company's replies
are applied one batch at a time, in the order in which they came.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app import suppressions, tenancy
from app.campaigns.definition import ResponseOptions
from app.extensions import db
from app.models import Disposition, ReceiptOutcome, Reply, ReplyMatch, SuppressionSource, new_id
from app.receipts import correspondence, inbox, links, twilio
from app.receipts.correspondence import Correspondent
from app.receipts.decisions import Decision, Decisions
from app.receipts.inbox import Outcome, Pending
from app.receipts.incoming import Heard, MalformedError
from app.receipts.matching import Match, SentMessage, find_answered, is_open
from app.receipts.meaning import Consent, Meaning, understand

_MOST_WORDS_KEPT = 500
"""How much of an opt-out's text is kept with the suppression."""


class _Written(NamedTuple):
    """A reply in a person's own words."""

    event: Pending
    heard: Heard


class _Clicked(NamedTuple):
    """An answer by a signed link, which names its message."""

    event: Pending
    message: SentMessage
    choice: links.Choice


class _Understood(NamedTuple):
    """What one reply answers and means."""

    event: Pending
    heard: Heard
    match: Match
    meaning: Meaning

    @property
    def disposition(self) -> Disposition:
        """What counts: nothing is decided about an appointment that is not known, and a closed one is not confirmed."""
        if self.match.how is not ReplyMatch.MATCHED:
            opted_out = self.meaning.consent is Consent.STOP
            return Disposition.OPTED_OUT if opted_out else Disposition.UNCLEAR
        if self.meaning.disposition is Disposition.CONFIRMED and not self.match.open:
            return Disposition.UNCLEAR
        return self.meaning.disposition


def one_batch_at_a_time() -> None:
    """Waits until no other transaction applies replies of the bound company, and makes others wait until this ends."""
    key = func.hashtextextended(f"replies:{tenancy.company_id()}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))


def apply(events: Sequence[Pending]) -> None:
    """Applies replies of the bound company in their order; `one_batch_at_a_time` comes first. Does not commit."""
    if not events:
        return
    said, refused = _read(events)
    known = _Correspondence.about(said)
    decisions = Decisions({message.record for message in known.answerable})
    understood: list[_Understood] = []
    settled = list(refused)
    for each in said:
        found = _clicked(each, decisions) if isinstance(each, _Clicked) else _written(each, known, decisions)
        understood.append(found)
        reply = _reply(found)
        db.session.add(reply)
        settled.append(_outcome(found))
        # START and HELP are no answer to anything that was asked
        if found.match.message and not (found.meaning.consent and found.disposition is Disposition.UNCLEAR):
            decisions.take(Decision(found.match.message, found.disposition, found.event.received_at, reply.id))
    _heed(understood)
    inbox.settle(settled)
    decisions.write()


@dataclass(frozen=True, slots=True)
class _Correspondence:
    """What a batch of replies is matched against, read in a handful of statements."""

    sent: Mapping[Correspondent, Sequence[SentMessage]]
    answerable: Collection[SentMessage]
    senders: Mapping[Correspondent, UUID]
    options: Mapping[UUID, ResponseOptions]

    @classmethod
    def about(cls, said: Sequence[_Written | _Clicked]) -> "_Correspondence":
        written = [each for each in said if isinstance(each, _Written)]
        sent = correspondence.sent_to(
            {(each.heard.channel, each.heard.endpoint): each.event.received_at for each in reversed(written)}
        )
        answerable = [message for messages in sent.values() for message in messages]
        return cls(
            sent=sent,
            answerable=answerable + [each.message for each in said if isinstance(each, _Clicked)],
            senders=correspondence.senders({address for each in written for address in _addresses(each.heard)}),
            options=correspondence.response_options({message.run_id for message in answerable}),
        )


def _read(events: Sequence[Pending]) -> tuple[list[_Written | _Clicked], list[Outcome]]:
    """What can be read, in its order, and the outcome of what cannot."""
    named = correspondence.messages({event.message_id for event in events if event.message_id})
    said: list[_Written | _Clicked] = []
    refused: list[Outcome] = []
    for event in events:
        try:
            if event.provider != links.PROVIDER:
                said.append(_Written(event, twilio.read_reply(event.payload)))
            elif event.message_id in named:
                said.append(_Clicked(event, named[event.message_id], links.read_choice(event.payload)))
            else:
                refused.append(Outcome(event.id, event.message_id, ReceiptOutcome.NO_MESSAGE))
        except MalformedError:
            refused.append(Outcome(event.id, event.message_id, ReceiptOutcome.NOT_UNDERSTOOD))
    return said, refused


def _clicked(clicked: _Clicked, decisions: Decisions) -> _Understood:
    event, message, choice = clicked
    still_open = is_open([message], decisions.current, event.received_at)
    return _Understood(
        event,
        Heard(message.endpoint, message.channel, (), choice.value, ""),
        Match(ReplyMatch.MATCHED, message, open=still_open),
        Meaning(links.MEANS[choice], Consent.STOP if choice is links.Choice.STOP else None),
    )


def _written(written: _Written, known: _Correspondence, decisions: Decisions) -> _Understood:
    event, heard = written
    match = find_answered(
        known.sent.get((heard.channel, heard.endpoint), ()),
        decisions.current,
        {known.senders[address] for address in _addresses(heard) if address in known.senders},
        event.received_at,
    )
    asked = [match.message] if match.message else match.candidates
    options = [known.options.get(message.run_id) for message in asked] or [None]
    readings = [understand(heard.body, each, heard.opt_out_type) for each in options]
    # an ambiguous CANCEL is no opt-out when one of the campaigns that it may answer offers the word
    meaning = next((each for each in readings if each.consent is not Consent.STOP), readings[0])
    return _Understood(event, heard, match, meaning)


def _addresses(heard: Heard) -> list[Correspondent]:
    return [(heard.channel, address) for address in heard.sender_addresses]


def _reply(found: _Understood) -> Reply:
    return Reply(
        company_id=tenancy.company_id(),
        id=new_id(),
        receipt_id=found.event.id,
        channel=found.heard.channel,
        endpoint=found.heard.endpoint,
        sender_address=next(iter(found.heard.sender_addresses), ""),
        body=found.heard.body,
        match=found.match.how,
        message_id=found.match.message and found.match.message.id,
        disposition=found.disposition,
        received_at=found.event.received_at,
    )


def _outcome(found: _Understood) -> Outcome:
    nothing_done = found.match.how is ReplyMatch.NONE and found.meaning.consent is None
    return Outcome(
        found.event.id,
        found.match.message and found.match.message.id,
        ReceiptOutcome.NO_MESSAGE if nothing_done else ReceiptOutcome.APPLIED,
    )


def _heed(understood: Sequence[_Understood]) -> None:
    """Suppresses the addresses of those who said STOP last, and lifts it for those who said START last."""
    last = {
        (each.heard.channel, each.heard.endpoint): each
        for each in understood
        if each.meaning.consent in (Consent.STOP, Consent.START)
    }
    for (channel, endpoint), each in sorted(last.items()):
        if each.meaning.consent is Consent.START:
            suppressions.lift(channel, endpoint)
        else:
            words = each.heard.body[:_MOST_WORDS_KEPT]
            suppressions.suppress(channel, endpoint, SuppressionSource.REPLY, words)
