"""Who signs in by a password, and whose a session is: by Django's and allauth's own rules, with the
user of a session read by a statement that is composed once.
"""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from agencies.models import User
from agencies.statements import Statement, slot

USER = Statement(lambda: User.objects.filter(pk=slot("key")))


class PasswordBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        for user in USER.fetch(key=user_id):
            if self.user_can_authenticate(user):
                return user
        return None


class AccountBackend(PasswordBackend, AuthenticationBackend):
    """The sign-in page's, by user name or address."""
