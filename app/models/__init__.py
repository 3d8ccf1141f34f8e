"""The tables, one file per aggregate. Import from here."""

from app.models.base import Base, new_id
from app.models.campaign import Campaign, CampaignFile, CampaignStatus, CampaignVersion
from app.models.company import ApiKey, Channel, Company, Invitation, Membership, Role, Sender, User
from app.models.dry_run import DryRun, DryRunKey, DryRunStatus
from app.models.message import FINAL, RANK, Disposition, Failure, FailureStage, Message, MessageStatus
from app.models.receipt import (
    Receipt,
    ReceiptKind,
    ReceiptOutcome,
    RecordDisposition,
    Reply,
    ReplyMatch,
    Suppression,
    SuppressionSource,
)
from app.models.run import Run, RunPart, RunStatus, RunTrigger, RunUntil, Tally, TallyKind
from app.models.source import DataSource, FileFormat, RecordBlock, RejectedRow, SourceStatus

__all__ = [
    "FINAL",
    "RANK",
    "ApiKey",
    "Base",
    "Campaign",
    "CampaignFile",
    "CampaignStatus",
    "CampaignVersion",
    "Channel",
    "Company",
    "DataSource",
    "Disposition",
    "DryRun",
    "DryRunKey",
    "DryRunStatus",
    "Failure",
    "FailureStage",
    "FileFormat",
    "Invitation",
    "Membership",
    "Message",
    "MessageStatus",
    "Receipt",
    "ReceiptKind",
    "ReceiptOutcome",
    "RecordBlock",
    "RecordDisposition",
    "RejectedRow",
    "Reply",
    "ReplyMatch",
    "Role",
    "Run",
    "RunPart",
    "RunStatus",
    "RunTrigger",
    "RunUntil",
    "Sender",
    "SourceStatus",
    "Suppression",
    "SuppressionSource",
    "Tally",
    "TallyKind",
    "User",
    "new_id",
]
