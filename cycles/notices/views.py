"""Pages of notices: one's own inbox and settings, and for administrators who has not seen an
official notice.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Membership, User
from agencies.roles import Role
from cycles.clashes import FormData
from cycles.models import Channel, Delivery, Entry
from cycles.notices import delivery as notices_delivery
from cycles.notices import wording
from cycles.notices.filters import UnseenFilter
from cycles.notices.forms import NoticeSettingsForm
from cycles.notices.tables import RecipientTable, UnseenTable
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from cycles.ui.pages import PER_PAGE, page_of

SHOWN: dict[str, dict[str, object]] = {
    "": {},
    "unseen": {"seen_at": None},
    "official": {"is_official": True},
}


@require_safe
def inbox(request: PortalRequest) -> HttpResponse:
    """Show the reader's notices, newest first."""
    show = request.GET.get("show", "")
    mine = Delivery.objects.visible_to(request.user, request.at)
    rows = mine.filter(**SHOWN.get(show, {})).select_related("entry").order_by("-made_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "notices": wording.in_words(page.object_list),
        "page": page,
        "show": show,
        "tabs": (("", _("All")), ("unseen", _("Not seen")), ("official", _("Official"))),
        "may_see_all": mine.filter(seen_at=None, is_official=False).exists(),
        "oversees": request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at),
    }
    return render(request, "cycles/notices/inbox.html", context)


@require_safe
def notice(request: PortalRequest, pk: int) -> HttpResponse:
    """Open a notice: that is recorded the first time, and leads on to what it is about."""
    mine = Delivery.objects.visible_to(request.user, request.at).select_related("entry")
    delivery = get_object_or_404(mine, pk=pk)
    notices_delivery.see(delivery, by=request.user, at=request.at)
    [opened] = wording.in_words([delivery])
    return (
        redirect(opened.url)
        if opened.url
        else render(request, "cycles/notices/inbox_notice.html", {"notices": [opened]})
    )


@require_POST
def notices_seen(request: PortalRequest) -> HttpResponse:
    notices_delivery.see_all(by=request.user, at=request.at)
    return redirect("cycles:inbox")


@require_http_methods(["GET", "POST"])
def notice_settings(request: PortalRequest) -> HttpResponse:
    """Choose what is sent to oneself besides official notices."""
    form = _choices(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.as_seen(lambda: _choices(User.objects.get(pk=request.user.pk)))
        with attempt(form):
            notices_delivery.choose(form.cleaned_data, by=request.user, at=request.at, seen=seen)
            messages.success(request, _("Your choice is saved."))
            return redirect("cycles:inbox")
    return render(request, "cycles/notices/inbox_settings.html", {"form": form})


def _choices(person: User, data: FormData = None) -> NoticeSettingsForm:
    return NoticeSettingsForm(
        data, initial={name: getattr(person, name) for name in notices_delivery.CHOICES}
    )


# --- Who has not seen what ----------------------------------------------------------------------


@require_safe
def unseen(request: PortalRequest) -> HttpResponse:
    """List official notices with how many were told, have seen them, and could not be reached."""
    narrowed = UnseenFilter(request.GET, _official(request))
    table = page_of(request, UnseenTable(narrowed.qs.order_by("-id")))
    return render(request, "cycles/notices/inbox_unseen.html", {"filter": narrowed, "table": table})


@require_safe
def unseen_people(request: PortalRequest, pk: int) -> HttpResponse:
    """Show everybody whom an official notice told, those first who have not seen it."""
    entry = get_object_or_404(_official(request), pk=pk)
    held = Membership.objects.visible_to(request.user, request.at).in_force(entry.at).for_list()
    told = Delivery.objects.filter(entry=entry, channel=Channel.INBOX).with_mail().for_list()
    told = told.prefetch_related(Prefetch("recipient__membership_set", held, to_attr="told_as"))
    [read] = wording.in_words(
        [Delivery(entry=entry, key="", made_at=entry.at, channel=Channel.INBOX)]
    )
    table = page_of(request, RecipientTable(told))
    return render(
        request,
        "cycles/notices/inbox_unseen_people.html",
        {"notice": read, "entry": entry, "table": table},
    )


def _official(request: PortalRequest) -> QuerySet[Entry]:
    """Select the acts in the reader's scope of which somebody was told officially."""
    if not request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at):
        raise Http404
    return Entry.objects.visible_to(request.user, request.at).told_officially()
