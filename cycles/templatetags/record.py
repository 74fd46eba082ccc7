"""The ways into the official record: the public page of its seals, and one object's part of it."""

from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.db.models import Model
from django.urls import reverse

from agencies.roles import Role

register = template.Library()


@register.simple_tag
def record_address() -> str:
    """Write the whole address of the public page of seals, fit to print."""
    return settings.PORTAL_URL + reverse("cycles:seals")


@register.simple_tag(takes_context=True)
def whole_record_url(context: template.Context, obj: Model) -> str:
    """Write the address of the ledger narrowed to one object, for those to whom the ledger is open;
    "" for others.
    """
    request = context["request"]
    if not request.user.is_authenticated or not request.user.holds(
        Role.AUDITOR, Role.ADMINISTRATOR, at=request.at
    ):
        return ""
    return (
        f"{reverse('cycles:ledger')}?{urlencode({'model': obj._meta.label_lower, 'key': obj.pk})}"
    )
