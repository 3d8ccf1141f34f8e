"""The message functions: filters in templates, steps in a mapping."""

from app.templating.functions import blanks, dates, money, names, phones, text
from app.templating.functions.reference import FunctionDoc, reference
from app.templating.functions.registry import FUNCTIONS, Function, Parameter, Told

__all__ = [
    "FUNCTIONS",
    "Function",
    "FunctionDoc",
    "Parameter",
    "Told",
    "blanks",
    "dates",
    "money",
    "names",
    "phones",
    "reference",
    "text",
]
