"""What a column is called, in plain English words: files abbreviate (`Pt Name`), run words together, speak Spanish."""

import re
import unicodedata
from functools import lru_cache

_NUMBER_BEHIND = re.compile(r"(?<=[a-z])(?=\d)")
_PHRASES = {
    "codigo postal": "zip code",
    "correo electronico": "email",
    "e mail": "email",
    "date and time": "datetime",
    "date time": "datetime",
    "fecha y hora": "datetime",
    "time zone": "timezone",
    "zona horaria": "timezone",
}
_SHORT = {
    "addr": "address", "appt": "appointment", "apt": "appointment", "dept": "department", "doc": "doctor",
    "dt": "date", "lang": "language", "loc": "location", "mob": "mobile", "nbr": "number", "no": "number",
    "num": "number", "ph": "phone", "prov": "provider", "pt": "patient", "svc": "service", "tel": "phone",
    "telephone": "phone", "tm": "time", "dob": "birth date", "bday": "birth date", "cellphone": "cell phone",
}  # fmt: skip
_RUN_TOGETHER = {
    "apptdate": "appointment date", "appttime": "appointment time", "birthdate": "birth date",
    "birthday": "birth date", "emailaddress": "email address", "firstname": "first name", "homephone": "home phone",
    "lastname": "last name", "mobilephone": "mobile phone", "patientname": "patient name",
    "phonenumber": "phone number", "workphone": "work phone", "zipcode": "zip code",
}  # fmt: skip
_SPANISH = {
    "apellido": "last name", "apellidos": "last name", "celular": "mobile", "cita": "appointment", "cliente": "client",
    "clinica": "clinic", "consulta": "appointment", "consultorio": "office", "correo": "email", "creacion": "created",
    "doctora": "doctor", "dra": "doctor", "estudiante": "student", "fecha": "date", "hora": "time",
    "idioma": "language", "lugar": "location", "medica": "doctor", "medico": "doctor", "movil": "mobile",
    "nacimiento": "birth", "nombre": "name", "nombres": "first name", "numero": "number", "paciente": "patient",
    "sede": "location", "sucursal": "branch", "telefono": "phone", "ubicacion": "location", "visita": "visit",
}  # fmt: skip
_WORDS = _SHORT | _RUN_TOGETHER | _SPANISH
_SMALL = frozenset({"of", "the", "de", "del", "el", "la"})
_HEADS = frozenset({"date", "datetime", "name", "number", "time"})
"""What leads in `date of visit` and `fecha cita`, and comes last in `visit date`."""


@lru_cache(maxsize=4096)
def header_words(field: str) -> str:
    """The words of a column's stable name: `pt_name` is `patient name`, `fecha_de_cita` is `appointment date`."""
    text = unicodedata.normalize("NFD", field.replace("_", " "))
    text = _NUMBER_BEHIND.sub(" ", "".join(char for char in text if not unicodedata.combining(char)))
    text = _with_phrases(" ".join(text.split()))
    words = " ".join(_WORDS.get(word, word) for word in text.split() if word not in _SMALL).split()
    # before it leads with what it is, the first word leads with what it is about
    if len(words) > 1 and words[0] in _HEADS and not words[1].isdecimal():
        words = [*words[1:], words[0]]
    return " ".join(words)


def _with_phrases(text: str) -> str:
    for phrase, meaning in _PHRASES.items():
        text = re.sub(rf"\b{phrase}\b", meaning, text)
    return text
