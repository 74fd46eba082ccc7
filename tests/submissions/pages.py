"""Addresses and lines that the tests of pages share."""

from django.urls import reverse
from django.utils import translation

from submissions.models import Answer


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"submissions:{name}", args=args)


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission")
    return rows.get(submission=world.submission, measure__code=code)
