"""What the parts of one template may name, and what they did name, while it is being compiled."""

from collections.abc import Callable, Collection, Mapping

from liquid.builtin.expressions import Path

from app.templating.errors import TemplatingError
from app.templating.fieldnames import SHORT_FORMS, field_names
from app.templating.functions import Told
from app.templating.mistakes import Mistakes, nearest
from app.templating.moments import date_order

Values = Mapping[str, str]
"""The value of every field a template uses, by its whole name (`patient_name`, `company.name`)."""

Render = Callable[[Values], str]
Test = Callable[[Values], bool]


class Scope:
    """The fields there are, and a place for what is found."""

    def __init__(self, fields: Collection[str], mistakes: Mistakes, language: str = "en", region: str = "US") -> None:
        self.mistakes = mistakes
        self.told: Mapping[Told, str] = {"language": language, "order": date_order(region), "region": region}
        self.used: set[str] = set()
        self.functions_used = 0
        self._fields = frozenset(fields)

    def field(self, path: Path) -> str:
        """The name that `path` spells, noted as used; or as a mistake, if there is no such field."""
        name = ".".join(part if isinstance(part, str) else "[]" for part in path.path)
        name = SHORT_FORMS.get(name, name)
        if name in self._fields:
            self.used.add(name)
        else:
            spelled = str(path)
            meant = nearest_field(spelled, self._fields)
            self.mistakes.add(TemplatingError.UNKNOWN_FIELD, path.token.start_index, spelled, meant)
        return name


def nearest_field(written: str, fields: Collection[str]) -> str | None:
    """The field that was meant: the one that a column headed so would have, else the one spelled most like it."""
    (name,) = field_names([written])
    return name if name in fields else nearest(written, sorted(fields))
