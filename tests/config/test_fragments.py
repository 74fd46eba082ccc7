"""Fragments draw what Django's templates would, and say no to what they were not given."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.template import Context, Template, TemplateSyntaxError, engines
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import override
from jinja2 import TemplateSyntaxError as JinjaSyntaxError
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


HEADERS = '{% column "A" %}{% column label number=True class="wide" %}{% column "C" hidden=True %}'


@pytest.mark.parametrize(
    "body",
    [
        "{% row %}{% rowheader %}1{% endrowheader %}{% cell %}2{% endcell %}{% endrow %}",
        '{% row id="r" %}{% cell label="" class="bar" %}{% endcell %}{% endrow %}' * 2,
        "{% row %}{% cell colspan=2 %}{% endcell %}{% cell %}3{% endcell %}{% endrow %}",
        '{% row %}{% cell colspan="all" %}None yet.{% endcell %}{% endrow %}',
        "{% row attrs=written %}{% cell %}{{ label }}{% endcell %}{% endrow %}",
    ],
)
def test_a_table_is_that_of_the_pages(body):
    text = '{% table caption=label class="card-table" %}' + HEADERS + "{% rows %}" + body
    shown = {"label": "“B” & <c>", "written": mark_safe('data-x="1"')}
    page = Template("{% load table %}" + text + "{% endtable %}").render(Context(shown))

    assert draw(text + "{% endtable %}", **shown) == page


def test_an_included_fragment_writes_cells_of_the_table_around_it():
    fragments = engines["fragments"].env
    part = fragments.from_string("{% cell %}{{ name }}{% endcell %}")
    whole = (
        "{% table %}{% column 'A' %}{% rows %}{% for name in names %}{% row %}"
        "{% include part %}{% endrow %}{% endfor %}{% endtable %}"
    )

    drawn = fragments.from_string(whole).render(names=[1, 2], part=part)

    assert drawn.count('<td role="cell" data-label="A">') == 2


def test_a_table_in_a_cell_has_columns_of_its_own():
    inner = "{% table %}{% column 'B' %}{% rows %}{% row %}{% cell %}b{% endcell %}{% endrow %}"
    drawn = draw(
        "{% table %}{% column 'A' %}{% column 'C' %}{% rows %}{% row %}{% cell %}"
        + inner
        + "{% endtable %}{% endcell %}{% cell %}c{% endcell %}{% endrow %}{% endtable %}"
    )

    assert 'data-label="B">b</td>' in drawn
    assert 'data-label="C">c</td>' in drawn


@pytest.mark.parametrize(
    "text",
    [
        "{% table wrong %}{% rows %}{% endtable %}",
        "{% table %}{% column 'A' %}{% endtable %}",
        "{% table %}{% rows %}{% row %}{% cell %}{% endcell %}{% endrow %}{% endtable %}",
        "{% cell %}{% endcell %}",
    ],
)
def test_a_table_that_cannot_be_right_is_refused(text):
    with pytest.raises((JinjaSyntaxError, TemplateSyntaxError, UndefinedError)):
        draw(text)
