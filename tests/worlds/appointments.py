"""What the guards need of people's roles: a national role that waits for a second administrator."""

from agencies.models import User
from agencies.roles import Role
from cycles.models import Nomination
from tests.factories import World, make_user


def nomination(w: World) -> Nomination:
    """The stranger as an assessor of the whole country, proposed by an administrator who is not of
    the world.
    """
    proposer = User.objects.filter(username="proposer").first() or make_user(
        "proposer", Role.ADMINISTRATOR
    )
    User.objects.filter(pk=proposer.pk).update(name_fa="پیشنهاددهندهٔ نمونه")
    facts = {"proposed_by": proposer, "proposed_at": w.at}
    return Nomination.objects.get_or_create(user=w.stranger, role=Role.ASSESSOR, defaults=facts)[0]
