"""Options of every gunicorn process, and the directory in which its processes count together for
Prometheus.
"""

import importlib
import os
import shutil
import tempfile

from gunicorn.workers.base import Worker

wsgi_app = "config.wsgi"
bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 16)
control_socket_disable = True  # it would be made in a home directory that cannot be written to
# the heartbeat of workers, in memory whatever /tmp is
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
graceful_timeout = 30

METRICS = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server: object) -> None:
    """Make a fresh directory for the figures, below the one that is named or the system's temporary
    one.
    """
    os.environ[METRICS] = tempfile.mkdtemp(prefix="portal-metrics-", dir=os.environ.get(METRICS))


def child_exit(server: object, worker: Worker) -> None:
    # imported no earlier: where to count is decided then
    importlib.import_module("prometheus_client.multiprocess").mark_process_dead(worker.pid)


def on_exit(server: object) -> None:
    shutil.rmtree(os.environ[METRICS], ignore_errors=True)
