"""The request as the portal's pages meet it."""

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from agencies.models import User


class PortalRequest(HttpRequest):
    """A request after the portal's middleware; only for annotations, Django makes its own.

    Public pages are asked by visitors too: there `user` may be Django's `AnonymousUser`, and
    `is_authenticated` tells.
    """

    at: datetime
    """The portal's time, the same for all that one request does."""
    name: str
    """The request's name in the record and the log."""
    user: User
    htmx: HtmxDetails
    address: str | None
    """Where it comes from, as the outermost proxy of ours saw it."""
    refusal: str
    """Why a page refused it, as metrics count refusals; set where one did."""
    has_signed_out: bool
    """Set where the request ended a session."""
    device_owner: User
    """Set where the request showed whose the device is."""
    lacks_factor: bool
    """Set where a page is shown in place of another until a second factor is set up."""
