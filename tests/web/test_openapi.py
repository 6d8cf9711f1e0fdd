"""Responses conform to the OpenAPI description, for generated requests, without server errors."""

from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from souwen.web import api

from ..conftest import SOAK, tries
from .conftest import RunningServer


def _openapi_schema() -> dict[str, Any]:
    app = FastAPI()
    app.include_router(api.router)
    return app.openapi()


CHECKS = [
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
]
OPERATIONS = [result.ok() for result in schemathesis.openapi.from_dict(_openapi_schema()).get_all_operations()]


@pytest.mark.soak
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
def test_responses_conform_to_the_description(operation: Any, seeds_server: RunningServer) -> None:
    @seed(SOAK or 0)
    @settings(max_examples=tries(25, 2_000), suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=seeds_server.address, checks=CHECKS)

    call()


def test_description_lists_all_operations(api: httpx.Client) -> None:
    schema = api.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/search",
        "/api/suggest",
        "/api/timeline",
        "/api/entities",
        "/api/stats",
        "/api/articles",
        "/api/articles/{id}",
        "/api/related",
        "/api/related/{id}",
        "/api/export",
        "/health",
    }
    for path, methods in schema["paths"].items():
        assert list(methods) == ["get"], path
        assert methods["get"]["description"], path
    examples = [
        example
        for parameter in schema["paths"]["/api/search"]["get"]["parameters"]
        for example in parameter["schema"].get("examples", [])
    ]
    assert "台湾海峡" in examples
