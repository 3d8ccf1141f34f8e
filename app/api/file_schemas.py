"""What files look like in the API."""

from marshmallow import Schema, fields, validate

from app.api.schemas import MOST_A_PAGE, PageQuery
from app.campaigns.column_kinds import ColumnKind
from app.models import FileFormat, SourceStatus


class UploadFields(Schema):
    """The multipart body. Werkzeug hands the file over apart from the other fields."""

    file = fields.Raw(load_default=None, metadata={"type": "string", "format": "binary"})
    load_ = fields.Boolean(
        data_key="load", attribute="load", load_default=False, metadata={"description": "Start loading at once."}
    )


class Sheet(Schema):
    """A sheet of a spreadsheet."""

    name = fields.String()
    hidden = fields.Boolean()


class File(Schema):
    """A data source. A spreadsheet has a sheet, and neither encoding, delimiter nor quote."""

    id = fields.UUID()
    filename = fields.String()
    size_bytes = fields.Integer()
    sha256 = fields.String()
    format = fields.Enum(FileFormat, by_value=True)
    encoding = fields.String(allow_none=True, metadata={"description": "Name of a Python codec."})
    delimiter = fields.String(allow_none=True)
    quote = fields.String(allow_none=True, metadata={"description": "Stands around cells; empty when nothing does."})
    has_header = fields.Boolean()
    sheet = fields.String(allow_none=True)
    sheets = fields.List(fields.Nested(Sheet))
    columns = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    status = fields.Enum(SourceStatus, by_value=True)
    rows_loaded = fields.Integer()
    rows_rejected = fields.Integer()
    rows = fields.Integer(metadata={"description": "Done so far, loaded and rejected."})
    percent = fields.Integer(metadata={"description": "Of the file's bytes."})
    rows_per_second = fields.Float(allow_none=True)
    seconds_left = fields.Float(allow_none=True, metadata={"description": "Null unless it is being loaded."})
    error_code = fields.String(allow_none=True)
    error_words = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class Column(Schema):
    """A column of a file. Kind and fill are null until every record has been counted, soon after the loading."""

    column = fields.String()
    field = fields.String(metadata={"description": "Its name in templates."})
    samples = fields.List(fields.String(), metadata={"description": "Up to three different values, cut short."})
    kind = fields.Enum(ColumnKind, by_value=True, allow_none=True, metadata={"description": "A guess."})
    filled = fields.Integer(allow_none=True, metadata={"description": "Records whose cell is not blank."})
    fill_rate = fields.Float(allow_none=True, metadata={"description": "`filled` of all records, from 0 to 1."})


class WholeFile(File):
    """A data source with what is in its columns, and other files of the company that hold the same bytes."""

    profile = fields.List(fields.Nested(Column))
    same_bytes_as = fields.List(
        fields.UUID(),
        metadata={"description": "Not empty: the list has been uploaded before. The newest three at most."},
    )


class FileChange(Schema):
    """How the file is to be read. What is not given stays as it is."""

    encoding = fields.String(metadata={"description": "Of a text list: name of a Python codec, such as `cp1252`."})
    delimiter = fields.String(metadata={"description": "Of a text list: a tab, a space or a plain sign."})
    quote = fields.String(validate=validate.OneOf(['"', "'", ""]))
    has_header = fields.Boolean()
    sheet = fields.String(metadata={"description": "Of a spreadsheet: one of its `sheets`."})


class FilePage(Schema):
    """Files, newest first."""

    items = fields.List(fields.Nested(File))
    next = fields.UUID(allow_none=True)


class FilesQuery(PageQuery):
    """Which files."""

    status = fields.Enum(SourceStatus, by_value=True, load_default=None)


class RejectedQuery(Schema):
    """Where a page of rejected rows starts and how long it is."""

    after = fields.Integer(
        load_default=0, validate=validate.Range(0, 2**31 - 1), metadata={"description": "A row number."}
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_A_PAGE))


class RejectedRow(Schema):
    """A row that could not be loaded."""

    row_number = fields.Integer(metadata={"description": "As a spreadsheet shows it, the header's row included."})
    code = fields.String()
    words = fields.String()
    raw = fields.String(metadata={"description": "The row's text as it stands in the file, cut short."})


class RejectedPage(Schema):
    """Rejected rows, in the file's order."""

    items = fields.List(fields.Nested(RejectedRow))
    next = fields.Integer(allow_none=True)
