"""The fields that every app's forms share: signed papers, and days in either calendar."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cycles.ui.fields import LARGEST_PAPER, DayField, PaperField


@pytest.mark.parametrize("before", (b"", b"\xef\xbb\xbf", b"\r\n", b"x" * 1024))
def test_a_paper_may_have_bytes_before_its_head_as_readers_allow(before):
    paper = SimpleUploadedFile("decree.pdf", before + b"%PDF-1.7")

    assert PaperField().clean(paper).read() == before + b"%PDF-1.7"


@pytest.mark.parametrize(
    ("content", "said"),
    (
        (b"MZ", "must be a PDF file"),
        (b"x" * 1025 + b"%PDF-1.7", "must be a PDF file"),
        (b"%PDF-" + bytes(LARGEST_PAPER), "larger than 10 MB"),
    ),
)
def test_what_is_no_paper_is_refused_with_the_reason(content, said):
    with translation.override("en"), pytest.raises(ValidationError, match=said):
        PaperField().clean(SimpleUploadedFile("decree.pdf", content))


@pytest.mark.parametrize("typed", ("1404/12/11", "۱۴۰۴/۱۲/۱۱", "2026-03-02"))
def test_a_day_is_typed_in_either_calendar_and_shown_in_the_readers(typed):
    field = DayField()

    day = field.clean(typed)

    assert day == date(2026, 3, 2)
    with translation.override("fa"):
        assert field.prepare_value(day) == "۱۴۰۴/۱۲/۱۱"
    with translation.override("en"):
        assert field.prepare_value(day) == "2026-03-02"
