"""What the providers' doors have in common: arguments of the address, the inbox, the word to the workers."""

from collections.abc import Sequence
from uuid import UUID

from flask import request

from app import tenancy
from app.jobs import Job, enqueue
from app.receipts import inbox
from app.receipts.incoming import Incoming, MalformedError
from app.webhooks.refusals import STORED, Refusal, RefusedError


def argument(name: str) -> UUID:
    """The UUID that the address carries under `name`; refuses the request without it."""
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        raise RefusedError(Refusal.MALFORMED) from None


def take_in(provider: str, company_id: UUID, events: Sequence[Incoming]) -> None:
    """Stores events of one company and has them applied. Refuses them when there is no such company."""
    with tenancy.company(company_id):
        try:
            stored = inbox.store(events)
        except inbox.UnknownCompanyError:
            raise RefusedError(Refusal.UNKNOWN_COMPANY) from None
        except MalformedError:
            raise RefusedError(Refusal.MALFORMED) from None
    if stored:
        STORED.labels(provider).inc(stored)
        enqueue(Job.APPLY_RECEIPTS, company_id)
