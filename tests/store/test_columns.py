"""How values stand in columns: the quick ways write what the plain ones do."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from connector.model.statement import LineKey
from connector.store.columns import EXACT, KEY, canonical

_SQLITE = dialect()


@given(st.lists(st.text(), min_size=10, max_size=10).map(lambda texts: LineKey(*texts)))
def test_a_key_is_written_in_the_canonical_form(key: LineKey) -> None:
    written = KEY.bind_processor(_SQLITE)(key)
    assert written == canonical(key)
    assert KEY.result_processor(_SQLITE, None)(written) == key


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_an_amount_is_written_digit_by_digit(amount: Decimal) -> None:
    written = EXACT.bind_processor(_SQLITE)(amount)
    assert written == f"{amount:f}"
