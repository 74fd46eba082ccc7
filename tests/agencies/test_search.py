"""The database searches in the same spelling as Python, in fields that hold no key of their own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agencies.models import User
from agencies.persian import normalise, search_key
from agencies.search import stored_search_key
from cycles.people.filters import PeopleFilter
from tests.factories import build

LETTERS = "ئؤأإآٱءیويكةۀهاوتله\u200c \u064e\u0654ABmz۰1-"


class InTheDatabase(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.text(alphabet=st.sampled_from(LETTERS), max_size=20))
    def test_the_key_is_that_of_python(self, text):
        user = User(username="somebody", name_fa=normalise(text))
        user.save()

        found = User.objects.annotate(key=stored_search_key("name_fa")).get(pk=user.pk)

        assert found.key == search_key(user.name_fa)


@pytest.mark.parametrize(
    "typed", ("مسؤولي", "مسوولی", "\ufee3\ufeb4\ufe8c\ufeee\ufedf\ufef2", "مسئول ی")
)
def test_people_are_found_however_their_names_are_typed(db, typed):
    world = build("people")
    User.objects.filter(pk=world.staff.pk).update(name_fa="زهرا مسئولی")

    found = PeopleFilter(
        {"q": typed}, User.objects.all(), at=world.at, memberships=User.objects.none()
    ).qs

    assert list(found) == [world.staff]
