"""How far the code of an area reaches down, and how few beginnings tell it."""

import pytest

from layers.areas import beginnings, reach


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("150000", "15"),
        ("150300", "1503"),
        ("150302", "150302"),
        ("150302001", "150302001"),
        ("150302001005", "150302001005"),
        ("150302001000", "150302001"),
        ("150302000000", "150302"),
        ("150300000000", "1503"),
        ("150302010", "150302010"),
        ("", ""),
        ("haibowan", ""),
        ("15", ""),
        ("1503020", ""),
        ("１５０３０２", ""),
        ("15030_", ""),
    ],
)
def test_reach(code: str, expected: str) -> None:
    assert reach(code) == expected


def test_beginnings_are_the_fewest() -> None:
    assert beginnings(["150302001", "150302", "150302001005", "150303002", "x", ""]) == ["150302", "150303002"]
    assert beginnings(["150302001005", "150303001001"]) == []
    assert beginnings(["150300", "150302", "150400"]) == ["1503", "1504"]
    assert beginnings([]) == []
