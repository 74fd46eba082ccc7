"""The text of a page, and the number of queries that it takes."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def text(response):
    return response.content.decode()


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
