"""What is shown of a file beside its line: pictures that can be read, words as words, signers, what
is attached.
"""

import io
from itertools import pairwise

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation
from PIL import Image

from submissions.contents.texts import MOST_LETTERS
from submissions.evidence import actions as evidence
from submissions.evidence import previews
from submissions.evidence.file_types import KINDS
from submissions.models import Answer, Document
from tests.factories import build
from tests.jobs import work_off
from tests.submissions.evidence.documents import (
    HEIC,
    carrying,
    letter,
    pdf,
    picture,
    signed_pdf,
    slides,
    tiff,
)

pytestmark = pytest.mark.django_db


def preview(content, ending):
    return previews.preview(io.BytesIO(content), KINDS[ending].content_type)


def opened(picture):
    with Image.open(picture) as image:
        return image.convert("RGB").copy()


def saved(image, kind="PNG", **more):
    content = io.BytesIO()
    image.save(content, kind, **more)
    return content.getvalue()


def evidence_page(world, visit, content, name, language="en"):
    line = Answer.objects.select_related("measure", "submission").get(
        submission=world.submission, measure__code="G1-1"
    )
    shown = evidence.attach(
        line, upload=ContentFile(content, name=name), by=world.staff, at=world.at
    )
    work_off()
    with translation.override(language):
        address = reverse("submissions:preview", args=[shown.uuid])
    return visit(world, world.staff).get(address).content.decode()


# --- Pictures -----------------------------------------------------------------------------------


def stamp(mode):
    """Black writing on a transparent ground."""
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (10, 10, 20, 20))
    return image.quantize(8) if mode == "P" else image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind"), (("RGBA", "png"), ("LA", "png"), ("P", "png"), ("RGBA", "webp"))
)
def test_a_transparent_ground_is_white(mode, kind):
    content = saved(stamp(mode), kind.upper(), **({"lossless": True} if kind == "webp" else {}))

    [drawn] = preview(content, kind).pictures

    assert opened(drawn).getpixel((1, 1)) == (255, 255, 255)
    assert opened(drawn).getpixel((15, 15)) == (0, 0, 0)


def test_a_picture_of_one_bit_with_a_transparent_ground_is_on_white():
    image = Image.new("1", (20, 20), 0)

    [drawn] = preview(saved(image, transparency=0), "png").pictures

    assert opened(drawn).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ("png", "tiff"))
def test_sixteen_bits_of_grey_go_from_black_to_white(kind):
    ramp = Image.new("I;16", (256, 4))
    for x in range(256):
        for y in range(4):
            ramp.putpixel((x, y), x * 257)

    [drawn] = preview(saved(ramp, kind.upper()), kind).pictures

    assert [opened(drawn).getpixel((x, 0))[0] for x in (0, 64, 128, 255)] == [0, 64, 128, 255]


def test_a_long_screenshot_is_cut_into_pages_that_can_be_read():
    shown = preview(saved(Image.new("RGB", (1080, 14000), "white")), "png")

    sizes = [opened(each).size for each in shown.pictures]
    assert shown.page_count == len(sizes) == 10
    assert {width for width, _height in sizes} == {1080}
    assert all(1000 < height < 2200 for _width, height in sizes)


def test_the_pages_of_a_long_picture_repeat_a_little_and_leave_nothing_out():
    long = Image.new("RGB", (300, 3000))
    for y in range(3000):
        long.paste((y // 256, y % 256, 0), (0, y, 300, y + 1))

    pages = [opened(each) for each in preview(saved(long), "png").pictures]

    rows = [{page.getpixel((0, y)) for y in range(page.height)} for page in pages]
    assert len(set.union(*rows)) == 3000
    assert all(len(one & next_one) >= 20 for one, next_one in pairwise(rows))


def test_a_wide_picture_is_cut_from_its_left():
    shown = preview(saved(Image.new("RGB", (6000, 800), "white")), "png")

    assert len(shown.pictures) == shown.page_count == 6
    assert {opened(each).height for each in shown.pictures} == {800}


def test_more_pages_than_are_drawn_are_told(visit):
    world = build("begun")

    page = evidence_page(world, visit, pdf(17), "a.pdf")
    persian = evidence_page(world, visit, tiff(12), "b.tif", "fa")

    assert "10 of 17 pages shown" in page
    assert "۱۰ صفحه از ۱۲ صفحه" in persian


def test_a_scan_of_several_sheets_is_drawn_sheet_by_sheet():
    shown = preview(tiff(3), "tif")

    assert shown.page_count == 3
    assert [opened(each).getpixel((5, 5))[0] for each in shown.pictures] == [0, 255, 0]


def test_a_scan_is_shown_up_to_a_sheet_that_is_too_large_to_be_drawn():
    sheets = Image.new("1", (40, 30)), Image.new("1", (10_000, 9_000))
    content = saved(
        sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="group4"
    )

    shown = preview(content, "tif")

    assert (len(shown.pictures), shown.page_count) == (1, 2)


@pytest.mark.parametrize(
    ("content", "ending", "size"),
    (
        (HEIC, "heic", (96, 64)),
        (picture("WEBP"), "webp", (300, 200)),
        (picture("JPEG"), "jfif", (300, 200)),
    ),
)
def test_photographs_as_telephones_and_browsers_keep_them_are_drawn(content, ending, size):
    [drawn] = preview(content, ending).pictures

    assert opened(drawn).size == size


def test_a_decoder_is_not_let_near_a_content_of_another_type():
    assert preview(tiff(1), "png") == previews.Preview()


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "utf-16", "cp1256"))
def test_plain_text_is_shown_as_text_in_every_encoding_that_persian_has(encoding):
    assert preview("کد,شرح\r\n1,آب و برق".encode(encoding), "csv").excerpt == "کد,شرح\n1,آب و برق"


def test_words_that_look_like_markup_are_shown_and_do_nothing(visit):
    world = build("begun")

    page = evidence_page(
        world, visit, "متن <form 12> و <script>alert(1)</script>".encode(), "note.txt"
    )

    assert "متن &lt;form 12&gt; و &lt;script&gt;" in page
    assert "There is no picture" not in page


def test_signs_that_turn_the_reading_are_not_shown():
    assert preview("a\u202eb\u200cc\x07".encode(), "txt").excerpt == "ab\u200cc"


def test_a_long_text_is_shown_from_its_beginning_and_the_page_says_so(visit):
    world = build("begun")

    page = evidence_page(world, visit, ("سطر\n" * MOST_LETTERS).encode(), "long.txt")

    assert len(Document.objects.get().excerpt) == MOST_LETTERS
    assert "Only the beginning of the text is shown" in page


def test_the_words_and_the_first_picture_of_slides_are_shown():
    shown = preview(slides("هدف‌ها", "نتایج", picture=picture()), "odp")

    assert shown.excerpt == "هدف‌ها\nنتایج"
    assert (len(shown.pictures), shown.page_count) == (1, 2)


def test_an_email_is_shown_with_its_head_its_text_and_the_names_of_what_is_attached(visit):
    world = build("begun")

    page = evidence_page(world, visit, letter(("گزارش.pdf", pdf()), ("جدول.xlsx", b"x")), "a.eml")

    assert "سلام، گزارش پیوست است." in page
    assert "مدیر کل &lt;head@example.org&gt;" in page
    assert "گزارش سالانه" in page
    assert Document.objects.get().inside["attached"] == ["گزارش.pdf", "جدول.xlsx"]
    assert "Named, not opened here" in page


PLAIN = "سلام، گزارش پيوست است."


@pytest.mark.parametrize(
    ("kind", "encoding"),
    (
        ("text/plain; charset=windows-1256", "cp1256"),
        ("text/plain; charset=x-unknown", "cp1256"),
        ("text/plain", "cp1256"),
        ("text/plain", "utf-8"),
        ("text/plain; charset=us-ascii", "utf-8"),
    ),
)
def test_an_email_is_read_in_the_encoding_that_it_names_or_is_written_in(kind, encoding):
    content = (
        f"From: a@example.org\r\nSubject: گزارش\r\nContent-Type: {kind}\r\n\r\n{PLAIN}".encode(
            encoding
        )
    )

    shown = preview(content, "eml")

    assert shown.excerpt == PLAIN
    assert ["Subject", "گزارش"] in shown.inside["head"]


def test_an_email_whose_addresses_are_none_shows_them_as_they_stand_with_its_text():
    shown = preview(b"From: a@example.org\r\nTo: <@\r\nSubject: x\r\n\r\nhello", "eml")

    assert shown.inside["head"] == [["From", "a@example.org"], ["To", "<@"], ["Subject", "x"]]
    assert shown.excerpt == "hello"


def test_of_an_email_that_is_a_page_the_words_are_shown():
    shown = preview(
        letter(html="<style>p {}</style><p>سلام</p><script>x()</script><p>خدا<br>نگهدار</p>"), "eml"
    )

    assert shown.excerpt == "سلام\nخدا\nنگهدار"


def test_an_email_attached_to_an_email_is_named_with_what_it_carries():
    inner, outer = letter(("درون.pdf", b"x")), letter()
    boundary = b'multipart/mixed; boundary="b"'
    head = outer.split(b"\nContent-Type")[0]
    content = (
        head
        + b"\nMIME-Version: 1.0\nContent-Type: "
        + boundary
        + b"\n\n--b\nContent-Type: message/rfc822\n\n"
    )

    shown = preview(content + inner + b"\n--b--\n", "eml")

    assert shown.inside["attached"] == ["message.eml", "درون.pdf"]


# --- Signatures ---------------------------------------------------------------------------------


def test_who_signed_a_pdf_is_shown_as_it_says_and_the_portal_vouches_for_nothing(visit):
    world = build("begun")

    page = evidence_page(world, visit, signed_pdf("علی رضایی", "وزارت نمونه"), "signed.pdf")

    assert "علی رضایی" in page
    assert "وزارت نمونه" in page
    assert "As the file says; not verified by the portal." in page
    [signer] = Document.objects.get().signers
    assert signer.at.isoformat() == "2026-03-02T10:15:00+03:30"


def test_a_signed_pdf_is_handed_out_with_its_signature_untouched(visit):
    world = build("begun")
    content = signed_pdf("علی رضایی", "وزارت نمونه")
    evidence_page(world, visit, content, "signed.pdf")
    shown = Document.objects.get().references.get()

    with translation.override("en"):
        answer = visit(world, world.staff).get(reverse("submissions:evidence", args=[shown.uuid]))

    assert b"".join(answer.streaming_content) == content


@pytest.mark.parametrize("at", ("D:20261399", "", "D:20260302101500+99'99'"))
def test_a_signature_with_a_moment_that_is_none_is_shown_without_one(at):
    shown = preview(signed_pdf("علی", "", at=at), "pdf")

    assert shown.inside["signatures"] == [["علی", "", ""]]


def test_unseen_signs_in_the_names_that_a_pdf_says_are_not_kept():
    signer = preview(signed_pdf("رضا\0 \u202eاحمدی", "سازمان\0\n"), "pdf").inside["signatures"][0]
    attached = preview(carrying("a\0b.csv", b"x"), "pdf").inside["attached"]

    assert signer[:2] == ["رضا احمدی", "سازمان"]
    assert attached == ["ab.csv"]


def test_what_is_attached_to_a_pdf_is_named():
    assert preview(carrying("جدول.csv", b"a,b"), "pdf").inside == {"attached": ["جدول.csv"]}
