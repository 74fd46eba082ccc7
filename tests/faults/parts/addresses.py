"""The portal's addresses, and some that a test needs beside them."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler500 as handler500
from config.urls import urlpatterns as portal


def stored(request: HttpRequest) -> HttpResponse:
    """A view that hands a text of the given code points to the database without a look at it."""
    text = "".join(chr(int(code)) for code in request.GET["codes"].split(","))
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [text])
    return HttpResponse("stored")


def sleepy(request: HttpRequest) -> HttpResponse:
    """A view without a limit of its own, whose statement would run for a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return HttpResponse("slept")


urlpatterns = [*portal, path("en/stored/", stored), path("en/sleepy/", sleepy)]
