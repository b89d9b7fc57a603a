#!/usr/bin/env python
"""Runs Django's administrative commands."""

import asyncio
import importlib
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def use_fast_event_loop() -> None:
    """Take uvloop where it is installed. Daphne chooses its loop as soon as the apps load."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gifteconomy.settings")
    if sys.argv[1:2] == ["serve"]:
        use_fast_event_loop()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")
