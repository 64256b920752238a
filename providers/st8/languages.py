"""Languages as the vendor names them: three letters (ISO 639-3)."""

from __future__ import annotations

FALLBACK = "eng"

THREE_LETTERS = {
    "ar": "ara",
    "az": "aze",
    "bg": "bul",
    "bn": "ben",
    "cs": "ces",
    "da": "dan",
    "de": "deu",
    "el": "ell",
    "en": "eng",
    "es": "spa",
    "et": "est",
    "fa": "fas",
    "fi": "fin",
    "fr": "fra",
    "he": "heb",
    "hi": "hin",
    "hr": "hrv",
    "hu": "hun",
    "hy": "hye",
    "id": "ind",
    "it": "ita",
    "ja": "jpn",
    "ka": "kat",
    "kk": "kaz",
    "ko": "kor",
    "lt": "lit",
    "lv": "lav",
    "nl": "nld",
    "no": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sk": "slk",
    "sl": "slv",
    "sr": "srp",
    "sv": "swe",
    "th": "tha",
    "tr": "tur",
    "uk": "ukr",
    "uz": "uzb",
    "vi": "vie",
    "zh": "zho",
}


def three_letters(language: str) -> str:
    """Turn ``en`` or ``en-GB`` into ``eng``; an unknown language is shown in English."""
    return THREE_LETTERS.get(language.replace("_", "-").partition("-")[0].lower(), FALLBACK)
