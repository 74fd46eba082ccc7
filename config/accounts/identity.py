"""Sign-in by the government's identity provider (OpenID Connect): for people who have an account,
known by national ID.

The library does the flow (state, PKCE, code for tokens); here stands what it leaves open: a nonce,
the signature of the ID token, whose account it is, and which sentence is shown when it cannot be.
"""

import logging

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from jwt.algorithms import AllowedPublicKeys

from agencies import national_ids
from agencies.models import User
from agencies.persian import local_name
from cycles.requests import PortalRequest

logger = logging.getLogger(__name__)

PROVIDER = "identity"
PROVIDED = "identity_provided"
"""Where in the session stands that the identity provider vouched for its owner, and for two factors
or not.
"""

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
"""By which an ID token may be signed: with a key of the provider's own, never with the secret that
we share with it.
"""

LEEWAY = 30
"""Seconds by which the provider's clock may differ from ours."""

AWAY = _("%(provider)s does not answer now. Sign in with your password, or try again later.")
NOT_PROVED = _(
    "%(provider)s did not confirm who you are. Try again, or sign in with your password."
)
CANCELLED = _("You did not finish signing in at %(provider)s. You can sign in with your password.")
UNKNOWN = _(
    "No account here has the national ID that %(provider)s named. "
    "Ask your agency's administrator to have the authority enter it."
)


def name() -> str:
    """Name the provider in the reader's language."""
    return local_name(settings.OIDC_NAME, settings.OIDC_NAME_EN)


def back_to_sign_in(request: PortalRequest, sentence: str | Promise) -> HttpResponse:
    messages.error(request, str(sentence) % {"provider": name()})
    return redirect("account_login")


class TokenRefused(OAuth2Error):
    """What is wrong with the provider's answer, in words that tell nothing of the person."""


class NonceClient(OAuth2Client):
    """Asks for an ID token that names this very request."""

    def get_redirect_url(
        self, authorization_url: str, scope: list[str], extra_params: dict[str, str]
    ) -> str:
        params = extra_params | {"nonce": nonce_of(self.state)}
        return str(super().get_redirect_url(authorization_url, scope, params))


def nonce_of(state: str | None) -> str:
    """Derive the nonce that belongs to a state: a state is known to one session and good for one
    answer, and so is this.
    """
    return salted_hmac(
        "config.accounts.identity.nonce", state or "", algorithm="sha256"
    ).hexdigest()


class IdentityFlow(OpenIDConnectOAuth2Adapter):
    """The library's flow with one address for the answer in all languages and an ID token that is
    verified whole.
    """

    client_class = NonceClient

    def get_callback_url(self, request: PortalRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("account_identity_callback"))

    def complete_login(
        self,
        request: PortalRequest,
        app: SocialApp,
        token: SocialToken,
        *,
        response: dict[str, str],
        **kwargs: object,
    ) -> SocialLogin:
        id_token = response.get("id_token")
        if not id_token:
            raise TokenRefused("The provider sent no ID token.")
        claims = self._decode_id_token(app, id_token)
        if settings.OIDC_NATIONAL_ID_CLAIM not in claims:
            userinfo = self._fetch_user_info(token.token)
            if userinfo.get("sub") != claims["sub"]:
                raise TokenRefused("The user information is not about the owner of the ID token.")
            claims = userinfo | claims
        return self.get_provider().sociallogin_from_response(request, claims)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, object]:
        """Read the claims of an ID token that is signed by the provider's key, for us, still good,
        and for this very request; refuse any other.
        """
        issuer = self.openid_config["issuer"]
        if issuer.rstrip("/") != settings.OIDC_SERVER_URL:
            raise TokenRefused("The provider describes itself as another than the settings name.")
        try:
            claims: dict[str, object] = jwt.decode(
                id_token,
                key=self._signing_key(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise TokenRefused(f"The ID token does not hold: {error}") from error

        if not constant_time_compare(
            str(claims.get("nonce", "")), nonce_of(self.request.GET.get("state"))
        ):
            raise TokenRefused("The ID token answers another request.")
        if claims.get("azp", app.client_id) != app.client_id:
            raise TokenRefused("The ID token was made for somebody else.")
        return claims

    def _signing_key(self, id_token: str) -> AllowedPublicKeys:
        """Find the provider's published key by which the token says it is signed."""
        header = jwt.get_unverified_header(id_token)
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [
            k
            for k in keys
            if k.key_id == header.get("kid") or ("kid" not in header and len(keys) == 1)
        ]
        if not fitting:
            raise TokenRefused(
                "The ID token is signed by a key that the provider does not publish."
            )
        key: AllowedPublicKeys = fitting[0].key
        return key


class IdentityProvider(OpenIDConnectProvider):
    oauth2_adapter_class = IdentityFlow


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Only people who have an account come in, by their national ID, and nothing of the provider's
    is stored.
    """

    def get_provider(
        self, request: PortalRequest, provider: str, client_id: str | None = None
    ) -> IdentityProvider:
        return IdentityProvider(
            request, app=self.get_app(request, provider=provider, client_id=client_id)
        )

    def list_apps(
        self,
        request: PortalRequest,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """List the one provider of the settings, none in the database."""
        if not settings.IDENTITY_PROVIDER:
            return []
        app = SocialApp(
            provider="openid_connect",
            provider_id=PROVIDER,
            name=name(),
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={
                "server_url": settings.OIDC_SERVER_URL,
                "oauth_pkce_enabled": True,
                "scope": settings.OIDC_SCOPES,
                "auth_params": {"acr_values": settings.OIDC_ACR_VALUES}
                if settings.OIDC_ACR_VALUES
                else {},
            },
        )
        return [app] if provider in (None, PROVIDER, "openid_connect") else []

    def is_open_for_signup(self, request: PortalRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: PortalRequest, sociallogin: SocialLogin) -> None:
        """Find whose account it is; keep of what the provider said only how it was proved."""
        claims = sociallogin.account.extra_data
        sociallogin.account.extra_data = {
            key: claims[key] for key in ("acr", "amr") if key in claims
        }
        sociallogin.email_addresses = []
        owner = _owner(claims.get(settings.OIDC_NATIONAL_ID_CLAIM))
        if owner is None:
            logger.warning("a person of the identity provider has no account here")
            raise ImmediateHttpResponse(back_to_sign_in(request, UNKNOWN))
        sociallogin.user = owner

    def on_authentication_error(
        self,
        request: PortalRequest,
        provider: OpenIDConnectProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, object] | None = None,
    ) -> None:
        # other errors of the library quote the whole answer, tokens and all
        reason = exception if isinstance(exception, TokenRefused) else type(exception).__name__
        logger.warning("the identity provider's answer is refused: %s (%s)", error, reason)
        if error == "cancelled":
            sentence = CANCELLED
        elif isinstance(exception, requests.RequestException):
            sentence = AWAY
        else:
            sentence = NOT_PROVED
        raise ImmediateHttpResponse(back_to_sign_in(request, sentence))


def _owner(national_id: object) -> User | None:
    try:
        return User.objects.filter(national_id=national_ids.parse(str(national_id or ""))).first()
    except ValueError:
        return None


def asserts_two_factors(sociallogin: SocialLogin) -> bool:
    """Tell whether the provider says that the person showed two factors, in one of the ways that
    the settings name.
    """
    claims = sociallogin.account.extra_data
    if claims.get("acr") and claims["acr"] in settings.OIDC_TWO_FACTOR_ACR:
        return True
    wanted = set(settings.OIDC_TWO_FACTOR_AMR)
    return bool(wanted) and isinstance(claims.get("amr"), list) and wanted <= set(claims["amr"])
