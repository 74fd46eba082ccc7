"""Pages of the reference frameworks: everything a file says can be read, and what is unconfirmed
says so.
"""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from agencies.persian import persian_digits
from indicators.frameworks.reader import bundled_frameworks
from indicators.frameworks.wording import COMPARED, node_words, scale_words
from indicators.templatetags.foreign import mark_languages
from tests.factories import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build("people")


@pytest.fixture
def read(client: Client, world: World) -> Callable[..., str]:
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")

    def page(name: str, *arguments: str, language: str = "en") -> str:
        with translation.override(language):
            response = client.get(reverse(f"indicators:{name}", args=arguments))
        assert response.status_code == 200
        return unescape(response.content.decode())

    return page


def test_the_list_compares_every_framework_and_counts_its_doubts(read: Callable[..., str]) -> None:
    text = read("frameworks")

    assert set(COMPARED) == set(bundled_frameworks())
    for slug, framework in bundled_frameworks().items():
        assert (
            reverse("indicators:framework", args=[slug]).removeprefix("/en").removeprefix("/fa")
            in text
        )
        row = text[text.index(f"/{slug}/") :].split("</tr>")[0]
        count = len(framework.unconfirmed_points)
        assert f"{count} point{'' if count == 1 else 's'}</span>" in row
        with translation.override("en"):
            assert str(COMPARED[slug].purpose) in row


@pytest.mark.parametrize("slug", sorted(COMPARED))
@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_framework_shows_its_tree_its_sources_and_each_doubt_marked(
    read: Callable[..., str], slug: str, language: str
) -> None:
    framework = bundled_frameworks()[slug]

    text = read("framework", slug, language=language)

    with translation.override(language):
        shown = [unescape(mark_languages(point)) for point in framework.unconfirmed_points]
    assert all(point in text for point in shown)
    assert text.count("bg-warning-lt") == len(shown)
    assert all(
        source["url"].replace("&amp;", "&") in text for source in framework.document["sources"]
    )
    assert all(f'lang="en">{code}</bdi>' in text for code in framework.nodes)


def test_the_page_gives_weights_as_shares_and_formulas_in_words(read: Callable[..., str]) -> None:
    part, hdi = read("framework", "part"), read("framework", "hdi")

    row = part[part.index("Program Purpose and Design") :].split("</tr>")[0]
    assert ">20</td>" in row
    assert "scaled to 100 · rounded half up to 0 decimal places" in row
    assert "sum of weight × score ÷ sum of weights" in part
    assert "Large extent: 0.67" in part
    assert "The total is first rounded half up to 0 decimal places." in part
    assert "(ln value − ln 100) ÷ (ln 75,000 − ln 100); not below 0, not above 1" in hdi
    assert "33.3333" in hdi


def test_in_persian_numbers_are_persian_and_quoted_texts_are_marked_as_english(
    read: Callable[..., str],
) -> None:
    text = read("framework", "part", language="fa")

    assert "ابزار رتبه‌بندی ارزیابی برنامه" in text
    assert '<bdi lang="en" dir="ltr">Program Purpose and Design</bdi>' in text
    assert f">{persian_digits('20')}</td>" in text


def test_a_framework_that_is_not_there_is_not_found(client: Client, world: World) -> None:
    client.force_login(world.staff, backend="config.accounts.backends.PasswordBackend")

    assert client.get(reverse("indicators:framework", args=["nothing"])).status_code == 404


def test_a_name_that_mixes_two_languages_is_marked_part_by_part() -> None:
    with translation.override("fa"):
        assert mark_languages("مدل EFQM 2020 است ۱۲") == 'مدل <bdi lang="en">EFQM 2020</bdi> است ۱۲'
        assert mark_languages("84.7 <b>") == '<bdi lang="en" dir="ltr">84.7 &lt;b&gt;</bdi>'
    with translation.override("en"):
        assert mark_languages("شاخص") == '<bdi lang="fa" dir="rtl">شاخص</bdi>'
        assert mark_languages("<b>") == "&lt;b&gt;"


def test_every_scale_and_node_has_its_words() -> None:
    nodes: list[Any] = [
        node for framework in bundled_frameworks().values() for node in framework.root.walk()
    ]

    assert all(scale_words(node.scale) for node in nodes if node.scale)
    assert all(node_words(node) for node in nodes if not node.scale)
