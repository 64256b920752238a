"""What every schema is made of: amounts are decimal strings, times ISO 8601 in UTC."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casino.surfaces import Surface

Amount = Annotated[str, StringConstraints(pattern=r"^-?\d{1,20}(\.\d{1,18})?$")]
AmountGiven = Annotated[str, StringConstraints(pattern=r"^\d{1,19}(\.\d{1,18})?$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32)]


def _may_be_missing(schema: dict[str, Any]) -> None:
    del schema["default"]


# Of a field that every answer has and a client of before does not know.
ADDED = Field(json_schema_extra=_may_be_missing)


class Schema(BaseModel):
    """Base: unknown fields in requests are refused, so that a typo is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorView(Schema):
    """Why a request failed; ``code`` names the text to show."""

    code: str
    message: str
    values: dict[str, str] = {}


class Query(BaseModel):
    """Base of query strings: what is not known is left alone."""

    model_config = ConfigDict(frozen=True)


class SurfaceQuery(Query):
    """On which surface the client runs."""

    surface: Surface = Surface.WEB
