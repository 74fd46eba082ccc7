"""Sittings over reference lines, for tests."""

from agencies.models import User
from submissions.models import (
    Answer,
    Block,
    Submission,
)
from tests.factories import World


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def visible_blocks(user: User, world: World) -> tuple[int, int, int]:
    """Blocks, self-assessments and lines that somebody is shown."""
    user = fresh(user)
    return tuple(
        model.objects.visible_to(user, world.at).count() for model in (Block, Submission, Answer)
    )  # type: ignore[return-value]
