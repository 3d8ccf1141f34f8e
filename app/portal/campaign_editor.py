"""The campaign editor: one page that saves, and shows while one types what real rows become."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import tenancy
from app.accounts import senders
from app.campaigns import editing
from app.campaigns.check import blockers
from app.campaigns.definition import Definition
from app.campaigns.errors import RefusedError, UnfitError
from app.campaigns.inspection import findings_of
from app.campaigns.suggesting import guessed_mapping, remembered
from app.clock import now
from app.extensions import db
from app.models import Campaign, DataSource, SourceStatus
from app.portal import campaign_terms, live_preview, shell
from app.portal.campaign_form import CampaignForm
from app.portal.campaign_problems import problems_of, show_refusal
from app.portal.filter_cuts import cuts
from app.portal.finding_places import place_of
from app.templating.fieldnames import PROVIDED_FIELDS

blueprint = Blueprint("campaign_editor", __name__, url_prefix="/campaigns/<uuid:campaign_id>/edit")

_FILES_ON_OFFER = 100
_BLOCKERS_SAID = 3


class _Desk(NamedTuple):
    """A campaign on the desk: as it is saved, and the form over it."""

    campaign: Campaign
    present: Definition
    form: CampaignForm
    sources: list[DataSource]
    """The files that are chosen in the form."""


@blueprint.get("")
def edit(campaign_id: UUID) -> ResponseReturnValue:
    """The editor, filled in with what is saved."""
    campaign = tenancy.get(Campaign, campaign_id)
    present, sources = editing.definition_of(campaign), editing.files_of(campaign_id)
    form = CampaignForm(formdata=None, name=campaign.name, files=[str(source.id) for source in sources])
    campaign_terms.show(form, present, _zone())
    return _page(_laid_out(campaign, present, form))


@blueprint.post("")
def save(campaign_id: UUID) -> ResponseReturnValue:
    """Saves what has been filled in, or shows beside the inputs why it cannot be saved."""
    desk = _sent(campaign_id)
    definition = campaign_terms.read(desk.form, desk.present, _zone())
    if definition is None:
        return _page(desk, mistakes=problems_of(desk.form)), 422
    try:
        _keep(desk, definition)
    except UnfitError as refusal:
        show_refusal(desk.form, refusal, definition)
        return _page(desk, mistakes=problems_of(desk.form)), 422
    except RefusedError as refusal:
        flash(refusal.words, "danger")
        return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    _say_saved(campaign_id, definition)
    return redirect(url_for("campaign_editor.edit", campaign_id=campaign_id))


@blueprint.post("/rows")
def change_rows(campaign_id: UUID) -> ResponseReturnValue:
    """The form after a click on one of its buttons, with the columns of the files chosen now. Saves nothing."""
    desk = _sent(campaign_id)
    found: dict[str, object] = {}
    lists = {"field": desk.form.fields, "filter": desk.form.filters, "translation": desk.form.translations}
    added = request.form.get("add", "")
    if added == "translation":
        desk.form.translations.append_entry({"language": desk.form.language_to_add})
    elif added in lists:
        lists[added].append_entry()
    if "match" in request.form and desk.sources:
        found["known"] = known = remembered(desk.sources[0])
        found["matched"] = True
        campaign_terms.show_roles(desk.form, (known.mapping if known else guessed_mapping(desk.sources[0])).roles)
    if "plain" in request.form:
        desk.form.sms.form.plain_characters.data = True
    removed, _, row = request.form.get("remove", "").partition("-")
    if removed in lists and row in map(str, range(len(lists[removed]))):
        lists[removed].pop_entry(int(row))
    return _page(_laid_out(desk.campaign, desk.present, desk.form), added=added, removed=removed, **found)


@blueprint.post("/preview")
def preview(campaign_id: UUID) -> ResponseReturnValue:
    """What the form as it is typed makes of real rows. Saves nothing."""
    desk = _sent(campaign_id)
    definition = campaign_terms.read(desk.form, desk.present, _zone())
    found: dict[str, object] = {"changed": True, "cuts": cuts}
    if definition is None:
        found["problems"] = problems_of(desk.form)
    else:
        found["shown"] = live_preview.look(
            desk.campaign,
            definition,
            desk.sources,
            after=_after(),
            language=request.form.get("preview_language", ""),
        )
        found["instant"] = now()
    if shell.wants_fragment():
        return render_template("campaigns/live.html", campaign=desk.campaign, is_fragment=True, **found)
    return _page(desk, **found)


def _sent(campaign_id: UUID) -> _Desk:
    campaign = tenancy.get(Campaign, campaign_id)
    return _laid_out(campaign, editing.definition_of(campaign), CampaignForm())


def _laid_out(campaign: Campaign, present: Definition, form: CampaignForm) -> _Desk:
    on_offer = _files_on_offer(campaign)
    chosen = [source for source in on_offer if str(source.id) in (form.files.data or [])]
    form.offer(on_offer, _columns(chosen), senders.in_order())
    return _Desk(campaign, present, form, chosen)


def _files_on_offer(campaign: Campaign) -> list[DataSource]:
    """The campaign's files in their order, then the newest others that are loaded."""
    own = editing.files_of(campaign.id)
    others = db.session.scalars(
        tenancy.rows(DataSource)
        .where(DataSource.status == SourceStatus.LOADED, DataSource.id.not_in([source.id for source in own]))
        .order_by(DataSource.id.desc())
        .limit(_FILES_ON_OFFER)
    )
    return [*own, *others]


def _columns(sources: Sequence[DataSource]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for source in sources:
        for field, column in zip(source.fields, source.columns, strict=True):
            columns.setdefault(field, column)
    return columns


def _keep(desk: _Desk, definition: Definition) -> None:
    """Saves what differs from what is saved already: an untouched form leaves a ready campaign ready."""
    wanted = [source.id for source in desk.sources]
    present = [source.id for source in editing.files_of(desk.campaign.id)]
    editing.change_campaign(
        desk.campaign.id,
        shell.current_person().id,
        name=desk.form.name.data,
        files=None if wanted == present else wanted,
        definition=None if definition == desk.present else definition,
    )


def _say_saved(campaign_id: UUID, definition: Definition) -> None:
    """Says with the word that it is saved what keeps it from being made ready: a mistake in a text, above all."""
    found = blockers(findings_of(tenancy.get(Campaign, campaign_id)))
    if not found:
        flash("Saved.", "success")
        return
    said = [f"{place_of(finding, definition).name}: {finding.words}" for finding in found[:_BLOCKERS_SAID]]
    more = [f"And {len(found) - len(said)} more."] if len(found) > len(said) else []
    flash(" ".join(["Saved, but it cannot be made ready like this.", *said, *more]), "warning")


def _after() -> int:
    """The row number after which the preview begins: where a button leads, else where it was."""
    text = request.form.get("go_after") or request.form.get("shown_after", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _page(desk: _Desk, **found: object) -> str:
    template = "campaigns/form.html" if shell.wants_fragment() else "campaigns/edit.html"
    named = {entry.form.name.data: "a field of your own" for entry in desk.form.fields if entry.form.name.data}
    return render_template(
        template,
        campaign=desk.campaign,
        form=desk.form,
        fields=_columns(desk.sources) | named | dict.fromkeys(sorted(PROVIDED_FIELDS), "from Carillon"),
        sandbox=shell.current_company().sandbox,
        time_zone=_zone(),
        **found,
    )


def _zone() -> str:
    return shell.current_company().time_zone
