"""What is typed about what follows from results: items of improvement
plans, consequences, surveys.
"""

from agencies.persian import normalise

# --- Improvement plans ---------------------------------------------------------------------------


def chosen(values: list[str]) -> list[int]:
    """The keys among what a page sent; whatever is no key is left out."""
    return [
        int(text) for value in values if (text := normalise(value)).isascii() and text.isdecimal()
    ]


# --- Consequences -------------------------------------------------------------------------------


# --- Surveys ------------------------------------------------------------------------------------
