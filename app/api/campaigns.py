"""Campaigns by program: make, change, preview, make ready, fire. Dry runs are in `dry_runs`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import tenancy
from app.api import preview_schemas, schemas
from app.api.guard import room
from app.api.runs import shown as shown_run
from app.campaigns import editing, fire, lifecycle, preview
from app.campaigns.definition import Definition
from app.campaigns.inspection import findings_of
from app.extensions import db
from app.models import Campaign, CampaignFile, RunTrigger

blueprint = room("campaigns", "What is said to whom, and when")

_COLUMNS = ("id", "name", "status", "version", "next_fire_at", "created_at", "updated_at")


@blueprint.post("/campaigns")
@blueprint.arguments(schemas.NewCampaign)
@blueprint.response(201, schemas.Campaign)
def create(wanted: dict[str, Any]) -> dict[str, Any]:
    """Makes a campaign. Without a definition, one is suggested from the columns of its first file."""
    definition = Definition.model_validate(wanted["definition"]) if wanted["definition"] is not None else None
    return _shown(editing.create_campaign(wanted["name"], None, files=wanted["files"], definition=definition))


@blueprint.get("/campaigns")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.CampaignPage)
def campaigns(query: dict[str, Any]) -> dict[str, Any]:
    """Campaigns, newest first, without their definitions."""
    wanted = tenancy.rows(Campaign)
    if query["after"]:
        wanted = wanted.where(Campaign.id < query["after"])
    found = db.session.scalars(wanted.order_by(Campaign.id.desc()).limit(query["limit"] + 1)).all()
    items = found[: query["limit"]]
    files = _files_of([campaign.id for campaign in items])
    return {
        "items": [_columns(campaign) | {"files": files.get(campaign.id, [])} for campaign in items],
        "next": items[-1].id if len(found) > len(items) else None,
    }


@blueprint.get("/campaigns/<uuid:campaign_id>")
@blueprint.response(200, schemas.Campaign)
def one(campaign_id: UUID) -> dict[str, Any]:
    """A campaign with the definition of its newest version."""
    return _shown(tenancy.get(Campaign, campaign_id))


@blueprint.patch("/campaigns/<uuid:campaign_id>")
@blueprint.arguments(schemas.CampaignChange)
@blueprint.response(200, schemas.Campaign)
def change(wanted: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
    """Renames, or merges into the definition. A ready campaign goes back to draft and needs another dry run."""
    definition = None
    if "definition" in wanted:
        present = editing.definition_of(tenancy.get(Campaign, campaign_id)).model_dump(mode="json")
        definition = Definition.model_validate(_merged(present, wanted["definition"]))
    return _shown(editing.change_campaign(campaign_id, None, name=wanted.get("name"), definition=definition))


@blueprint.put("/campaigns/<uuid:campaign_id>/files")
@blueprint.arguments(schemas.CampaignFiles)
@blueprint.response(200, schemas.Campaign)
def set_files(wanted: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
    """Says which files the campaign speaks to."""
    return _shown(editing.change_campaign(campaign_id, None, files=wanted["files"]))


@blueprint.post("/campaigns/<uuid:campaign_id>/preview")
@blueprint.arguments(preview_schemas.PreviewQuery, location="query")
@blueprint.response(200, preview_schemas.Preview)
def show_preview(query: dict[str, Any], campaign_id: UUID) -> Any:
    """Checks the campaign and shows what its first rows become. Ready asks for a dry run of them all."""
    return preview.preview_saved(campaign_id, query["rows"], everybody_speaks=query["language"])


@blueprint.post("/campaigns/<uuid:campaign_id>/ready")
@blueprint.response(200, schemas.Campaign)
def ready(campaign_id: UUID) -> dict[str, Any]:
    """Makes the campaign ready to fire; 409 names what is in the way."""
    return _shown(lifecycle.mark_ready(campaign_id))


@blueprint.post("/campaigns/<uuid:campaign_id>/runs")
@blueprint.arguments(schemas.NewRun)
@blueprint.response(201, schemas.Run)
def start(wanted: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
    """Fires a ready campaign over its files."""
    run = fire.fire(campaign_id, until=wanted["until"], start_at=wanted["start_at"], trigger=RunTrigger.DEMAND, by=None)
    return shown_run(run)


def _shown(campaign: Campaign) -> dict[str, Any]:
    return _columns(campaign) | {
        "files": _files_of([campaign.id]).get(campaign.id, []),
        "definition": editing.definition_of(campaign).model_dump(mode="json"),
        "findings": findings_of(campaign),
    }


def _columns(campaign: Campaign) -> dict[str, Any]:
    return {column: getattr(campaign, column) for column in _COLUMNS}


def _files_of(campaign_ids: list[UUID]) -> dict[UUID, list[UUID]]:
    query = (
        select(CampaignFile.campaign_id, CampaignFile.data_source_id)
        .where(CampaignFile.company_id == tenancy.company_id(), CampaignFile.campaign_id.in_(campaign_ids))
        .order_by(CampaignFile.position)
    )
    files: dict[UUID, list[UUID]] = {}
    for campaign_id, source_id in db.session.execute(query):
        files.setdefault(campaign_id, []).append(source_id)
    return files


def _merged(present: Any, patch: Any) -> Any:
    """RFC 7396: objects are merged, null takes a member away, everything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(present) if isinstance(present, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
