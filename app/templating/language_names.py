"""How files name languages, and how a page does."""

import re
from functools import lru_cache

NAMES: dict[str, tuple[str, ...]] = {
    "en": ("English", "eng", "inglés", "ingles"),
    "es": ("Spanish", "spa", "esp", "español", "espanol", "castellano"),
    "am": ("Amharic", "amh", "አማርኛ"),
    "ar": ("Arabic", "ara", "العربية"),
    "bn": ("Bengali", "ben", "bangla", "বাংলা"),
    "de": ("German", "deu", "ger", "deutsch"),
    "el": ("Greek", "ell", "gre", "ελληνικά"),
    "fa": ("Persian", "fas", "per", "farsi", "dari", "فارسی"),
    "fr": ("French", "fra", "fre", "français", "francais"),
    "gu": ("Gujarati", "guj", "ગુજરાતી"),
    "he": ("Hebrew", "heb", "עברית"),
    "hi": ("Hindi", "hin", "हिन्दी", "हिंदी"),
    "hmn": ("Hmong", "hmoob"),
    "ht": ("Haitian Creole", "hat", "haitian", "creole", "kreyòl", "kreyol", "kreyòl ayisyen"),
    "hy": ("Armenian", "hye", "arm", "հայերեն"),
    "it": ("Italian", "ita", "italiano"),
    "ja": ("Japanese", "jpn", "日本語"),
    "km": ("Khmer", "khm", "cambodian", "ខ្មែរ"),
    "ko": ("Korean", "kor", "한국어"),
    "lo": ("Lao", "laotian", "ລາວ"),
    "my": ("Burmese", "mya", "bur", "မြန်မာ"),
    "ne": ("Nepali", "nep", "नेपाली"),
    "pa": ("Punjabi", "pan", "panjabi", "ਪੰਜਾਬੀ"),
    "pl": ("Polish", "pol", "polski"),
    "ps": ("Pashto", "pus", "پښتو"),
    "pt": ("Portuguese", "por", "português", "portugues"),
    "ro": ("Romanian", "ron", "rum", "română"),
    "ru": ("Russian", "rus", "русский"),
    "so": ("Somali", "som", "soomaali"),
    "sw": ("Swahili", "swa", "kiswahili"),
    "ta": ("Tamil", "tam", "தமிழ்"),
    "te": ("Telugu", "tel", "తెలుగు"),
    "th": ("Thai", "tha", "ไทย"),
    "ti": ("Tigrinya", "tir", "ትግርኛ"),
    "tl": ("Tagalog", "tgl", "fil", "filipino"),
    "uk": ("Ukrainian", "ukr", "українська"),
    "ur": ("Urdu", "urd", "اردو"),
    "vi": ("Vietnamese", "vie", "tiếng việt", "tieng viet"),
    "yi": ("Yiddish", "yid", "ייִדיש"),
    "zh": ("Chinese", "zho", "chi", "mandarin", "cantonese", "中文", "汉语", "漢語", "普通话", "廣東話"),
}
"""By ISO 639 tag: the name in English, then the codes of three letters and the other names that lists use."""

_QUALIFIED = re.compile(r"[-_(;,/]")
_TAGS = {name.casefold(): tag for tag, names in NAMES.items() for name in names} | {tag: tag for tag in NAMES}


@lru_cache(maxsize=1024)
def language_tag(text: str) -> str | None:
    """The tag of the language that `text` names, None for one that is not known.

    `es`, `es-MX`, `en_US`, `spa`, `Spanish`, `español` and `Spanish (Mexico)` are read, in any case.
    """
    spelled = " ".join(text.split()).casefold()
    if found := _TAGS.get(spelled):
        return found
    return _TAGS.get(_QUALIFIED.split(spelled, 1)[0].strip())


def language_name(tag: str) -> str:
    """The name of a language in English; of one that is not known, its tag."""
    return NAMES[tag][0] if tag in NAMES else tag
