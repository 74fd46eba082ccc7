"""Fragments draw what Django's templates would, and say no to what they were not given."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.template import Context, Template, engines
from django.urls import reverse
from django.utils.translation import override
from jinja2 import UndefinedError

from config.fragments import url


def draw(source: str, **shown: object) -> str:
    return engines["fragments"].from_string(source).render(shown)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_an_address_is_the_one_that_django_resolves(language):
    key = uuid4()
    with override(language):
        assert url("home") == reverse("home")
        for number in (1, 20, 300_000):
            assert url("submissions:line", number) == reverse("submissions:line", args=[number])
        assert url("submissions:evidence", key) == reverse("submissions:evidence", args=[key])
        assert url("cycles:detail", "1405") == reverse("cycles:detail", args=["1405"])


def test_what_is_shown_is_escaped_and_markup_of_ours_is_not():
    with override("en"):
        drawn = draw('{{ text }} {{ state_badge("clean") }}', text="<b>&</b>")

    assert drawn.startswith("&lt;b&gt;&amp;&lt;/b&gt; <span class=")


def test_a_translation_is_drawn_as_it_stands_and_what_is_put_into_it_is_escaped():
    with override("en"):
        assert draw("""{{ _("The agency's own points") }}""") == "The agency's own points"
        assert draw('{{ _("%(points)s points") % {"points": p} }}', p="<1>") == "&lt;1&gt; points"
    with override("fa"):
        assert draw('{{ _("Target") }}') != "Target"


def test_a_name_that_was_not_given_is_an_error():
    with pytest.raises(UndefinedError):
        draw("{% if missing %}{% endif %}")


def test_a_fragment_in_a_page_knows_only_what_it_is_given():
    page = Template(
        '{% load fragments %}{% fragment "submissions/described.html" described=file %}',
    )
    file = SimpleNamespace(title="a <title>", letter_number="", letter_on=None)

    with override("en"):
        assert page.render(Context({"file": file})).strip() == (
            "<strong><bdi>a &lt;title&gt;</bdi></strong>"
        )
    without = Template('{% load fragments %}{% fragment "submissions/described.html" %}')
    with pytest.raises(UndefinedError):
        without.render(Context({"described": file}))


@pytest.mark.parametrize("name", ["num", "percent", "digits", "prose", "sentence"])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_filters_are_those_of_the_pages(name, language):
    value = "12" if name in ("digits", "prose", "sentence") else 12
    with override(language):
        ours = draw(f"{{{{ value|{name} }}}}", value=value)
        django = Template(f"{{% load portal %}}{{{{ value|{name} }}}}")

        assert ours == django.render(Context({"value": value}))


def test_the_clock_is_that_of_tehran():
    assert draw("{{ at|clock }}", at=datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)) == "15:30:05"
