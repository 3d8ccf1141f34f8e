"""The first page: what goes on, and what needs somebody."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Recent files, campaigns and runs."""
    return render_template("dashboard/index.html")
