"""The rules of the six sheets as all peers get them, each to say in its own way.

Columns go by the labels of the template. A formula is Python over one row: labels are names, a blank
cell is None, what could not be read is None too; `{day}` is the as-of day. The first label says where the fault lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LEVELS = ("高", "中", "低")
UNITS = ("元", "万元", "盒", "支", "瓶", "片", "处方数")
CHANNELS = ("实地拜访", "电话拜访", "线上会议", "微信", "邮件", "其他")
STAGES = "0不了解 1了解 2感兴趣 3试用 4为某一特定患者类型开处方 5为多种患者类型开处方"
AREAS = "临床使用 安全性 政策/医保/准入 市场竞争 供货/物流 服务 学术 其他"


def picks(**labels: str) -> dict[str, Sequence[str]]:
    return {label: tuple(values.split()) for label, values in labels.items()}


@dataclass(frozen=True)
class Rules:
    """What one sheet has to obey: numbers by least and most, past days by their label."""

    sheet: str
    required: Sequence[str]
    dates: Sequence[str]
    past: Sequence[str] = ()
    times: Sequence[str] = ()
    numbers: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    picks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    unique: Sequence[str] = ()
    customer: str = ""
    formulas: Sequence[tuple[str, str]] = ()


RULES = {
    "customers": Rules(
        "客户基础信息", ("客户姓名", "所在机构", "客户类型"),
        ("初次接触日期", "评估日期", "授权日期"),
        past=("初次接触日期", "评估日期", "授权日期"),
        picks=picks(客户类型="重点开发 稳定合作 需维护 潜在 休眠", 客户性质="个人 机构",
                    状态="在用 停用 调离", 人工分级="A B C D", 私人电话授权="是 否 已撤回")
        | dict.fromkeys(("潜力", "客户支持度", "合作意愿"), LEVELS),
        patterns={"邮箱": r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$", "办公电话": r"^[\d-]+$"},
        unique=("客户姓名", "所在机构", "科室"),
        formulas=[
            ("分级理由", "人工分级 is None or 分级理由 is not None"),
            ("微信", "微信 is None or 私人电话授权 == '是'"),
        ],
    ),
    "visits": Rules(
        "拜访记录与计划", ("拜访日期", "客户姓名", "状态", "拜访方式", "拜访目的"),
        ("拜访日期", "下次拜访日期", "承诺期限", "兑现日期", "填写日期"), past=("兑现日期", "填写日期"),
        times=("开始时间", "结束时间"), customer="客户姓名",
        picks=picks(状态="计划 已完成 取消 改期", 客户回应="同意 拒绝 模棱两可", 目标达成="达成 部分达成 未达成")
        | {"拜访方式": (*CHANNELS, "学术会议", "科室会")},
        formulas=[
            ("主要沟通内容纪要", "状态 != '已完成' or 主要沟通内容纪要 is not None"),
            ("拜访日期", "状态 != '已完成' or 拜访日期 is None or str(拜访日期) <= '{day}'"),
            ("下次拜访日期", "下次拜访日期 is None or 拜访日期 is None or 下次拜访日期 > 拜访日期"),
            ("承诺期限", "我方承诺 is None or 承诺期限 is not None"),
            ("结束时间", "结束时间 is None or 开始时间 is None or 结束时间 > 开始时间"),
        ],
    ),
    "messaging": Rules(
        "产品与信息传递", ("日期", "客户姓名", "重点推广产品"), ("日期",), past=("日期",), customer="客户姓名",
        numbers={"数量": (1, None)},
        picks=picks(反应="正面 中性 负面", 接受程度="非常积极 积极 一般 消极 拒绝", 采用阶段=STAGES,
                    资料类型="文献 DA/彩页 指南 样品 会议邀请函 病例资料 其他"),
        formulas=[
            ("疑虑", "反应 != '负面' or 疑虑 is not None"),
            ("目标患者类型", "采用阶段 != '4为某一特定患者类型开处方' or 目标患者类型 is not None"),
            ("资料类型", "提供的资料与物料 is None or 资料类型 is not None"),
            ("接受程度", "反应 != '正面' or 接受程度 not in ('消极', '拒绝')"),
            ("接受程度", "反应 != '负面' or 接受程度 not in ('积极', '非常积极')"),
        ],
    ),
    "targets": Rules(
        "销售目标与达成", ("口径", "产品", "周期", "单位"), ("数据截至日期",), past=("数据截至日期",),
        numbers={"销售目标": (0, None), "实际达成": (None, None)},
        picks=picks(口径="机构 科室 个人 代表", 数据来源="流向数据 医院采购 公司系统 估计") | {"单位": UNITS},
        patterns={"周期": r"^20\d\d(H[12]|Q[1-4]|-(0[1-9]|1[0-2]))?$"},
        unique=("口径", "客户/机构", "产品", "周期", "单位"),
        formulas=[
            ("实际达成", "实际达成 is None or 周期 is None or 'Q' not in 周期 or 周期 <= '2026Q2'"),
            ("实际达成", "销售目标 != 0 or 实际达成 is None or 实际达成 <= 0"),
        ],
    ),
    "issues": Rules(
        "客户反馈与问题跟进", ("提出日期", "客户姓名", "类型", "客户提出的问题/疑虑", "状态"),
        ("提出日期", "期望解决时限", "解决日期", "反馈客户日期"), past=("提出日期", "解决日期", "反馈客户日期"),
        customer="客户姓名", numbers={"满意度": (1, 5)},
        picks=picks(类型="问题 疑虑 建议 需求 投诉 不良反应", 状态="待处理 处理中 已解决 已关闭 搁置",
                    领域=AREAS, 严重程度="低 中 高 危机"),
        formulas=[
            ("解决日期", "解决日期 is None or 提出日期 is None or 解决日期 >= 提出日期"),
            ("解决日期", "解决日期 is None or 状态 in ('已解决', '已关闭')"),
            ("解决日期", "解决日期 is not None or 状态 not in ('已解决', '已关闭')"),
            ("处理结果", "处理结果 is not None or 状态 not in ('已解决', '已关闭')"),
            ("期望解决时限", "状态 in ('已解决', '已关闭') or 期望解决时限 is None or str(期望解决时限) >= '{day}'"),
        ],
    ),
    "preferences": Rules(
        "客户偏好与个性化需求", ("客户姓名",), (), customer="客户姓名", numbers={"提前提醒天数": (0, 60)},
        picks=picks(资料形式偏好="书面资料 口头交流 视频 均可", 历法="公历 农历", 重复="每年 一次",
                    沟通风格偏好="简洁直接 详细阐述 数据导向 案例导向",
                    重要日期类型="生日 学术会议 入职/执业纪念 节日 其他", 收集授权="是 否")
        | {"偏好渠道": CHANNELS},
        patterns={"重要日期": r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"},
        formulas=[
            ("重要日期类型", "重要日期 is None or 重要日期类型 is not None"),
            ("重要日期", "重要日期 is None or 收集授权 == '是'"),
        ],
    ),
}  # fmt: skip
