"""Tables that a phone shows as cards come from the one component, whose roles nobody writes by hand."""

import re

import pytest

from tests.architecture import house

BY_HAND = re.compile(
    r"""role=["']?(table|rowgroup|row|columnheader|rowheader|cell)\b|data-label=|\btable-cards\b"""
)


def written_by_hand(text: str) -> list[int]:
    return [line for line, part in enumerate(text.split("\n"), 1) if BY_HAND.search(part)]


def test_no_template_writes_the_roles_of_a_table():
    wrong = []
    for path in house.templates():
        wrong += [f"{path}:{line}" for line in written_by_hand(path.read_text())]
    assert wrong == [], "see the recipe 'A table' of docs/development.md"


@pytest.mark.parametrize(
    "text",
    [
        '<td role="cell">',
        "<tr role='row'>",
        '<td data-label="Points">',
        '<table class="table-cards">',
    ],
)
def test_a_seeded_role_is_caught(text):
    assert written_by_hand("\n" + text) == [2]


def test_other_roles_may_stand():
    assert written_by_hand('<p role="note"><b role="rowing"></b></p>') == []


def test_every_list_is_a_table_of_cards():
    bare = [
        str(path.relative_to(house.ROOT))
        for path in house.files()
        if "(tables.Table):" in path.read_text()
    ]
    assert bare == ["cycles/ui/tables.py"]
