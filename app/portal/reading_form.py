"""The form that says how a file is read: filled in with what was found, sent back with what is right."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField

from app.ingest.corrections import Correction
from app.models import DataSource
from app.portal import formats

_ENCODINGS = ("utf-8", "cp1252", "utf-16", "utf-16-be", "mac_roman", "cp1250", "iso8859-15", "cp437", "cp850", "utf-32")
_VARIETIES = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-32-le": "utf-32", "utf-32-be": "utf-32"}
"""The file's beginning tells which variety of an encoding it is: nobody has to choose."""
_DELIMITERS = {
    ",": "Comma",
    "\t": "Tab",
    ";": "Semicolon",
    "|": "Vertical bar",
    ":": "Colon",
    "^": "Caret",
    "~": "Tilde",
    " ": "Space",
}
_QUOTES = {'"': "Double quotes", "'": "Single quotes", "": "Nothing"}
_OF_TEXT = ("encoding", "delimiter", "quote")


class ReadingForm(FlaskForm):
    """How the bytes of one file become rows."""

    sheet = SelectField("Sheet")
    encoding = SelectField("Encoding", choices=[SelectChoice(codec, formats.encoding(codec)) for codec in _ENCODINGS])
    delimiter = SelectField("Between cells")
    quote = SelectField("Around cells", choices=[SelectChoice(*choice) for choice in _QUOTES.items()])
    has_header = SelectField("First row", choices=[SelectChoice("yes", "Column names"), SelectChoice("no", "A record")])

    @classmethod
    def of(cls, source: DataSource) -> "ReadingForm":
        """The form over a data source: as it was sent, or as the file is read now."""
        form = cls(
            sheet=source.sheet,
            encoding=_VARIETIES.get(source.encoding, source.encoding),
            delimiter=source.delimiter,
            quote=source.quote,
            has_header="yes" if source.has_header else "no",
        )
        if source.format.is_spreadsheet:
            for name in _OF_TEXT:
                del form[name]
            form.sheet.choices = [SelectChoice(sheet["name"], _sheet_label(sheet)) for sheet in source.sheets]
        else:
            del form.sheet
            known = {source.delimiter: source.delimiter} | _DELIMITERS
            form.delimiter.choices = [SelectChoice(*choice) for choice in known.items()]
        return form

    def correction(self) -> Correction:
        """What has been chosen."""
        chosen = {field.name: field.data for field in self if field.name in ("sheet", *_OF_TEXT)}
        return Correction(has_header=self.has_header.data == "yes", **chosen)


def _sheet_label(sheet: dict[str, object]) -> str:
    return f"{sheet['name']} (hidden)" if sheet["hidden"] else str(sheet["name"])
