"""Slow requests, noted in the function's own log.

Lambda's report of each request is left out of the logs (`SystemLogLevel: WARN` in the template): three lines
cost more than the request. What a person would notice is worth one line.
"""

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

SLOW = 0.5
"""Seconds from which on a request is noted; a cold start's initialisation is not among them."""

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def noting_slow(logger: Logger) -> Callable[[Handler], Handler]:
    """Have a handler of API Gateway's requests note the slow ones: the route and the milliseconds."""

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
