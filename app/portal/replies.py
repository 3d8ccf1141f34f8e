"""Replies that nobody could be sure of: what was said, and which message it may answer."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from app import tenancy
from app.models import Disposition, Reply, ReplyMatch
from app.portal import paging
from app.portal.patience import TooLongError, patience

blueprint = Blueprint("replies", __name__, url_prefix="/replies")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Replies that need a person, newest first; with `all`, every reply."""
    everything = "all" in request.args
    query = tenancy.rows(Reply).order_by(Reply.id.desc())
    if not everything:
        query = query.where(or_(Reply.disposition == Disposition.UNCLEAR, Reply.match != ReplyMatch.MATCHED))
    if after := paging.after_id():
        query = query.where(Reply.id < after)
    try:
        with patience():
            page = paging.page(query, key=lambda reply: reply.id)
    except TooLongError:
        page = None
    return render_template("replies/index.html", page=page, everything=everything)
