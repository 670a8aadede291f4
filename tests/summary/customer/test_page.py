from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.summary.agenda.desk import desk, preferences
from tests.summary.book import customers, frame
from tracker.summary.customer.page import build


def page(
    who: str = "Cb", *, show: bool = False, lang: str = "zh", **changed: Any
) -> dict[str, Any]:
    return build(desk(lang, **changed), who, rep="王丽", show=show)


def messages() -> pd.DataFrame:
    made = frame(
        {
            "message_id": ["Mb", "Mc", "Md", "Mf"],
            "customer": ["Cb"] * 4,
            "customer_key": ["Cb"] * 4,
            "product": ["安心平", "安心平", "糖稳宁", "安心平"],
            "product_key": ["安心平", "安心平", "糖稳宁", "安心平"],
            "date": ["2026-06-01", "2026-07-01", "2026-07-02", "2026-09-01"],
            "adoption_stage": ["2", "3", None, "5"],
            "acceptance": [None, "4", "2", "5"],
            "reaction": ["neutral", "positive", "negative", "positive"],
            "key_message": ["甲", "乙", "丙", "将来"],
            "concern": [None, None, "费用", None],
        }
    )
    made["message_type"] = pd.Series(
        [("dosage",), ("dosage", "safety"), None, None], index=made.index
    )
    return made.assign(date=made["date"].astype("datetime64[s]"))


def test_it_says_who_it_is_and_what_to_do_next() -> None:
    found = page()
    assert (found["title"], found["tier"], found["place"]) == ("王芳", "A", ["瑞金医院", "心内科"])
    assert [(i["kind"], i["day"]) for i in found["next"]][:1] == [("issue", dt.date(2026, 8, 1))]
    assert ("visit", dt.date(2026, 8, 17)) in [(i["kind"], i["day"]) for i in found["next"]]
    assert [p["text"] for p in found["brief"]["owed"]] == ["寄文献"]
    assert [i["issue"] for i in found["issues"]] == ["夜间低血糖"]
    assert found["issues"][0]["late"] == 14


def test_the_last_visits_come_first_with_what_was_agreed() -> None:
    visits = page()["visits"]
    assert [v["day"] for v in visits] == [dt.date(2026, 8, 3), dt.date(2026, 7, 20)]
    told = {f["field"]: f["value"] for f in visits[1]["facts"]}
    assert told["commitment"] == "寄文献"
    assert told["commitment_due"] == "2026-08-10"
    assert told["next_materials"] == "文献、彩页"


def test_products_with_their_ladder() -> None:
    first, second = page(messaging=messages())["products"]
    assert (first["product"], first["stage"], first["before"]) == ("安心平", 3.0, 2.0)
    assert first["stage_word"].startswith("3")
    assert (first["message"], first["count"], first["types"]) == ("乙", 2, ["用法用量", "安全性"])
    assert (second["stage"], second["concern"], second["reaction_code"]) == (
        None,
        "费用",
        "negative",
    )


def test_sales_are_those_of_the_institution() -> None:
    sales = page()["sales"]
    assert (sales["period"], sales["subject"]) == ("2026Q3", "瑞金医院")
    assert {s["product"] for s in sales["rows"]} == {"安心平", "糖稳宁"}


def test_personal_fields_only_where_asked_for() -> None:
    people = customers().assign(email="a@b.cn", remarks="公开")
    likes = preferences().assign(hobbies="书法", communication_style="concise")
    hidden = page(customers=people, preferences=likes)
    shown = page(customers=people, preferences=likes, show=True)
    assert "a@b.cn" not in str(hidden)
    assert "书法" not in str(hidden)
    assert "08-16" not in str(hidden["dates"])
    assert not [i for i in hidden["next"] if i["kind"] == "date"]
    assert [p["value"] for p in hidden["preferences"]] == [["简洁直接"]]
    assert "a@b.cn" in str(shown["profile"])
    assert ["书法"] in [p["value"] for p in shown["preferences"]]
    assert shown["dates"][0]["next"] == dt.date(2026, 8, 16)
    assert hidden["hidden"] is not shown["hidden"]


def test_words_follow_the_language() -> None:
    labels = {f["label"] for f in page(lang="en")["profile"]}
    assert "Customer support" in labels
    assert "客户支持度" in {f["label"] for f in page()["profile"]}


@pytest.mark.parametrize("gone", ["visits", "issues", "targets", "preferences", "messaging"])
def test_a_module_left_out_leaves_its_part_out(gone: str) -> None:
    changed: Any = {gone: None}
    assert page(**changed)["title"] == "王芳"


def test_a_customer_with_an_error_still_has_a_page() -> None:
    source = desk()
    flags = pd.Series(source.frames["customers"]["customer_id"].ne("Cb"))
    found = build(replace(source, valid={"customers": flags}), "Cb", rep=None)
    assert found["title"] == "王芳"
