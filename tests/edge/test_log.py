"""A request leaves one event that tells the route and the answer, and nothing of the address."""

import json

import pytest
from flask import Flask

from phb.edge.log import to_standard_error


def test_a_request_is_one_event(capsys: pytest.CaptureFixture[str]) -> None:
    app = Flask("test")
    to_standard_error(app)
    app.add_url_rule("/people/<name>", "person", lambda name: f"Hello {name}")
    app.test_client().get("/people/siobhan")
    event = json.loads(capsys.readouterr().err)
    assert {name: event[name] for name in ("event", "method", "route", "status")} == {
        "event": "request.answered",
        "method": "GET",
        "route": "person",
        "status": 200,
    }
    assert "siobhan" not in json.dumps(event)
