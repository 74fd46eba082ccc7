"""What stands on the desk of somebody at a moment."""

from agencies.models import User
from config.home.waiting_tasks import Desk


def desk_of(world, name, at=None):
    return Desk(User.objects.get(username=name), at or world.at)


def titles_of(world, name, at=None):
    return [task.title for task in desk_of(world, name, at).tasks()]
