"""What every answer tells the browser beside its content: what it may do, who may embed it, whether
to keep it.
"""

from collections.abc import Callable

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from cycles.requests import PortalRequest

UNUSED = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "web-share", "xr-spatial-tracking",
)  # fmt: skip
"""What browsers can do and the portal never asks for."""
OWN = ("publickey-credentials-create", "publickey-credentials-get")
"""What passkeys need, on pages of ours alone."""
PERMISSIONS = ", ".join([*(f"{name}=()" for name in UNUSED), *(f"{name}=(self)" for name in OWN)])

FOR_ALL = ("/data/", "/api/", "/record.json")
"""Published for any use, from any page."""
CLEARED = '"cache", "storage"'
"""What a browser forgets at sign-out. Cookies are ours to end: one of them says that the device is
known.
"""


def headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Say on every answer what holds for all; an answer that says it for itself is left alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_for_all = request.path_info.startswith(FOR_ALL)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault(
            "Cross-Origin-Resource-Policy", "cross-origin" if is_for_all else "same-origin"
        )
        if is_for_all:
            response.headers.setdefault("Access-Control-Allow-Origin", "*")
            if "immutable" in response.get("Cache-Control", ""):
                del response["Vary"]  # the same for everybody, whatever their cookies and languages
        if is_signed_in(request) and "immutable" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        if getattr(request, "has_signed_out", False):
            response["Clear-Site-Data"] = CLEARED
        return response

    return middleware


def is_signed_in(request: HttpRequest) -> bool:
    """Tell whether the answer was made for a person: somebody asked who it is, and somebody
    it is.
    """
    person = getattr(
        request, "_cached_user", None
    )  # where Django keeps it; asking for `user` would cost a query
    return person is not None and person.is_authenticated


@receiver(user_logged_out)
def _note_sign_out(request: PortalRequest | None, **rest: object) -> None:
    if request is not None:
        request.has_signed_out = True
