"""The start page: what waits for you, and where you may go."""

from flask import Blueprint, Response

from phb.edge.request import needs
from phb.web.rendering import render

home = Blueprint("home", __name__)


@home.route("/")
@needs(None)
def start() -> Response:
    """Show what waits for whoever is signed in."""
    return render("home.html.jinja", title="Your work")
