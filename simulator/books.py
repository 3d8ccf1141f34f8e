"""The carrier's books: everything that was accepted, refused, called back and said, in memory."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from simulator.entries import Call, Entry, EventWebhook, Mail, MessagingService, Number, Text

WINDOW_SECONDS = 24 * 3600
"""WhatsApp, Messenger and Instagram take free text only so long after the person's last word."""


class Books:
    """The state of all three providers. Numbers, services and webhooks are property and survive `reset`."""

    def __init__(self) -> None:
        self.numbers: dict[str, Number] = {}
        self.services: dict[str, MessagingService] = {}
        self.event_webhooks: dict[str, EventWebhook] = {}
        self.meta_webhook = ""
        self.reset()

    def reset(self) -> None:
        """Forgets every message, call, mail, opt-out and count."""
        self.texts: dict[str, Text] = {}
        self.threads: defaultdict[str, list[Text]] = defaultdict(list)
        """The texts of each person, both ways, in the order in which they were written."""
        self.calls: dict[str, Call] = {}
        self.mails: list[Mail] = []
        self.mailboxes: defaultdict[str, list[Mail]] = defaultdict(list)
        self.bounced: set[str] = set()
        self.opted_out: set[tuple[str, str]] = set()
        self.last_words: dict[tuple[str, str], float] = {}
        self.requests: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.callbacks: Counter[str] = Counter()
        self.replies: Counter[str] = Counter()
        for webhook in self.event_webhooks.values():
            webhook.pending, webhook.flush_due = [], False

    def add_text(self, text: Text) -> None:
        """Enters a text, in whichever direction."""
        self.texts[text.sid] = text
        self.threads[text.person].append(text)
        if text.direction == "inbound":
            self.last_words[text.person, text.ours] = text.created

    def add_mail(self, mail: Mail) -> None:
        """Enters what one person is to get."""
        self.mails.append(mail)
        self.mailboxes[mail.to].append(mail)

    def wrote_lately(self, person: str, ours: str) -> bool:
        """True when the person's last word to `ours` is less than 24 hours old."""
        return time.time() - self.last_words.get((person, ours), 0.0) < WINDOW_SECONDS

    def service_of(self, number: str) -> MessagingService | None:
        """The Messaging Service that `number` is in."""
        for service in self.services.values():
            if any(member.phone_number == number for member in service.numbers):
                return service
        return None

    def number(self, address: str) -> Number | None:
        """The bought number with this address."""
        return next((number for number in self.numbers.values() if number.phone_number == address), None)

    def opt_out_scope(self, ours: str) -> str:
        """What a STOP to `ours` covers: its whole Messaging Service, or itself."""
        service = self.service_of(ours)
        return service.sid if service else ours

    def accepted(self) -> Iterator[Entry]:
        """Every entry that the application asked for."""
        texts = (text for text in self.texts.values() if text.direction == "outbound-api")
        return chain(texts, self.calls.values(), self.mails)

    def totals(self) -> dict[str, Any]:
        """Counts: by channel and status, refusals by code, callbacks by outcome, replies by intent."""
        channels: defaultdict[str, Counter[str]] = defaultdict(Counter)
        reached: Counter[str] = Counter()
        for entry in self.accepted():
            channels[entry.channel]["accepted"] += 1
            channels[entry.channel][entry.status] += 1
            if entry.app_id and entry.reached:
                reached[entry.app_id] += 1
        return {
            "totals": channels,
            "doubled": sorted(app_id for app_id, times in reached.items() if times > 1),
            "requests": self.requests,
            "refused": self.refused,
            "callbacks": self.callbacks,
            "replies": self.replies,
        }

    def messages(self) -> list[dict[str, Any]]:
        """One line per message id of the application (per SID where it gave none): who, what, when, how often."""
        lines: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.accepted():
            lines[entry.app_id or entry.sid].append(entry)
        return [_line(entries) for entries in lines.values()]


def _line(entries: list[Entry]) -> dict[str, Any]:
    last = entries[-1]
    return {
        "id": last.app_id,
        "channel": last.channel,
        "from": last.sender,
        "to": last.to,
        "text": _words(last),
        "accepted": len(entries),
        "reached": sum(entry.reached for entry in entries),
        "status": last.status,
        "error_code": last.error_code,
        "sids": [entry.sid for entry in entries],
        "accepted_at": [_instant(entry.created) for entry in entries],
        "history": [[_instant(at), status] for at, status in last.history],
    }


def _words(entry: Entry) -> str:
    match entry:
        case Text():
            return entry.body
        case Mail():
            return entry.subject
        case Call():
            return " ".join(entry.heard)
    return ""


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
