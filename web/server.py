"""Runs the application on uvicorn."""

import uvicorn
from fastapi import FastAPI


def run(app: FastAPI, *, host: str, port: int) -> None:
    """Serves until interrupted."""
    uvicorn.run(app, host=host, port=port, server_header=False, access_log=False)
