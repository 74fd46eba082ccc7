"""Addresses and forms that the tests of pages of appeals share."""

from django.urls import reverse
from django.utils import translation

from submissions.models import Answer


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"appeals:{name}", args=args)


def line(world, code="G1-1"):
    return Answer.objects.get(submission=world.submission, measure__code=code)
