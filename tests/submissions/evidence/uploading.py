"""Uploads in pieces, for tests."""

import base64

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation

from submissions.evidence import actions as evidence
from submissions.models import Answer
from tests.submissions.evidence.documents import pdf

TUS = {"Tus-Resumable": "1.0.0"}


def url(name, *args):
    with translation.override("en"):
        return reverse(f"submissions:{name}", args=args)


def line(world, code="G1-1"):
    rows = Answer.objects.select_related("measure", "submission")
    return rows.get(submission=world.submission, measure__code=code)


def metadata(**given):
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items()
    )


def begin(client, answer, length, name="گزارش.pdf", **more):
    headers = {
        **TUS,
        "Upload-Length": str(length),
        "Upload-Metadata": metadata(filename=name, **more),
    }
    return client.post(url("uploads", answer.pk), headers=headers)


def patch(client, address, content, offset, **headers):
    sent = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(
        address, content, content_type="application/offset+octet-stream", headers=sent
    )


def head(client, address):
    return client.head(address, headers=TUS)


def attach(world, name="a.pdf", content=None, code="G1-1", **more):
    file = ContentFile(pdf() if content is None else content, name=name)
    return evidence.attach(line(world, code), upload=file, by=world.staff, at=world.at, **more)
