"""Benches of pages."""

from typing import Any

from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from agencies.models import User
from config.home.waiting_tasks import Desk
from tests.bench import medians_of, queries_of, row


def home_page(at: Any) -> dict[str, Any]:
    """The home page of a head with two living cycles; floor: the same template with the same rows
    from constants.
    """
    user = User.objects.filter(username__startswith="head-").order_by("pk").first()
    client = Client()
    client.force_login(user, backend="config.accounts.backends.PasswordBackend")

    def page() -> str:
        response = client.get("/fa/")
        assert response.status_code == 200
        return response.content.decode()

    with translation.override("fa"):
        desk = Desk(user, at)
        strips, tasks = desk.strips(), desk.tasks()
        request = RequestFactory().get("/fa/")
        request.at, request.user, request.session = at, user, {}
        user.memberships(at)
        constants = {"strips": strips, "tasks": tasks}

        def bare() -> str:
            return render_to_string("home.html", constants, request=request)

        html = page()
        assert len(strips) == 2  # both cycles live
        assert tasks
        for text in [strip.title for strip in strips] + [task.title for task in tasks]:
            assert text in html
            assert text in bare()
        queries = queries_of(page)
        value, floor = medians_of(page, bare)
    return row(value, floor, "lower", "ms", queries, f"{len(strips)} strips, {len(tasks)} tasks")
