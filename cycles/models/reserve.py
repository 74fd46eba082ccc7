"""What the database holds for parts that may be away: the cache, the mail server."""

from django.db import models

from agencies.models import User


class CacheReserve(models.Model):
    """What must be remembered while the cache is away, in the shape in which Django keeps a cache
    in a database.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class PasswordLetter(models.Model):
    """The link to a new password that somebody has asked for and that is not sent yet: one a
    person, gone when sent.
    """

    person = models.OneToOneField(User, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.person} ({self.asked_at})"
