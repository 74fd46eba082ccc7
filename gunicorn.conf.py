"""What gunicorn does beside serving: a fresh directory at each start for what its processes count together."""

import os
import tempfile

from prometheus_client import multiprocess

NAME = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server):
    os.environ[NAME] = tempfile.mkdtemp(prefix="portal-metrics-", dir=os.environ.get(NAME))


def child_exit(server, worker):
    multiprocess.mark_process_dead(worker.pid)
