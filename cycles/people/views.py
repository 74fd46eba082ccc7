"""Pages of people: who they are, which roles they hold, invitations, leavers, the head's deputies,
lost devices.
"""

from functools import partial

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Interest, Membership, User, people_visible_to
from agencies.roles import Role
from cycles.administration_workflow import ADMINISTRATION
from cycles.engine.perform import AdministrationTarget, why_not_administer
from cycles.models import Nomination
from cycles.people import accounts, actions, delegations, nominations
from cycles.people.account_views import why_not_reset
from cycles.people.filters import PeopleFilter
from cycles.people.forms import DelegationForm, GrantForm, InviteForm
from cycles.people.tables import PeopleTable
from cycles.requests import PortalRequest
from cycles.ui import limits as ui_limits
from cycles.ui.attempts import attempt
from cycles.ui.pages import act_page, page_of


@require_safe
def people(request: PortalRequest) -> HttpResponse:
    """Show the people within the reader's scope, those who have left among them."""
    seen_roles = Membership.objects.visible_to(request.user, request.at)
    seen = people_visible_to(request.user, request.at).order_by("name_fa", "username", "pk")
    narrowed = PeopleFilter(request.GET, seen, at=request.at, memberships=seen_roles)
    held = Prefetch("membership_set", seen_roles.for_list(), to_attr="seen_memberships")
    rows = accounts.with_factors(narrowed.qs).prefetch_related(held)
    context = {
        "filter": narrowed,
        "table": page_of(request, PeopleTable(rows, at=request.at)),
        "may_invite": _may_appoint(request),
        "sees_nominations": request.user.oversees_the_country(request.at),
        "nominations": Nomination.objects.visible_to(request.user, request.at).waiting().count(),
    }
    return render(request, "cycles/people/people.html", context)


@require_safe
def person(request: PortalRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(
        accounts.with_factors(people_visible_to(request.user, request.at)), pk=pk
    )
    held = list(
        Membership.objects.visible_to(request.user, request.at).filter(user=someone).for_list()
    )
    interests = (
        Interest.objects.visible_to(request.user, request.at)
        .filter(user=someone)
        .select_related("agency")
    )
    oneself = someone == request.user
    oversees = request.user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=request.at)
    context = {
        "person": someone,
        "roles": [(m, m.in_force(request.at), _acts_on(request, m)) for m in held],
        "leaves": _leaves(request, held),
        "interests": interests.order_by("declared_at", "pk") if oneself or oversees else None,
        "may_grant": not oneself and _may_appoint(request),
        "may_reset": someone.has_second_factor and not why_not_reset(request, someone),
        "may_delegate": oneself and bool(_headed_agencies(request)),
    } | _keeping(request, someone)
    return render(request, "cycles/people/person.html", context)


def _keeping(request: PortalRequest, someone: User) -> dict[str, bool]:
    """Say which acts on the account itself the page offers."""
    ask = partial(accounts.why_not_keep, person=someone, by=request.user, at=request.at)
    keeps = not ask("open_account" if not someone.is_active else "close_account")
    identifies = bool(settings.IDENTITY_PROVIDER) and not ask("identify")
    return {"may_keep": keeps, "may_identify": identifies}


def _acts_on(request: PortalRequest, membership: Membership) -> list[str]:
    """List the acts on a role that its row offers: those that the table lets through."""
    if membership.valid_until is not None and membership.valid_until <= request.at:
        return []
    offered = ["end_role"]
    if not membership.user.has_usable_password():
        offered.append("invite_again")
    ask = partial(
        why_not_administer, by=request.user, at=request.at, agency=membership.reach, obj=membership
    )
    return [name for name in offered if not ask(name)]


def _leaves(request: PortalRequest, held: list[Membership]) -> list[Agency]:
    """List the agencies from whose people the reader may remove this person."""
    kept: dict[Agency, list[Membership]] = {}
    for m in held:
        if m.agency and (m.valid_until is None or m.valid_until > request.at):
            kept.setdefault(m.agency, []).append(m)
    ask = partial(why_not_administer, "remove_leaver", by=request.user, at=request.at)
    leaves = []
    for agency, memberships in kept.items():
        if not any(ask(agency=agency, obj=m) for m in memberships):
            leaves.append(agency)
    return leaves


# --- Roles --------------------------------------------------------------------------------------


def _answer_too_many(request: PortalRequest) -> HttpResponse:
    """Answer 429 where somebody has invited too many people within the hour."""
    response: HttpResponse = ratelimit.respond_429(request)
    return response


def _own_house(request: PortalRequest) -> list[Agency]:
    """List the agencies whose people the reader administers."""
    return [
        m.agency
        for m in request.user.memberships(request.at, Role.AGENCY_ADMINISTRATOR)
        if m.agency
    ]


def _may_appoint(request: PortalRequest) -> bool:
    """Say whether there is any place in which this user may give somebody a role."""
    return request.user.holds(Role.ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR, at=request.at)


def _role_form(request: PortalRequest, kind: type[GrantForm]) -> GrantForm:
    """Make the form for any role within the authority; for an agency's administrator, for those of
    the house.
    """
    if not _may_appoint(request):
        raise Http404
    of_authority = request.user.holds(Role.ADMINISTRATOR, at=request.at)
    agencies = None if of_authority else _own_house(request)
    return kind(request.POST or None, user=request.user, agencies=agencies)


def _needs_second(request: PortalRequest, form: GrantForm) -> bool:
    typed = form.action_kwargs
    return nominations.needs_second(
        typed["role"],
        by=request.user,
        at=request.at,
        agency=typed.get("agency"),
        province=typed.get("province"),
    )


@require_http_methods(["GET", "POST"])
def grant(request: PortalRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    form = _role_form(request, GrantForm)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            if _needs_second(request, form):
                made: Nomination | Membership = nominations.propose(
                    user=someone, by=request.user, at=request.at, **form.action_kwargs
                )
                said = _("Proposed: %(role)s. Another national administrator confirms it.")
            else:
                made = actions.grant_role(
                    user=someone, by=request.user, at=request.at, **form.action_kwargs
                )
                said = _("Granted: %(role)s")
            messages.success(request, said % {"role": made})
            return redirect("cycles:person", someone.pk)
    return render(request, "cycles/people/grant.html", {"person": someone, "form": form})


@require_http_methods(["GET", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    """Invite by address; the answer is the same whether the address has an account or not."""
    form = _role_form(request, InviteForm)
    if request.method == "POST" and form.is_valid():
        if not ui_limits.spend("invite", request.user):
            return _answer_too_many(request)
        with attempt(form):
            if _needs_second(request, form):
                nominations.propose_invitation(by=request.user, at=request.at, **form.action_kwargs)
                said = _(
                    "Proposed. The invitation goes to %(email)s when another national "
                    "administrator confirms it."
                )
            else:
                actions.invite(by=request.user, at=request.at, **form.action_kwargs)
                said = _("The invitation is on its way to %(email)s.")
            messages.success(request, said % {"email": form.cleaned_data["email"]})
            return redirect("cycles:people")
    return render(request, "cycles/people/invite.html", {"form": form})


@require_POST
def invite_again(request: PortalRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.visible_to(request.user, request.at), pk=pk)
    if not ui_limits.spend("invite", request.user):
        return _answer_too_many(request)
    with attempt(request):
        membership = actions.invite_again(membership, by=request.user, at=request.at)
        messages.success(
            request,
            _("A new invitation is on its way to %(email)s.") % {"email": membership.user.email},
        )
    return redirect("cycles:person", membership.user_id)


@require_http_methods(["GET", "POST"])
def end_role(request: PortalRequest, pk: int) -> HttpResponse:
    seen = Membership.objects.visible_to(request.user, request.at).for_list()
    membership = get_object_or_404(seen, pk=pk)
    own_delegation = (
        membership.role == Role.DEPUTY and membership.delegated_by_id == request.user.pk
    )
    person = reverse("cycles:person", args=[membership.user_id])
    return act_page(
        request,
        ADMINISTRATION,
        AdministrationTarget(membership, membership.reach),
        "end_role",
        do=lambda note: actions.end_role(membership, by=request.user, at=request.at, note=note),
        then=reverse("cycles:delegation") if own_delegation else person,
        about=f"{membership.user} · {membership}",
    )


@require_http_methods(["GET", "POST"])
def remove_leaver(request: PortalRequest, pk: int, agency: int) -> HttpResponse:
    someone = get_object_or_404(people_visible_to(request.user, request.at), pk=pk)
    seen = Membership.objects.visible_to(request.user, request.at).filter(
        user=someone, agency=agency
    )
    held = list(seen.ending_after(request.at).for_list())
    left = held[0].agency if held else None
    if left is None or request.user == someone:
        raise Http404
    return act_page(
        request,
        ADMINISTRATION,
        # the role that not everybody may end stands for all of them
        AdministrationTarget(next((m for m in held if m.role == Role.HEAD), held[0]), left),
        "remove_leaver",
        do=lambda note: actions.remove_leaver(
            someone, left, by=request.user, at=request.at, note=note
        ),
        then=reverse("cycles:people"),
        summary="cycles/people/remove_summary.html",
        about=f"{someone} · {left}",
        held=held,
    )


# --- Delegation ---------------------------------------------------------------------------------


def _headed_agencies(request: PortalRequest) -> list[Agency]:
    """List the agencies that the reader heads in person."""
    return [m.agency for m in request.user.memberships(request.at, Role.HEAD) if m.agency]


@require_http_methods(["GET", "POST"])
def delegation(request: PortalRequest) -> HttpResponse:
    """Name to whom a head leaves the signature, and show what was delegated before."""
    led = _headed_agencies(request)
    if not led:
        raise Http404
    agency = next((a for a in led if str(a.pk) == request.GET.get("agency")), led[0])
    colleagues = Membership.objects.colleagues(agency, request.at)
    move = ADMINISTRATION["delegate"]
    form = DelegationForm(request.POST or None, move=move, user=request.user, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        with attempt(form):
            made = delegations.delegate(
                agency, by=request.user, at=request.at, **form.action_kwargs
            )
            messages.success(request, _("Delegated to %(person)s.") % {"person": made.user})
            return redirect(request.get_full_path())
    given = Membership.objects.filter(role=Role.DEPUTY, agency__in=[a.pk for a in led]).for_list()
    letters = delegations.letters_of(given)
    context = {
        "form": form,
        "agency": agency,
        "agencies": led if len(led) > 1 else [],
        "delegations": [
            (m, m.in_force(request.at), letters.get(m.pk, ""), "end_role" in _acts_on(request, m))
            for m in given.order_by("-valid_from", "-pk")
        ],
    }
    return render(request, "cycles/people/delegation.html", context)
