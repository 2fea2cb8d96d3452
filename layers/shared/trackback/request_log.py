"""Log slow requests in the function's own log.

The template turns off Lambda's report of each request (`SystemLogLevel: WARN`): its three log lines cost more
than the request. A request slow enough for a person to notice is worth one line.
"""

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

SLOW = 0.5
"""Seconds from which a request is logged; a cold start's initialisation does not count."""

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def log_slow_requests(logger: Logger) -> Callable[[Handler], Handler]:
    """Decorate an API Gateway handler to log slow requests: the route and the milliseconds."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def timed(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
            began = monotonic()
            try:
                return handler(event, context)
            finally:
                seconds = monotonic() - began
                if seconds >= SLOW:
                    route = event.get("routeKey", "")
                    logger.info("slow request", route=route, milliseconds=round(seconds * 1_000))

        return timed

    return decorate
