from __future__ import annotations

import pytest
import yaml

from tests.metrics.tables import frame, same, settings
from tracker.metrics.completeness import reachable_channels, share_filled
from tracker.resources import schema_dir

EXPECTED = settings().expected["customers"]


@pytest.mark.parametrize(
    ("row", "share"),
    [
        ({"customer_name": "王一", "customer_type": "stable"}, 1.0),
        ({"customer_name": "王一", "customer_type": None}, 0.5),
        ({"customer_name": "王一", "institution": None}, 0.5),
        ({"customer_name": "王一", "institution": None, "subject_type": "person"}, 0.5),
        ({"customer_name": "一院", "institution": None, "subject_type": "institution"}, 1.0),
        ({"customer_name": "王一", "private_phone": "13800000000"}, 1.0),
        ({"private_phone": "13800000000", "private_phone_consent": None}, 0.0),
        ({"private_phone": None, "private_phone_consent": None}, None),
        ({"private_phone": None, "private_phone_consent": "yes", "consent_date": None}, 0.0),
        ({"private_phone": None, "private_phone_consent": "no", "consent_date": None}, None),
    ],
)
def test_share_of_expected_cells(row: dict[str, object], share: float | None) -> None:
    assert same(share_filled(frame([row]), EXPECTED).iloc[0], share)


def test_every_required_and_recommended_column_is_expected() -> None:
    text = (schema_dir() / "customers.yaml").read_text(encoding="utf-8")
    columns = yaml.safe_load(text)["columns"]
    needed = {c["name"] for c in columns if c.get("need", "optional") != "optional"}
    named = {item.field for item in EXPECTED}
    assert needed <= named <= {c["name"] for c in columns}


@pytest.mark.parametrize(
    ("row", "channels"),
    [
        ({"office_phone": "021-1", "email": "a@b.cn", "private_phone": "1", "wechat": "w"}, 2),
        ({"office_phone": None, "private_phone": "1", "private_phone_consent": "yes"}, 1),
        ({"private_phone": "1", "wechat": "w", "private_phone_consent": "yes"}, 2),
        ({"private_phone": "1", "wechat": "w", "private_phone_consent": "no"}, 0),
        ({"private_phone": "1", "wechat": None, "private_phone_consent": None}, 0),
    ],
)
def test_reachable_channels(row: dict[str, object], channels: int) -> None:
    found = reachable_channels(frame([row]))
    assert found is not None
    assert found.iloc[0] == channels


def test_no_channels_at_all_leave_the_column_out() -> None:
    assert reachable_channels(frame([{"customer_name": "王一"}])) is None
