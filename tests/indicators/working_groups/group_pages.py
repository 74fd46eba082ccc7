"""Pages of working groups, read back."""

from django.urls import reverse
from django.utils import translation


def url(name, *args):
    with translation.override("en"):
        return reverse(f"indicators:{name}", args=args)
