"""Certificates: one tagged sheet each, legible for machines; the square leads to the page that
verifies it.
"""

import io
import re
import subprocess

import pypdf
import pytest
import zxingcpp
from django.urls import reverse
from django.utils import translation
from PIL import Image

from cycles.record import seals
from cycles.ui import pdf, squares
from festival.awards import actions as awards
from festival.awards import ceremonies, certificates
from festival.models import Award
from tests.festival.awards.ceremonies import decide, given_award, lay_ceremony, put_forward
from tests.papers import paper_of
from tests.sealing import sealed

pytestmark = pytest.mark.django_db

MARKS = re.compile("[\u0654\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
A4_ACROSS = (842, 595)
TITLES = {"fa": "لوح افتخار", "en": "Certificate of distinction"}


def certificate(award, language, seal=None):
    _digest, page = certificates.source(award, seal=seal, language=language).page(award.decided_at)
    return pdf.typeset(page)


def drawn(award, language):
    return pypdf.PdfReader(io.BytesIO(certificate(award, language)))


def text_of(award, language, seal=None):
    """What poppler takes from it, in the order of reading; marks over letters and of direction left
    out.
    """
    paper = certificate(award, language, seal)
    said = subprocess.run(
        ["/usr/bin/pdftotext", "-", "-"], input=paper, capture_output=True, check=True
    ).stdout.decode()
    return re.sub(r"\s+", " ", plain(said))


def plain(words):
    """As `text_of` has it; poppler hands lam and alef, which are one sign, over the other way
    round.
    """
    return MARKS.sub("", words).replace("لا", "ال")


def fonts_of(read):
    """Every font of every page, with the descriptors of those that a composite one is made of."""
    found = {}
    for page in read.pages:
        for name, font in page["/Resources"]["/Font"].items():
            font = font.get_object()
            whole = (
                [f.get_object() for f in font["/DescendantFonts"]]
                if "/DescendantFonts" in font
                else [font]
            )
            found[name] = [f["/FontDescriptor"].get_object() for f in whole]
    return found


@pytest.mark.parametrize("language", ("fa", "en"))
def test_it_is_one_tagged_sheet_in_its_language_with_its_title(scheduled, language):
    award = given_award(scheduled)

    read = drawn(award, language)

    root, [page] = read.trailer["/Root"], read.pages
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert tuple(round(float(side)) for side in page.mediabox[2:]) == A4_ACROSS
    with translation.override(language):
        assert award.participation.name in read.metadata.title
        assert read.metadata.author == translation.gettext(
            "Public Administration and Recruitment Organization"
        )
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("language", ("fa", "en"))
def test_its_pictures_have_a_text_and_its_fonts_are_embedded(scheduled, language):
    read = drawn(given_award(scheduled), language)

    fonts = fonts_of(read)
    assert fonts
    for name, descriptors in fonts.items():
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(d) for d in descriptors), name
    figures = [
        e for e in elements(read.trailer["/Root"]["/StructTreeRoot"]) if e.get("/S") == "/Figure"
    ]
    with translation.override(language):
        assert [f["/Alt"] for f in figures] == [
            translation.gettext("QR code of the verification page")
        ]


def elements(node):
    """A structure element and all below it."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.DictionaryObject):
        yield node
        below = node["/K"].get_object() if "/K" in node else []
        for each in below if isinstance(below, list) else [below]:
            yield from elements(each)


def test_persian_is_read_out_in_the_right_order(scheduled):
    award = given_award(scheduled)

    flat = text_of(award, "fa")

    sentences = (
        "لوح افتخار",
        "جشنوارهٔ ملی شهید رجایی · سال ارزیابی ۱۴۰۵",
        "بر پایهٔ ارزیابی عملکرد دستگاه‌های اجرایی و به تصمیم کمیتهٔ جشنواره،",
        "وزارت نیرو",
        "در بخش «میز خدمت» برگزیده شناخته شد.",
        "خدمت بی‌وقفه به مراجعان",
        "شماره ۱۴۰۵-۰۰-۰۰۱",
    )
    for sentence in sentences:
        assert plain(sentence) in flat, sentence
    order = [flat.index(plain(sentence)) for sentence in sentences]
    assert order == sorted(order)


@pytest.mark.parametrize("language", ("fa", "en"))
def test_it_says_who_for_what_why_and_where(scheduled, language):
    award = given_award(scheduled)
    fields = {"place": "تالار وحدت", "chair": "دکتر احمدی"}
    ceremonies.set_ceremony(
        award.ceremony, fields=fields, by=scheduled.administrator, at=scheduled.at
    )
    award = Award.objects.with_names().get(pk=award.pk)

    flat = text_of(award, language)

    with translation.override(language):
        wanted = [
            award.participation.name,
            award.category.name,
            award.ceremony.name,
            award.why,
            award.cycle.label,
        ]
    for words in [*wanted, TITLES[language], "تالار وحدت", "دکتر احمدی"]:
        assert plain(words) in flat, words
    assert ("1405-00-001" if language == "en" else "۱۴۰۵-۰۰-۰۰۱") in flat


def test_a_special_title_and_a_group_stand_on_it_and_a_commendation_is_called_so(scheduled):
    ceremony = lay_ceremony(scheduled)
    said = {"rank": "commended", "title_fa": "همراه پیروزی", "title_en": "Companion of victory"}
    [given] = decide(
        scheduled, put_forward(scheduled, ceremony, scheduled.power, "transformation", **said)
    )
    award = Award.objects.with_names().get(pk=given.pk)

    text = text_of(award, "en")

    assert "Certificate of commendation" in text
    assert "Companion of victory" in text
    assert "is commended in the category “Administrative transformation”." in text


def test_the_longest_names_and_reasons_still_fit_on_one_sheet(scheduled):
    award = given_award(scheduled)
    award.participation.name_fa = "سازمان " + "بسیار بلند " * 17
    award.participation.name_en = "Organization of " + "Very Long Names " * 11
    award.reason, award.reason_en = "دلیل " * 60, "reason " * 42
    award.title_fa = award.title_en = "عنوان ویژه " * 8
    award.ceremony.place = award.ceremony.chair = "تالار " * 14

    for language in ("fa", "en"):
        assert len(drawn(award, language).pages) == 1, language


def test_the_square_leads_to_the_page_of_this_very_certificate(scheduled, client, clock):
    award = given_award(scheduled)
    address = certificates.address(award.uuid)

    picture = Image.open(io.BytesIO(squares.draw(address)))
    [image] = drawn(award, "fa").pages[0].images
    [read] = zxingcpp.read_barcodes(image.image.convert("L"))
    clock(scheduled.edition.publish_at)
    page = client.get("/" + read.text.split("/", 3)[3], follow=True)

    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address]
    assert read.text == address
    assert page.status_code == 200
    assert page.redirect_chain
    assert page.context["award"] == award


@pytest.mark.parametrize("language", ("fa", "en"))
def test_the_page_says_what_stands_on_it_and_that_it_is_in_force(
    scheduled, client, clock, language
):
    award = given_award(scheduled)
    clock(scheduled.edition.publish_at)
    with translation.override(language):
        url = reverse("verify_certificates", args=[award.uuid])
        wanted = [
            award.participation.name,
            award.category.name,
            award.why,
            award.get_rank_display(),
        ]
        said = translation.gettext("This certificate is genuine and in force.")

    page = client.get(url).content.decode()

    assert said in page
    for words in wanted:
        assert words in page, words


def test_of_a_revoked_award_there_is_no_certificate_and_its_page_says_so(scheduled, client, clock):
    award = given_award(scheduled)
    moment = scheduled.edition.publish_at
    awards.revoke(award, reason="The data were wrong", by=scheduled.administrator, at=moment)
    clock(moment)
    with translation.override("en"):
        urls = [reverse("verify_certificates", args=[award.uuid])]
        urls += [
            reverse("festival:certificate", args=[award.uuid, language])
            for language in ("fa", "en")
        ]

    page, *papers = (client.get(url) for url in urls)

    assert "is no longer in force" in page.content.decode()
    assert "The data were wrong" in page.content.decode()
    assert "genuine and in force" not in page.content.decode()
    assert [paper.status_code for paper in papers] == [404, 404]


def test_it_is_handed_out_in_two_languages_and_no_other(scheduled, client, clock):
    award = given_award(scheduled)
    clock(scheduled.edition.publish_at)

    addresses = {
        language: reverse("festival:certificate", args=[award.uuid, language])
        for language in ("fa", "en", "de")
    }
    persian, english = (paper_of(client, addresses[language]) for language in ("fa", "en"))

    assert client.get(addresses["de"]).status_code == 404
    assert persian.response["Content-Type"] == "application/pdf"
    named = persian.response["Content-Disposition"]
    assert named == 'inline; filename="certificate-1405-00-001-fa.pdf"'
    assert pypdf.PdfReader(io.BytesIO(english.content)).trailer["/Root"]["/Lang"] == "en"


@pytest.mark.django_db(transaction=True)
def test_the_seal_over_the_decision_stands_on_it(scheduled):
    award = given_award(scheduled)
    seal = sealed(scheduled.at)

    over = seals.stamp(award, "decide").seal
    text = text_of(award, "en", seal=over)

    assert over == seal
    assert seal.digest[:16] in text
