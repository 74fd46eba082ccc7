"""The search key of texts that are stored without one, as the database works it out."""

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Lower

from agencies.persian import HAMZA_BEFORE_WAW, HAMZA_LIKE_ALEF, NOT_SEARCHED, SEARCHED_LETTERS


def stored_search_key(name: str) -> Lower:
    """Work out in SQL what `search_key` makes of the text of a field, which was normalised when it
    was stored.
    """
    letters, spelling = SEARCHED_LETTERS
    text = _replace(F(name), HAMZA_BEFORE_WAW, "")
    text = _replace(text, HAMZA_LIKE_ALEF, "ا")
    return Lower(
        Func(
            text,
            Value(letters + NOT_SEARCHED),
            Value(spelling),
            function="translate",
            output_field=TextField(),
        )
    )


def _replace(text: F | Func, pattern: str, letters: str) -> Func:
    return Func(
        text,
        Value(pattern),
        Value(letters),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
