"""Labels of currencies: what counts the same money, and in which unit."""

import pytest

from allocator.currency import currency_of, factor_between


@pytest.mark.parametrize(
    ("text", "money", "scale"),
    [
        ("CNY", "CNY", 1.0),
        ("元", "CNY", 1.0),
        ("￥", "CNY", 1.0),
        ("kCNY", "CNY", 1e3),
        ("thousand CNY", "CNY", 1e3),
        ("万元", "CNY", 1e4),
        ("人民币万元", "CNY", 1e4),
        ("10k CNY", "CNY", 1e4),
        ("ten thousand yuan", "CNY", 1e4),
        ("CNY million", "CNY", 1e6),
        ("亿", "CNY", 1e8),
        ("USD", "USD", 1.0),
        ("kUSD", "USD", 1e3),
        ("MXN", "MXN", 1.0),
        ("coins", "COINS", 1.0),
    ],
)
def test_labels_tell_money_and_scale(text: str, money: str, scale: float) -> None:
    """Yuan are known under every usual name; a label that starts like a scale is none."""
    assert currency_of(text) == (money, scale)


def test_only_one_money_converts() -> None:
    """Ten thousand yuan are 10 thousand yuan-thousands; between two moneys no rate is known."""
    assert factor_between("万元", "CNY") == 1e4
    assert factor_between("CNY", "thousand CNY") == pytest.approx(1e-3)
    assert factor_between("USD", "CNY") is None
