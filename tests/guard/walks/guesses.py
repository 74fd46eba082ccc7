"""Posts that nobody means well: values at every boundary in every field, and keys of rows that are
somebody else's.
"""

import random
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.forms import BaseForm, ModelChoiceField
from django.test import Client

from tests.factories import World
from tests.guard.test_authorization import BODIES, HEADERS, ROWS, address
from tests.guard.walks.reading import OWN_SESSION, READING_IS_AN_ACT, written

BACKEND = "config.accounts.backends.PasswordBackend"
POSTS = [row for row in ROWS if "POST" in row[1].split() and row[3]]
FORMS = [row for row in POSTS if "GET" in row[1].split()]

TEXTS = (
    "", " ", "x", "x" * 20_000, "ی" * 5_000, "-1", "0", "1e999", "NaN", "Infinity", "9" * 400, "۱۲٫۵", "12,34,5", "1/0",
    "<script>alert(1)</script>", "{{ 7*7 }}", "%s%s%n", "'; DROP TABLE x; --", "../../../etc/passwd", "\u202eabc",
    "\ufeff", "\ud7ff", "😀" * 50, "a\r\nSet-Cookie: x=y", "2026-02-30", "1405/13/01", "0000-00-00T25:61", "true",
    "null", "[]", "{}", "9223372036854775808", "-9223372036854775809", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
NAMES = re.compile(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"')


def visitor(world: World, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who != "public":
        client.force_login(world.people[who], backend=BACKEND)
    return client


def forms_of(page: Any) -> Iterator[BaseForm]:
    """The forms that a page shows."""
    seen: set[int] = set()
    for layer in page.context or ():
        for value in layer.flatten().values():
            if isinstance(value, BaseForm) and id(value) not in seen:
                seen.add(id(value))
                yield value


def seen_by(client: Client, url: str, name: str) -> Any:
    """The page as somebody sees it; what reading it writes is taken back."""
    with transaction.atomic():
        page = client.get(url, headers=HEADERS.get(name))
        transaction.set_rollback(True)
    return page


def fields_of(page: Any, body: dict[str, Any]) -> list[str]:
    """The names under which something can be typed."""
    names = set(body)
    for form in forms_of(page):
        names |= {form.add_prefix(field) for field in form.fields}
    if not page.streaming and page.get("Content-Type", "").startswith("text/html"):
        names |= set(NAMES.findall(page.content.decode()))
    return sorted(names - {"csrfmiddlewaretoken"}) or ["x"]


def garbage(fields: list[str], chance: random.Random) -> dict[str, Any]:
    """Something for each field, some twice, some a file; a few left out."""
    body: dict[str, Any] = {}
    for field in fields:
        match chance.randrange(10):
            case 0:
                continue
            case 1:
                body[field] = [chance.choice(TEXTS), chance.choice(TEXTS)]
            case 2:
                body[field] = SimpleUploadedFile(
                    f"{chance.choice(TEXTS)[:40]}.xlsx", chance.randbytes(300)
                )
            case _:
                body[field] = chance.choice(TEXTS)
    return body


def failures(world: World, name: str, who: str, *, posts: int, chance: random.Random) -> list[str]:
    """What of so many posts of garbage the portal answers with a fault of its own."""
    url, client = address(name, world), visitor(world, who)
    meant = BODIES.get(name, lambda w: {})(world)
    page = seen_by(client, url, name)
    fields = fields_of(page, meant)
    found = []
    for _number in range(posts):
        body = garbage(fields, chance)
        if chance.randrange(2):
            body = {
                **meant,
                **{key: body[key] for key in chance.sample(sorted(body), min(len(body), 1))},
            }
        with transaction.atomic():
            answer = client.post(url, body, headers=HEADERS.get(name))
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            found.append(f"{who}: {answer.status_code} {str(body)[:300]}")
    return found


def let_in(world: World, name: str, who: str, *, rows: int) -> tuple[int, list[str]]:
    """How many keys of rows that a form does not offer were tried, and which of them wrote
    anything.
    """
    url, client = address(name, world), visitor(world, who)
    page = seen_by(client, url, name)
    tried, found = 0, []
    for form in forms_of(page):
        meant = {
            form.add_prefix(field): form.get_initial_for_field(form.fields[field], field)
            for field in form.fields
        }
        meant = {key: value for key, value in meant.items() if value is not None}
        for field, kind in form.fields.items():
            if not isinstance(kind, ModelChoiceField) or kind.queryset is None:
                continue
            offered = kind.queryset.values("pk")
            foreign = kind.queryset.model._default_manager.exclude(pk__in=offered).order_by("pk")
            for pk in [*foreign.values_list("pk", flat=True)[:rows], 987_654_321]:
                tried += 1
                guessed = {
                    **meant,
                    **BODIES.get(name, lambda w: {})(world),
                    form.add_prefix(field): pk,
                }
                with transaction.atomic(), written() as tables:
                    answer = client.post(url, guessed, headers=HEADERS.get(name))
                    transaction.set_rollback(True)
                wrote = set(tables) - OWN_SESSION - READING_IS_AN_ACT
                if wrote or answer.status_code >= 500:
                    found.append(f"{who}: {field}={pk}: {answer.status_code} {sorted(wrote)}")
    return tried, found
