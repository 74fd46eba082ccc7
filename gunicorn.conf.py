"""What gunicorn does beside serving: a fresh directory at each start for what its processes count together."""

import os
import shutil
import tempfile

NAME = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server):
    os.environ[NAME] = tempfile.mkdtemp(prefix="portal-metrics-", dir=os.environ.get(NAME))


def child_exit(server, worker):
    from prometheus_client import multiprocess  # where to count is decided when it is imported: not before the start

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    shutil.rmtree(os.environ[NAME], ignore_errors=True)
