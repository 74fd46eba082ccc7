"""Comments on a measure, waiting and published."""

from festival.comments import actions as comments

TEXT = "The target is too low."


def waiting_comment(world, measure, text=TEXT, **said):
    return comments.write_comment(world.edition, measure, text=text, **said, by=None, at=world.at)


def published_comment(world, measure, text=TEXT, **said):
    return comments.publish_comment(
        waiting_comment(world, measure, text, **said), by=world.administrator, at=world.at
    )
