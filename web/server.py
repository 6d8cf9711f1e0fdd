"""Runs the application on uvicorn."""

import uvicorn
from starlette.applications import Starlette


def run(app: Starlette, *, host: str, port: int) -> None:
    """Serves until interrupted."""
    uvicorn.run(app, host=host, port=port, server_header=False, access_log=False)
