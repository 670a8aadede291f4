"""Each block on the sample team: its figures agree with the tables they come from."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest

from tests.books import AS_OF, new_sample, opened
from tracker.api.source import source_of
from tracker.summary import blocks
from tracker.summary.source import Source

LEFT_OUT = {
    "customers": {"priority", "risks", "overdue_visits", "matrix", "chain", "resources",
                  "relationship", "sources", "sales_by_tier", "positives", "movers", "capacity"},
    "visits": {"calls", "objectives", "chain", "resources"},
    "messaging": {"adoption", "messages", "positives"},
    "targets": {"products", "institutions", "sales_by_tier", "trends", "positives"},
    "issues": {"issues", "overdue_issues"},
    "preferences": {"dates"},
}  # fmt: skip


@cache
def source() -> Source:
    session = opened(new_sample()).session
    return source_of(session, session.analyse(AS_OF), [])


def made(name: str) -> Any:
    found = blocks.make(name, source())
    assert found is not None
    return found


def without(module: str) -> Source:
    whole = source()
    frames = {n: f for n, f in whole.frames.items() if n != module}
    computed = {n: f for n, f in whole.computed.items() if n != module}
    return Source(frames, computed, [], {}, AS_OF, whole.schema, whole.settings, "zh")


@pytest.mark.parametrize("name", blocks.known())
def test_every_block_has_something_to_say_of_the_sample(name: str) -> None:
    assert blocks.make(name, source())


@pytest.mark.parametrize("module", LEFT_OUT)
def test_a_block_without_its_inputs_is_left_out(module: str) -> None:
    rest = without(module)
    missing = {name for name in blocks.known() if blocks.make(name, rest) is None}
    assert missing >= LEFT_OUT[module] - ({"calls"} if module == "visits" else set())
    assert not missing & {"key", "quality"}


@pytest.mark.parametrize("name", ["priority", "risks", "overdue_visits", "chain", "institutions"])
def test_a_list_is_cut_at_its_limit(name: str) -> None:
    found = made(name)
    assert len(found["rows"]) == min(found["total"], source().limit(name))


def test_priority_runs_from_red_to_normal_and_within_from_tier_a() -> None:
    words = list(source().words("customers", "risk_level").values())
    keys = [(words.index(r["risk"]), r["tier"]) for r in made("priority")["rows"]]
    assert keys == sorted(keys)
    assert made("priority")["rows"][0]["reasons"]


def test_warnings_are_counted_by_level_and_every_row_has_a_reason() -> None:
    found = made("risks")
    assert sum(level["count"] for level in found["levels"]) == found["total"]
    assert all(row["reasons"] for row in found["rows"])


def test_institutions_add_up_to_the_products() -> None:
    total = sum(row["target"] for row in made("products")["rows"])
    whole = blocks.make("institutions", Source(**vars_of(longest=10_000)))
    assert whole is not None
    rows: Any = whole["rows"]
    assert sum(row["target"] for row in rows) == pytest.approx(total)
    assert [r["behind"] for r in rows] == sorted((r["behind"] for r in rows), reverse=True)


def vars_of(**changed: Any) -> dict[str, Any]:
    whole = source()
    names = ("frames", "computed", "findings", "valid", "as_of", "schema", "settings", "lang")
    return {n: getattr(whole, n) for n in names} | changed


def test_tiers_add_up_to_the_institutions_that_have_one() -> None:
    rows = made("sales_by_tier")["rows"]
    assert [r["tier"] for r in rows] == ["A", "B", "C", "D"]
    total = sum(row["target"] for row in made("products")["rows"])
    assert sum(r["target"] for r in rows) <= total + 1e-6


def test_reach_of_all_is_the_sum_of_its_tiers_and_capped_never_above_uncapped() -> None:
    reach = made("calls")["reach"]
    for name in ("customers", "covered", "planned", "actual"):
        assert sum(r[name] for r in reach["rows"]) == reach["total"][name]
    assert all(r["capped"] <= r["uncapped"] for r in reach["rows"])


def test_shares_of_resources_sum_to_one() -> None:
    rows = made("resources")["rows"]
    for name in ("calls_share", "value_share"):
        assert sum(r[name] for r in rows) == pytest.approx(1)


def test_ages_and_themes_count_the_open_issues() -> None:
    found = made("issues")
    assert sum(a["open"] for a in found["ages"]) == found["open"]
    assert sum(t["total"] for t in found["themes"]) == found["total"]


def test_the_ladder_counts_each_customer_once_a_product() -> None:
    found = made("adoption")
    pairs = source().tables["messaging"].dropna(subset=["adoption_stage"])
    pairs = pairs[["customer_key", "product_key"]].drop_duplicates()
    assert sum(s[p] for s in found["stages"] for p in found["products"]) == len(pairs)


def test_dates_come_nearest_first_and_within_their_notice() -> None:
    days = [row["days"] for row in made("dates")["rows"]]
    assert days == sorted(days)
    assert all(day >= 0 for day in days)


def test_messages_are_counted_for_each_of_their_types() -> None:
    found = made("messages")["tables"]["tier"]
    told = source().tables["messaging"].explode("message_type").dropna(subset=["message_type"])
    shown = sum(c["count"] for row in found["rows"] for c in row["cells"])
    assert 0 < shown <= len(told)
    assert {c["tone"] for row in found["rows"] for c in row["cells"]} <= {f"h{n}" for n in range(5)}


def test_rates_of_practice_are_parts_of_what_is_counted() -> None:
    found = made("objectives")
    done = found["execution"]
    whole = done["completed"] + done["missed"] + done["cancelled"]
    assert done["rate"] == pytest.approx(done["completed"] / whole)
    assert found["objectives"]["rate"] <= found["objectives"]["weighted"]
    for part in ("objectives", "responses"):
        assert sum(r["count"] for r in found[part]["results"]) == found[part]["n"]


def test_customers_who_were_unclear_twice_in_a_row_are_to_be_probed() -> None:
    answers: dict[str, list[str]] = {}
    visits = source().tables["visits"].sort_values(["visit_date", "start_time"], kind="stable")
    columns = (visits[c].tolist() for c in ("visit_status", "customer_response", "customer_key"))
    for status, said, present in zip(*columns, strict=True):
        for who in present if status == "completed" and isinstance(said, str) else ():
            answers.setdefault(who, []).append(said)
    unclear = {who for who, said in answers.items() if said[-2:] == ["ambiguous"] * 2}
    people = source().tables["customers"]
    asked = people["customer_id"].isin(unclear) & people["status"].eq("active")
    wanted = set(people.loc[asked, "customer_name"])
    found = made("objectives")["probe"]
    assert wanted
    assert found["total"] == len(wanted)
    assert {r["name"] for r in found["rows"]} <= wanted
    days = [r["answered"] for r in found["rows"]]
    assert days == sorted(days, reverse=True)


def test_links_lead_to_the_customer() -> None:
    row = made("positives")["rows"][0]
    link = row["link"]
    frame = source().frames["customers"]
    assert frame.loc[link["row"], "customer_name"] == row["name"]
    assert frame.loc[link["row"], "customer_id"] == link["id"]


def test_capacity_is_days_times_pace_and_a_plan_above_it_is_not_feasible() -> None:
    found = made("capacity")
    quarter, rest = found["rows"]
    assert quarter["days"] == 65  # April to June 2026, Monday to Friday
    assert quarter["capacity"] == pytest.approx(65 * found["per_day"])
    assert quarter["utilisation"] == pytest.approx(quarter["planned"] / quarter["capacity"])
    assert rest["days"] == 0
    assert rest["capacity"] == 0
    assert rest["utilisation"] is None
    assert rest["fits"] == ("over" if rest["planned"] else "fits")


def test_a_tier_that_changed_is_told_with_its_way_and_an_old_assessment_is_listed() -> None:
    whole = source()
    table = whole.frames["customers"]
    tiers = whole.computed["customers"]["tier"]
    row = tiers.index[tiers == "B"][0]
    past = pd.DataFrame({"tier_was": None, "tier_since": pd.NaT}, index=table.index, dtype=object)
    past["tier_since"] = past["tier_since"].astype("datetime64[s]")
    past.loc[row, "tier_was"] = "A"
    past.loc[row, "tier_since"] = pd.Timestamp(AS_OF)
    known = {**whole.computed, "customers": whole.computed["customers"].drop(
        columns=["tier_was", "tier_since"], errors="ignore").join(past)}  # fmt: skip
    found: Any = blocks.make("movers", Source(**vars_of(computed=known)))
    (moved,) = found["moved"]["rows"]
    assert (moved["was"], moved["tier"], moved["way"]) == ("A", "B", "down")
    assert found["stale"]["total"] == sum(
        (pd.Timestamp(AS_OF) - day).days > 180
        for day, served in zip(table["assessed_on"], table["status"], strict=True)
        if pd.notna(day) and served not in {"inactive", "moved"}
    )
