"""docs/security.md answers every requirement of the standard once, with evidence that is there."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs/security.md").read_text()
ROWS = re.findall(
    r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| (.*?) \| (.*?) \| (.*?) \|$", TEXT, flags=re.M
)
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
"""How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has."""


def test_every_requirement_of_levels_one_and_two_is_answered_once():
    numbers = [number for row in ROWS for number in row[0].split(", ")]

    assert len(numbers) == len(set(numbers))
    assert Counter(int(number.partition(".")[0]) for number in numbers) == CHAPTERS


def test_every_answer_says_how_and_what_is_not_met_says_why():
    unsaid = [row[0] for row in ROWS if not row[2] or re.fullmatch(r"(n/a|not met)\W*", row[2])]

    assert unsaid == []


@pytest.mark.parametrize("row", ROWS, ids=[row[0].split(", ")[0] for row in ROWS])
def test_the_evidence_is_there(row):
    named = re.findall(r"`([\w./-]+)`", row[3])
    pages = re.findall(r"\]\(([\w.-]+\.md)\)", row[3])

    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [page for page in pages if not (ROOT / "docs" / page).exists()]
    assert missing == []
