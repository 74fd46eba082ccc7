"""Waking a worker through the broker: at once, or not at all.

The job's row is the order; the message only spares it the scheduler's pause. So a broker that is
away costs whoever ordered a second at most, and nothing else.
"""

import logging
import threading
import time

from celery import current_app
from kombu.connection import Connection

logger = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds that an order waits for the broker."""

SILENCE = 15.0
"""Seconds for which a broker that was away is not asked again by this process."""

_silent_until = 0.0
_connection: Connection | None = None
_one_at_a_time = threading.Lock()


def wake(queue: str) -> bool:
    """Tell a worker of the queue that there is something to do; whether the broker took the
    message.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    taken = threading.Event()
    call = threading.Thread(target=_publish, args=(queue, taken), name="wake", daemon=True)
    call.start()
    call.join(PATIENCE)
    if not taken.is_set():
        _silent_until = time.monotonic() + SILENCE
        logger.warning("the broker is away; jobs of the queue %s wait for the scheduler", queue)
    return taken.is_set()


def _publish(queue: str, taken: threading.Event) -> None:
    global _connection
    with _one_at_a_time:
        try:
            _connection = _connection or _connect()
            current_app.send_task(
                "cycles.tasks.work",
                kwargs={"queue": queue},
                queue=queue,
                connection=_connection,
                retry=False,
            )
        except Exception as error:  # whatever it is, the order stands and the scheduler comes by
            logger.warning("no worker was woken: %s", error)
            _connection = None
        else:
            taken.set()


def _connect() -> Connection:
    patient = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "max_retries": 1}
    write = current_app.connection_for_write()
    connection: Connection = write.clone(connect_timeout=PATIENCE, transport_options=patient)
    return connection
