"""Options of every gunicorn process of the deployment; a service that differs says so in its command."""

import os

wsgi_app = "config.wsgi"
bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
control_socket_disable = True  # it would be made in a home directory that cannot be written to
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- the heartbeat of workers, in memory whatever /tmp is
graceful_timeout = 30
