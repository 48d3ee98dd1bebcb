"""What a request needs of the application: its sessions and its clock."""

from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session, sessionmaker

from phb.core.clock import Clock

NAME = "phb"


@dataclass(frozen=True)
class Services:
    """`clock` is None where the installation's own clock tells the time."""

    sessions: sessionmaker[Session]
    clock: Clock | None = None


def attach(app: Flask, services: Services) -> None:
    """Give an application its services."""
    app.extensions[NAME] = services


def services() -> Services:
    """Return the services of the application that answers this request."""
    found: Services = current_app.extensions[NAME]
    return found
