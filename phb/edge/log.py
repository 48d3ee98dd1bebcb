"""Logs as events with keys, one line of JSON each; never a name, an NHS number or bank details."""

import sys

import structlog
from flask import Flask, Response, request


def configure() -> None:
    """Write events to standard error."""
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer()],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def to_standard_error(app: Flask) -> None:
    """Write an event for each request: which route, not which address, and what was answered."""
    configure()
    logger = structlog.get_logger()

    @app.after_request
    def answered(response: Response) -> Response:
        logger.info("request.answered", method=request.method, route=request.endpoint, status=response.status_code)
        return response
