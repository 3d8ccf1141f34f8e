"""Reports: what happened, by campaign and dates or by dates alone; as tiles, a chart, a table and a file."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, ValidationError
from wtforms.validators import DataRequired

from app import tenancy
from app.clock import now
from app.models import Campaign, Disposition
from app.portal import downloads, formats, labels
from app.portal.charts import NARROW, WIDE, per_day
from app.reporting.questions import Counts, Day, Report, report

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

_LONGEST_DAYS = 366
_USUAL_DAYS = 7
_COLUMNS = (
    *("Loaded", "Queued", "Failed", "Requeued", "Sent", "Delivered"),
    *("Confirmed", "Cancelled", "Reschedule", "Opted out"),
)


class ReportForm(FlaskForm):
    """The days asked for, both included, and perhaps one campaign."""

    class Meta:
        csrf = False  # it asks, and changes nothing

    date_from = DateField("From", validators=[DataRequired("Give the first day.")])
    date_to = DateField("To", validators=[DataRequired("Give the last day.")])
    campaign = SelectField("Campaign", coerce=lambda text: UUID(text) if text else None)

    def validate_date_to(self, field: DateField) -> None:
        """The days must be in order, and not more than a page can show."""
        if not self.date_from.data or not field.data:
            return
        if field.data < self.date_from.data:
            raise ValidationError("The last day comes before the first.")
        if (field.data - self.date_from.data).days >= _LONGEST_DAYS:
            raise ValidationError(f"At most {_LONGEST_DAYS} days can be asked for at once.")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The report. Without dates, of the last seven days."""
    form = _form()
    if not form.validate():
        return render_template("reports/index.html", form=form, answer=None), 422
    answer = _ask(form)
    return render_template(
        "reports/index.html",
        form=form,
        answer=answer,
        lines=[(day.day, line(day)) for day in reversed(answer.days) if day.loaded or day.counts != Counts()],
        columns=[f"#{column}" for column in _COLUMNS],
        decisions=Disposition,
        asked={name: value for name, value in request.args.items() if value},
    )


@blueprint.get("/chart.svg")
def chart() -> ResponseReturnValue:
    """The chart of a report. An image of its own, because the page's content policy refuses styles inside it."""
    form = _form()
    if not form.validate():
        abort(404)
    answer = make_response(per_day(_ask(form), NARROW if "narrow" in request.args else WIDE))
    answer.mimetype = "image/svg+xml"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer


@blueprint.get("/report.csv")
def download() -> ResponseReturnValue:
    """The same report as a file: a line a day, then the reasons of the failures."""
    form = _form()
    if not form.validate():
        return render_template("reports/index.html", form=form, answer=None), 422
    answer = _ask(form)
    name = f"report-{answer.date_from.isoformat()}-{answer.date_to.isoformat()}.csv"
    return downloads.csv_response(name, ("Day", *_COLUMNS), _lines(answer))


def line(day: Day) -> tuple[int, ...]:
    """The numbers of a day in the order of the columns."""
    counts = day.counts
    return (
        day.loaded,
        counts.queued,
        counts.standing,
        counts.taken_up,
        counts.sent,
        counts.delivered,
        *(counts.of(decision) for decision in Disposition if decision is not Disposition.UNCLEAR),
    )


def _lines(answer: Report) -> Sequence[Sequence[object]]:
    days = [(day.day.isoformat(), *line(day)) for day in answer.days]
    reasons = [
        (f"Failed: {reason.stage.value}, {reason.code}", "", "", n)
        for reason, n in answer.total.standing_by_reason.items()
    ]
    return [*days, *reasons]


def _form() -> ReportForm:
    if "date_from" in request.args or "date_to" in request.args:
        form = ReportForm(request.args)
    else:
        today = formats.local(now()).date()
        form = ReportForm(None, date_from=today - timedelta(days=_USUAL_DAYS - 1), date_to=today, campaign=None)
    form.campaign.choices = [("", "All campaigns"), *((str(id_), name) for id_, name in labels.campaign_choices())]
    return form


def _ask(form: ReportForm) -> Report:
    first: date = form.date_from.data
    last: date = form.date_to.data
    campaign_id: UUID | None = form.campaign.data
    if campaign_id is not None:
        tenancy.get(Campaign, campaign_id)
    return report(first, last, campaign_id)
