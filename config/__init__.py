"""What makes one portal of the apps: settings, addresses, processes and the command that builds a
demonstration.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
