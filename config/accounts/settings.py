"""Settings of signing in and staying signed in; `config.settings` takes them over, all of them."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.environment import DEBUG, flag, word_list

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "config.accounts.backends.PasswordBackend",
    "config.accounts.backends.AccountBackend",
]
PASSWORD_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [{"NAME": "config.accounts.passwords.GuessablePasswordValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "config.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is vouched for by whoever invites
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "change_password": "config.accounts.forms.ChangePasswordForm",
    "reset_password": "config.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "config.accounts.forms.ResetPasswordKeyForm",
}
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # an invitation may arrive before a holiday
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False

# Counted in the cache, over all processes. Failed tries lock an account for a while where they come
# from, and not on devices from which its owner has signed in (docs/people.md); an office behind one
# address is many people. Behind proxies the address is the one that the outermost of ours saw.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # `sign_in` instead, which lets known devices pass
    "sign_in": "120/m/ip",
    # an account from one address that it is not known from; codes of a second factor
    "login_failed": "5/15m/key",
    "login_failed_from": "30/m/ip",
    # an account, from all the devices that it is not known from
    "login_failed_anywhere": "100/h/key",
    # an account on one device from which its owner has signed in
    "login_failed_known": "10/15m/key",
    "sign": "5/15m/key",
    "reauthenticate": "10/15m/user",
    "change_password": "5/15m/user",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "invite": "100/h/key",
    "comment": "10/h/ip",
    "sheet": "200/h/key",  # spreadsheets that one person has checked
    "costly_file": "5/h/key",  # files that took more time or memory than one may have
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0" if DEBUG else "1"))

# Whoever signs, marks, decides or publishes needs an app's code or a passkey beside the password.
SECOND_FACTOR = flag("SECOND_FACTOR", default=not DEBUG)
MFA_ADAPTER = "config.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = [
    "totp",
    "webauthn",
]  # recovery codes are our own: config.accounts.recovery_codes
MFA_ALLOW_UNVERIFIED_EMAIL = True  # no address is verified here, see above
MFA_TOTP_ISSUER = "Performance assessment"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "config.accounts.forms.AuthenticateForm",
    "reauthenticate": "config.accounts.forms.ReauthenticateForm",
    "activate_totp": "config.accounts.forms.ActivateTOTPForm",
}

# How long somebody stays signed in: without a request (those whose role needs a second factor), and
# in all.
SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "60"))
SESSION_HOURS = int(os.environ.get("SESSION_HOURS", "12"))

# Sign-in by the government's identity provider (OpenID Connect), for people who have an account:
# all four, or none.
OIDC_SERVER_URL = os.environ.get("OIDC_SERVER_URL", "").rstrip("/")
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("OIDC_CLIENT_SECRET", "")
OIDC_NATIONAL_ID_CLAIM = os.environ.get("OIDC_NATIONAL_ID_CLAIM", "")
IDENTITY_PROVIDER = all(
    (OIDC_SERVER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NATIONAL_ID_CLAIM)
)
if not IDENTITY_PROVIDER and any(
    (OIDC_SERVER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NATIONAL_ID_CLAIM)
):
    raise ImproperlyConfigured(
        "Set OIDC_SERVER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_NATIONAL_ID_CLAIM, or "
        "none of them."
    )
if IDENTITY_PROVIDER and not DEBUG and not OIDC_SERVER_URL.startswith("https://"):
    raise ImproperlyConfigured("OIDC_SERVER_URL begins with https://.")
OIDC_NAME = os.environ.get("OIDC_NAME") or "درگاه ملی هویت"
OIDC_NAME_EN = os.environ.get("OIDC_NAME_EN") or "the national identity provider"
OIDC_SCOPES = os.environ.get("OIDC_SCOPES", "openid").split()
OIDC_ACR_VALUES = os.environ.get(
    "OIDC_ACR_VALUES", ""
)  # asked for; what counts is what the provider then asserts
# By what the provider asserts of a sign-in (`acr`, or all of some `amr`) the second factor here is
# not asked for.
OIDC_TWO_FACTOR_ACR = word_list("OIDC_TWO_FACTOR_ACR")
OIDC_TWO_FACTOR_AMR = word_list("OIDC_TWO_FACTOR_AMR")
OIDC_SIGN_OUT_URL = os.environ.get(
    "OIDC_SIGN_OUT_URL", ""
)  # the provider's own page, shown after signing out here
SOCIALACCOUNT_ADAPTER = "config.accounts.identity.IdentityAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
