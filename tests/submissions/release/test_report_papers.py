"""The report on paper."""

import io
import re

import pypdf
import pytest

from indicators.models import Measure
from tests.factories import build
from tests.papers import paper_of
from tests.submissions.release.reports import peers_of, url

pytestmark = pytest.mark.django_db

INVISIBLE = re.compile("[\u200c\u200e\u200f\u2066-\u2069]")


def text_of(paper):
    assert paper.response["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(paper.content)).pages
    return INVISIBLE.sub("", "\n".join(page.extract_text() for page in pages))


@pytest.mark.parametrize(
    ("language", "words"),
    (
        ("en", ("Score report", "Ministry of Energy", "Line by line", "Measure G1-1")),
        ("fa", ("گزارش امتیازهای مکتسبه", "وزارت نیرو", "ارزیابان")),
    ),
)
def test_the_paper_says_the_same_in_the_language_of_the_page(visit, language, words):
    world = build("scored")
    peers_of(world, "0.1", "0.2", "0.3", "0.4")

    paper = paper_of(visit(world, world.head), url("report_file", world, language))

    text = text_of(paper)
    places = [
        text.index(word) for phrase in words[:2] for word in INVISIBLE.sub("", phrase).split()
    ]
    assert places == sorted(places)  # letters and words stand in the order in which they are read
    for phrase in words:
        assert all(word in text for word in INVISIBLE.sub("", phrase).split())
    assert pypdf.PdfReader(io.BytesIO(paper.content)).trailer["/Root"]["/Lang"] == language


def test_the_paper_of_a_unit_holds_its_lines_alone(visit):
    world = build("scored")
    Measure.objects.filter(title_en="Non-revenue water").update(responsible_unit="Water")

    text = text_of(
        paper_of(visit(world, world.head), url("extract_file", world), {"unit": "Water"})
    )

    assert "Non-revenue water" in text
    assert "Outage minutes" not in text
    assert (
        text.index("Extract of the score report")
        < text.index("Non-revenue water")
        < text.index("Action")
    )


def test_a_paper_made_before_communication_says_so(visit):
    world = build("marked")

    text = text_of(paper_of(visit(world, world.administrator), url("report_file", world)))

    assert "These scores have not been communicated" in " ".join(text.split())
