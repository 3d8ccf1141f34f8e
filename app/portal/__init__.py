"""The HTML portal: its rooms, and who may enter them."""

from flask import Flask

from app.models import Role
from app.portal import (
    api_keys,
    assets,
    campaign_editor,
    campaign_preview,
    campaigns,
    companies,
    company_settings,
    dashboard,
    dry_runs,
    errors,
    failure,
    failures,
    file_reading,
    files,
    formats,
    headers,
    joining,
    messages,
    reasons,
    replies,
    reports,
    runs,
    senders,
    shell,
    sign_in,
    sign_up,
    suppressions,
    team,
    uploads,
)
from app.portal.shell import Room

ROOMS: tuple[Room, ...] = (
    Room(companies.blueprint, see=None, change=None),
    Room(dashboard.blueprint, label="Dashboard"),
    Room(files.blueprint, label="Files"),
    Room(uploads.blueprint),
    Room(file_reading.blueprint),
    Room(campaigns.blueprint, label="Campaigns"),
    Room(campaign_editor.blueprint, see=Role.EDITOR),
    Room(campaign_preview.blueprint),
    Room(dry_runs.blueprint),
    Room(runs.blueprint),
    Room(messages.blueprint, label="Messages"),
    Room(failures.blueprint, label="Failures"),
    Room(failure.blueprint),
    Room(replies.blueprint, label="Replies"),
    Room(reports.blueprint, label="Reports"),
    Room(api_keys.blueprint, see=Role.ADMIN, change=Role.ADMIN, label="API keys"),
    Room(senders.blueprint, change=Role.ADMIN, label="Senders"),
    Room(suppressions.blueprint, label="Suppressions"),
    Room(team.blueprint, see=Role.ADMIN, change=Role.ADMIN, label="Team"),
    Room(company_settings.blueprint, see=Role.ADMIN, change=Role.ADMIN, label="Settings"),
)
"""Who may enter is decided here and nowhere else. The order is the menu's."""


def register(app: Flask) -> None:
    """Adds the portal to the application."""
    errors.register(app)
    headers.register(app)
    formats.register(app)
    reasons.register(app)
    sign_up.register(app)
    sign_in.register(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(joining.blueprint)
    shell.admit(app, ROOMS)
    app.jinja_env.globals.update(
        nonce=headers.nonce,
        htmx_tag=assets.htmx_tag,
        htmx_config=assets.HTMX_CONFIG,
        presence=shell.current_presence,
        menu=shell.menu,
        can=shell.can,
    )
