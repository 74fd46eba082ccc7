"""The log as one JSON object a line: what, when, in which request or task, for whom and from where.

No line holds what somebody typed, an address with its keys, or a person's name: faults are told by
their type and by where in our code they happened, without their words. `LOG_FORMAT=line` tells all,
for whoever develops.
"""

import logging
import traceback
from datetime import datetime
from pathlib import Path

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict

from config.monitoring.context import describe_place
from cycles.calendar import TEHRAN

EXTRA = ["code", "method", "status", "milliseconds", "outcome", "reason", "subject", "job"]
"""What our own lines say beside their sentence."""
HOUSE = Path(__file__).resolve().parents[2]
WORDS_OF_TASKS = "celery.app.trace"
REFUSALS = "portal.refused"


class AddressFilter(logging.Filter):
    """Takes the address of the page, and the words of what went wrong in a task, out of libraries'
    own lines.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and hasattr(request, "path"):
            match = getattr(request, "resolver_match", None)
            name = match.view_name if match else "-"
            record.args = tuple(name if arg == request.path else arg for arg in record.args)
        if (
            record.name == WORDS_OF_TASKS
            and record.levelno >= logging.WARNING
            and isinstance(record.args, dict)
        ):
            record.msg = "Task %(name)s[%(id)s] has failed"
        return True


def json_formatter() -> logging.Formatter:
    return ProcessorFormatter(
        foreign_pre_chain=[add_log_level, add_logger_name, ExtraAdder(allow=EXTRA), _when, _where],
        processors=[
            _fault,
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def _when(logger: object, name: str, event: EventDict) -> EventDict:
    moment = datetime.fromtimestamp(event["_record"].created, TEHRAN)
    return {"time": moment.isoformat(timespec="milliseconds"), **event}


def _where(logger: object, name: str, event: EventDict) -> EventDict:
    """Add the request or task, and of a refusal the function of ours that refused."""
    record = event["_record"]
    if record.name == REFUSALS:
        event["where"] = f"{_module(Path(record.pathname))}.{record.funcName}"
    return {**describe_place(), **event}


def _module(path: Path) -> str:
    """Name the module that a file of ours is; of any other file its name alone."""
    if not path.is_relative_to(HOUSE):
        return path.stem
    return ".".join(path.relative_to(HOUSE).with_suffix("").parts)


def _fault(logger: object, name: str, event: EventDict) -> EventDict:
    """Add an exception by its type and its places; its words may be a visitor's."""
    info = event.pop("exc_info", None) or event["_record"].exc_info
    if info and info[1] is not None:
        event["fault"] = faults(info[1])
    return event


def faults(error: BaseException | None) -> list[dict[str, object]]:
    """Describe an exception and what caused it, each with its places, innermost last."""
    found = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        described: dict[str, object] = {
            "type": f"{type(error).__module__}.{type(error).__qualname__}"
        }
        described["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        if code := getattr(error, "pgcode", None):
            described["code"] = code
        found.append(described)
        error = error.__cause__ or error.__context__
    return found
