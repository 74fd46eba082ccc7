"""The Article 82 report on paper: tagged, ordered, and with the data of its archive copy."""

import io
import re
from decimal import Decimal

import pypdf
import pytest
from django.utils import translation

from agencies.persian import format_number
from festival.models import Standing
from festival.open_data import files as open_data_files
from festival.report import facts as report_facts
from festival.report import paper as report_paper
from festival.results import exports as results_exports
from tests.festival.report.papers import says, text_of


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_pdf_is_tagged_in_its_language_and_names_every_agency(facts, language):
    steps = []

    read = pypdf.PdfReader(
        io.BytesIO(
            report_paper.article_82(
                facts, language=language, tell=lambda *s: steps.append(s)
            ).reading
        )
    )

    root = read.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert len(read.pages) >= 3
    text = text_of(*read.pages)
    for standing in Standing.objects.for_list():
        name = (
            standing.participation.name_fa if language == "fa" else standing.participation.name_en
        )
        assert says(text, name), name
    assert [percent for _step, percent in steps] == sorted({percent for _step, percent in steps})


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_summary_is_two_pages_and_the_chapters_begin_on_the_third(facts, language):
    read = pypdf.PdfReader(io.BytesIO(report_paper.article_82(facts, language=language).reading))

    pages = [text_of(page) for page in read.pages[:3]]
    with translation.override(language):
        attention = translation.gettext("What needs attention")
        method = translation.gettext("Method and calendar actually kept")
    assert [says(page, attention) for page in pages[:2]] == [False, True]
    assert [says(page, method) for page in pages] == [False, False, True]


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_totals_of_the_pdf_equal_the_ranking(final, facts, language):
    text = text_of(
        *pypdf.PdfReader(
            io.BytesIO(report_paper.article_82(facts, language=language).reading)
        ).pages
    )

    for row in results_exports.ranking(final.edition).dict:
        numbers = [
            format_number(Decimal(row[c]), language, 2)
            for c in ("general", "specific", "total", "percent")
        ]
        # pypdf hands a Persian line of figures over in reverse, from the last digit of its last
        # cell on
        shown = "".join(numbers) if language == "en" else "".join(n[::-1] for n in numbers)
        assert shown in re.sub(r"\s", "", text), row["code"]


def test_the_archive_copy_holds_the_data_from_which_everything_is_recomputed(final):
    files = open_data_files.attachments(open_data_files.write(final.edition, at=final.at))
    facts = report_facts.gather(final.edition, final.at)

    papers = report_paper.article_82(facts, language="fa", attachments=files)

    archive = pypdf.PdfReader(io.BytesIO(papers.archive))
    root = archive.trailer["/Root"]
    assert {name: body[0] for name, body in archive.attachments.items()} == dict(files)
    assert len(root["/AF"]) == len(files)
    assert {str(f.get_object()["/AFRelationship"]) for f in root["/AF"]} == {"/Data"}
    said = root["/Metadata"].get_object().get_data().decode()
    assert re.search("pdfaid:part[^>]*>3<", said)
    assert re.search("pdfaid:conformance[^>]*>A<", said)
    assert re.search('pdfuaid:part="1"', said)
    assert [str(intent["/S"]) for intent in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert archive.trailer["/ID"]
    assert all(
        "/ModDate" in f.get_object()["/EF"]["/F"].get_object()["/Params"] for f in root["/AF"]
    )
    assert root["/Lang"] == "fa"
    assert root["/MarkInfo"]["/Marked"]
    reading = pypdf.PdfReader(io.BytesIO(papers.reading))
    assert [p.get_contents().get_data() for p in archive.pages] == [
        p.get_contents().get_data() for p in reading.pages
    ]
    for page in archive.pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in described or "/FontFile3" in described
