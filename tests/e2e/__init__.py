"""Stories on the real product, each a sentence: what happens on the campus, and who hears of it when."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in ("campus", "exchange", "load", "monitor", "phone")))
