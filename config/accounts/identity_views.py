"""The way to the identity provider and back from it."""

import logging

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.accounts import devices
from config.accounts.identity import AWAY, NOT_PROVED, PROVIDER, IdentityFlow, back_to_sign_in
from cycles.requests import PortalRequest

logger = logging.getLogger(__name__)

LANGUAGE = "identity_language"
"""Where in the session stands the language in which the sign-in was begun: the way back has none in
its address.
"""


@login_not_required
@never_cache
@require_safe
def begin(request: PortalRequest) -> HttpResponse:
    """Send the visitor to the provider; there is no such address where none is set."""
    if not settings.IDENTITY_PROVIDER:
        raise Http404
    request.session[LANGUAGE] = translation.get_language()
    provider = get_adapter(request).get_provider(request, PROVIDER)
    try:
        onward = get_next_redirect_url(request)
        answer: HttpResponse = provider.redirect(
            request, process=AuthProcess.LOGIN, next_url=onward
        )
    except (requests.RequestException, OAuth2Error) as error:
        logger.warning("the identity provider does not answer: %s", type(error).__name__)
        return back_to_sign_in(request, AWAY)
    except (KeyError, TypeError, ValueError) as error:
        logger.warning("the identity provider describes itself wrongly: %s", type(error).__name__)
        return back_to_sign_in(request, AWAY)
    return answer


@login_not_required
@never_cache
@require_safe
def callback(request: PortalRequest) -> HttpResponse:
    """Take the provider's answer; whatever is wrong with it, the visitor is told and can use the
    password.
    """
    if not settings.IDENTITY_PROVIDER:
        raise Http404
    with translation.override(request.session.get(LANGUAGE) or translation.get_language()):
        if devices.spend(request, [("sign_in", "")]) is None:
            return back_to_sign_in(request, NOT_PROVED)
        try:
            view = OAuth2CallbackView.adapter_view(IdentityFlow(request, PROVIDER))
            answer: HttpResponse = view(request)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            logger.warning(
                "the identity provider's answer has not the form it should have: %s",
                type(error).__name__,
            )
            return back_to_sign_in(request, NOT_PROVED)
        return answer
