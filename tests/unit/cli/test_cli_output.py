"""Answers for programs."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wad.cli.output import Output

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=8), _VALUES, max_size=4))
def test_yaml_says_the_same_as_json(data: dict[str, Any]) -> None:
    """Whatever JSON can hold reads back the same from either form: no text turns into a number, a date or a truth."""
    assert json.loads(Output.JSON.dump(data)) == data
    assert yaml.safe_load(Output.YAML.dump(data)) == data


@pytest.mark.parametrize("text", ["no", "2026-11-23", "0x1F", "1e3", "~", "12:30:00", "\u2028 \x85"])
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    """Labels and names keep their type in YAML, however they look."""
    assert yaml.safe_load(Output.YAML.dump({"label": text})) == {"label": text}


class _Name(StrEnum):
    SHOP = "shop"


class _Number(IntEnum):
    ONE = 1


def test_names_and_numbers_of_enumerations_are_texts_and_numbers() -> None:
    """Whatever stands for a text or a number in JSON does so in YAML."""
    data = {"name": _Name.SHOP, "number": _Number.ONE, "pair": (_Name.SHOP, None)}
    assert yaml.safe_load(Output.YAML.dump(data)) == json.loads(Output.JSON.dump(data))


def test_many_answers_are_lines_or_documents() -> None:
    """A stream is one line of JSON, or one document of YAML, for each answer."""
    answers = [{"a": "x\ny"}, {"b": 2}]
    lines = "\n".join(Output.JSON.dump(answer, one_of_many=True) for answer in answers)
    assert [json.loads(line) for line in lines.split("\n")] == answers
    documents = "\n".join(Output.YAML.dump(answer, one_of_many=True) for answer in answers)
    assert list(yaml.safe_load_all(documents)) == answers
