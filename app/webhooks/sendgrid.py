"""SendGrid's door: signed batches of events, which may belong to several companies."""

import json
from collections import defaultdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from app.receipts import sendgrid
from app.receipts.incoming import Incoming, MalformedError
from app.webhooks import doors, refusals, signatures
from app.webhooks.refusals import Refusal, RefusedError

blueprint = Blueprint("sendgrid", __name__)
refusals.handle(blueprint, sendgrid.PROVIDER, most_bytes=8 * 1024 * 1024)


@blueprint.post("/messages/events/sendgrid")
def events() -> Response:
    """204 when what is ours in the batch is in the inbox.

    An event that cannot be taken is counted and left out, for SendGrid would send the whole batch again for a day. A
    batch of nothing but such events is refused.
    """
    batch = _signed_batch()
    address = doors.argument("company") if "company" in request.args else None
    refused: list[RefusedError] = []
    by_company: defaultdict[UUID, list[Incoming]] = defaultdict(list)
    for event in batch:
        try:
            company_id, incoming = _incoming(event, address)
            by_company[company_id].append(incoming)
        except RefusedError as problem:
            refused.append(problem)
    for company_id, of_company in by_company.items():
        try:
            doors.take_in(sendgrid.PROVIDER, company_id, of_company)
        except RefusedError as problem:
            refused += [problem] * len(of_company)
    for each in refused:
        refusals.count(sendgrid.PROVIDER, each)
    wrong = [each for each in refused if each.refusal is not Refusal.NOT_OURS]
    return refusals.answer(wrong[0]) if wrong and len(refused) == len(batch) else Response(status=204)


def _signed_batch() -> list[Any]:
    body = request.get_data(cache=False)
    if not signatures.sendgrid_signed(body):
        raise RefusedError(Refusal.UNSIGNED)
    if not signatures.sendgrid_fresh():
        raise RefusedError(Refusal.STALE)
    try:
        batch = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(Refusal.MALFORMED) from None
    if not isinstance(batch, list):
        raise RefusedError(Refusal.MALFORMED)
    return batch


def _incoming(event: Any, address: UUID | None) -> tuple[UUID, Incoming]:
    try:
        event = sendgrid.checked(event)
        company_id = sendgrid.company_of(event)
        if company_id is None:
            raise RefusedError(Refusal.NOT_OURS)
        incoming = sendgrid.status_event(event)
    except MalformedError:
        raise RefusedError(Refusal.MALFORMED) from None
    # the signature does not cover the address: it may narrow what the event says, never replace it
    if address not in (None, company_id):
        raise RefusedError(Refusal.OTHER_COMPANY)
    return company_id, incoming
