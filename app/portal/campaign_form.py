"""The form of the campaign editor: what can be filled in. What it means is in `campaign_terms`."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.campaigns.definition import Clock, Cut, DedupeScope, Find, Role
from app.campaigns.editing import MOST_NAME_CHARS
from app.models import Channel, DataSource, Sender
from app.templating.language_names import NAMES as LANGUAGES
from app.templating.language_names import language_name

ROLE_LABELS = {
    Role.PERSON: "Person’s name",
    Role.PHONE: "Phone",
    Role.EMAIL: "E-mail",
    Role.DOCTOR: "Doctor or provider",
    Role.APPOINTMENT_DATE: "Appointment date",
    Role.APPOINTMENT_TIME: "Appointment time",
    Role.LOCATION: "Location",
    Role.TIME_ZONE: "Time zone",
    Role.ZIP: "ZIP code",
    Role.LANGUAGE: "Language",
}
_WEEKDAYS = [
    SelectChoice(number, day) for number, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1)
]
_SCHEDULES = [
    SelectChoice("on_demand", "When somebody fires it"),
    SelectChoice("once", "Once, at a time"),
    SelectChoice("recurring", "Again and again"),
]
_FINDS = [SelectChoice(Find.LITERAL.value, "Text"), SelectChoice(Find.PATTERN.value, "Pattern")]
_CUTS = [
    SelectChoice(Cut.TO_LINE_END.value, "cut to line’s end"),
    SelectChoice(Cut.TO_TEXT_END.value, "cut to text’s end"),
    SelectChoice(Cut.PIECE.value, "cut just that"),
    SelectChoice(Cut.REPLACE.value, "replace by"),
]
_CLOCKS = [SelectChoice(Clock.RECIPIENT.value, "the recipient’s"), SelectChoice(Clock.COMPANY.value, "the company’s")]
_SCOPES = [
    SelectChoice(DedupeScope.COMPANY.value, "in all campaigns"),
    SelectChoice(DedupeScope.CAMPAIGN.value, "in this campaign"),
]
_LANGUAGES = sorted((SelectChoice(tag, names[0]) for tag, names in LANGUAGES.items()), key=lambda choice: choice.label)
_NO_COLUMN = SelectChoice("", "—")
_LOCAL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_LONGEST_LINE = 2_000


class RoleForm(Form):
    """The column that plays a role, the one to fall back on where that is blank, and how the cells are put right."""

    column = SelectField("Column", choices=[])
    fallback = SelectField("Otherwise", choices=[])
    functions = StringField("Functions", validators=[Length(max=_LONGEST_LINE)])

    @property
    def columns(self) -> list[SelectField]:
        """The inputs for the role's columns, in the order in which these are tried."""
        return [self.column, self.fallback]


class AddressRoleForm(RoleForm):
    """As for other roles; people have several phones, and the first valid one is used."""

    third = SelectField("And then", choices=[])

    @property
    def columns(self) -> list[SelectField]:
        """The inputs for the role's columns, in the order in which these are tried."""
        return [*super().columns, self.third]


class FieldForm(Form):
    """A field of the texts that is made from a column."""

    name = StringField("Field")
    column = SelectField("Column", choices=[])
    functions = StringField("Functions", validators=[Length(max=_LONGEST_LINE)])

    @property
    def is_blank(self) -> bool:
        """True for a row that nobody has filled in."""
        return not any(map(typed, (self.name, self.column, self.functions)))

    def validate_name(self, field: StringField) -> None:
        """A row that has something in it needs a name."""
        if not self.is_blank and not typed(field):
            raise ValidationError("Give the field a name.")

    def validate_column(self, field: SelectField) -> None:
        """A field is made from a column."""
        if not self.is_blank and not typed(field):
            raise ValidationError("Choose its column.")


class FilterForm(Form):
    """A piece that is taken out of finished texts."""

    find = SelectField("Find", choices=_FINDS)
    what = StringField("What to find")
    cut = SelectField("And then", choices=_CUTS)
    replacement = StringField("By")

    @property
    def is_blank(self) -> bool:
        """True for a row that nobody has filled in."""
        return not (self.what.data or self.replacement.data)

    def validate_what(self, field: StringField) -> None:
        """A row that has something in it must say what it looks for."""
        if not self.is_blank and not field.data:
            raise ValidationError("Say what is to be found.")


class TextMessageForm(Form):
    """The delivery method that texts."""

    used = BooleanField("Send text messages")
    sender = SelectField("From", choices=[])
    text = TextAreaField("Text", render_kw={"rows": 5})
    plain_characters = BooleanField("Write characters that make a text longer in a plainer way")


class EmailForm(Form):
    """The delivery method that mails."""

    used = BooleanField("Send e-mails")
    sender = SelectField("From", choices=[])
    subject = StringField("Subject")
    text = TextAreaField("Plain text", render_kw={"rows": 10})
    html = TextAreaField("HTML", render_kw={"rows": 8, "spellcheck": "false"})


class TranslationForm(Form):
    """What the delivery methods say in another language. A method whose parts stay empty speaks the campaign's."""

    language = SelectField("Language", choices=_LANGUAGES)
    sms_text = TextAreaField("Text message", render_kw={"rows": 4})
    email_subject = StringField("E-mail subject")
    email_text = TextAreaField("E-mail, plain text", render_kw={"rows": 8})
    email_html = TextAreaField("E-mail, HTML", render_kw={"rows": 6, "spellcheck": "false"})


class CampaignForm(FlaskForm):
    """Everything that the editor lets a person say about a campaign."""

    name = StringField("Name", validators=[DataRequired("Give the campaign a name."), Length(max=MOST_NAME_CHARS)])
    files = SelectMultipleField("Files", choices=[], invalid_choice_message="One of these files is not there any more.")
    fields = FieldList(FormField(FieldForm))
    sms = FormField(TextMessageForm, separator="_")
    email = FormField(EmailForm, separator="_")
    language = SelectField("The texts above are in", choices=_LANGUAGES, default="en")
    translations = FieldList(FormField(TranslationForm))
    confirm = StringField("Words that confirm")
    cancel = StringField("Words that cancel")
    reschedule = StringField("Words that ask for another time")
    weekdays = SelectMultipleField(
        "Days", choices=_WEEKDAYS, coerce=int, validators=[DataRequired("Choose at least one day.")]
    )
    opens = TimeField("From", validators=[InputRequired("Say from which hour on.")])
    closes = TimeField("Until", validators=[InputRequired("Say until which hour.")])
    clock = SelectField("On whose clock", choices=_CLOCKS)
    lift_quiet_hours = BooleanField("Contact people at any hour of any day")
    filters = FieldList(FormField(FilterForm))
    schedule = SelectField("When it fires", choices=_SCHEDULES)
    fires_at = DateTimeLocalField("At, or from then on", format=_LOCAL_FORMATS, validators=[Optional()])
    rrule = StringField("Rule of repetition", render_kw={"list": "rules"})
    dedupe_scope = SelectField("Repeats are looked for", choices=_SCOPES)
    dedupe_appointment = BooleanField("A reminder of another day’s appointment is no repeat")

    def offer(self, sources: Sequence[DataSource], columns: Mapping[str, str], senders: Sequence[Sender]) -> None:
        """Fills in what can be chosen: files, the columns (stable name to header), senders of each channel.

        What has been chosen before and is not on offer any more stays, so that the checks can speak of it.
        """
        self.files.choices = [SelectChoice(str(source.id), source.filename) for source in sources]
        choices = [_NO_COLUMN, *(SelectChoice(name, header) for name, header in columns.items())]
        parts = [self.role(role) for role in Role]
        for field in [field for part in parts for field in part.columns]:
            field.choices = _with_present(choices, field.data, "{} (not in the files)")
        for entry in self.fields:
            entry.form.column.choices = _with_present(choices, entry.form.column.data, "{} (not in the files)")
        for form, channel in ((self.sms.form, Channel.SMS), (self.email.form, Channel.EMAIL)):
            offered = _of_channel(senders, channel)
            first = f"the company’s first, {offered[0].label}" if offered else "the company’s first"
            known = [SelectChoice("", first), *offered]
            form.sender.choices = _with_present(known, form.sender.data, "a sender that was removed")

    def validate_translations(self, field: FieldList) -> None:
        """A language is said once, and not the one that the texts are in already."""
        chosen = Counter([self.language.data, *(entry.form.language.data for entry in field)])
        if repeated := next((tag for tag, times in chosen.items() if times > 1), None):
            raise ValidationError(f"There are two texts in {language_name(repeated)}.")

    @property
    def language_to_add(self) -> str:
        """A language that nothing is said in yet."""
        taken = {self.language.data, *(entry.form.language.data for entry in self.translations)}
        return next((tag for tag in LANGUAGES if tag not in taken), "en")

    @property
    def role_fields(self) -> list[FormField]:
        """The parts of the form that are about roles, each with its label."""
        return [self[f"role_{role.value}"] for role in Role]

    def role(self, role: Role) -> RoleForm:
        """The part of the form that is about one role."""
        found: RoleForm = self[f"role_{role.value}"].form
        return found

    def validate_fields(self, field: FieldList) -> None:
        """A name can stand for one thing only."""
        names = Counter((entry.form.name.data or "").strip() for entry in field if not entry.form.is_blank)
        if repeated := next((name for name, times in names.items() if name and times > 1), None):
            raise ValidationError(f"Two fields are called “{repeated}”.")


for _role in Role:
    _form = AddressRoleForm if _role in (Role.PHONE, Role.EMAIL) else RoleForm
    setattr(CampaignForm, f"role_{_role.value}", FormField(_form, ROLE_LABELS[_role], separator="_"))


def typed(field: StringField | SelectField) -> bool:
    """True when there is more in an input than blanks."""
    return bool((field.data or "").strip())


def _with_present(choices: list[SelectChoice], present: str | None, label: str) -> list[SelectChoice]:
    if not present or present in {choice.value for choice in choices}:
        return choices
    return [*choices, SelectChoice(present, label.format(present))]


def _of_channel(senders: Sequence[Sender], channel: Channel) -> list[SelectChoice]:
    return [
        SelectChoice(str(sender.id), f"{sender.label} ({sender.address})" if sender.label else sender.address)
        for sender in senders
        if sender.channel is channel
    ]
