"""A large book of visits, clean or with every fifth row misspelt: misspelt.py clean|dirty OUT."""

from __future__ import annotations

import datetime as dt
import sys
from itertools import product
from pathlib import Path
from random import Random

from tracker.book.create import new_workbook
from tracker.schema.load import load

VISITS, EVERY = 100_000, 5
_DAY = dt.date(2004, 1, 5)
_NAMES = ("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "建国志秀海丽伟芳敏静强磊洋艳勇", "明华平军霞玲")
_METHODS = ("实地拜访", "电话拜访", "线上会议", "学术会议")
_STRANGE = "申由甲田电会议访拜话线土地实"


def customers() -> list[dict[str, object]]:
    return [
        {
            "customer_name": "".join(name), "institution": f"第{i % 40 + 1}人民医院",
            "department": "心内科", "customer_type": "潜在", "subject_type": "个人",
            "potential_level": "中", "customer_support": "中",
        }
        for i, name in enumerate(product(*_NAMES))
    ]  # fmt: skip


def visits(names: list[str], *, dirty: bool) -> list[dict[str, object]]:
    rng, made = Random(7), list[dict[str, object]]()
    days = [d for n in range(9999) if (d := _DAY + dt.timedelta(n)).weekday() < 5]
    for i in range(VISITS):
        day = days[i // 20]
        who, method = names[i * 7 % len(names)], _METHODS[i % len(_METHODS)]
        if dirty and i % EVERY == 0:
            who, method = (slip(rng, who), method) if i % 2 else (who, slip(rng, method))
        made.append({
            "customer": who, "visit_date": day, "visit_status": "已完成", "visit_method": method,
            "purpose": "学术交流", "summary": f"第 {i} 次：谈了新指南", "customer_response": "同意",
            "next_visit_date": day + dt.timedelta(30), "logged_on": day,
        })  # fmt: skip
    return made


def slip(rng: Random, text: str) -> str:
    """A text with one letter wrong, doubled or missing."""
    at, letter = rng.randrange(len(text)), rng.choice(_STRANGE)
    cut = text[:at] + text[at + 1 :]
    return rng.choice((text[:at] + letter + text[at + 1 :], text[:at] + letter + text[at:], cut))


def main(kind: str, out: str) -> None:
    people = customers()
    names = [str(p["customer_name"]) for p in people]
    data = {"customers": people, "visits": visits(names, dirty=kind == "dirty")}
    made = new_workbook(load(), data, {"rep_code": "B1", "language": "zh"}, "bench", lang="zh")
    Path(out).write_bytes(made)


if __name__ == "__main__":
    main(*sys.argv[1:3])
