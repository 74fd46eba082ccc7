"""The text of a paper, and whether it says something."""

import re

INVISIBLE = re.compile("[\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text_of(*pages):
    return INVISIBLE.sub("", "\n".join(page.extract_text() for page in pages))


def says(text, words):
    """Whether every word stands in the text; cells of a table follow one
    another without a space.
    """
    return all(word in text for word in INVISIBLE.sub("", words).split())
