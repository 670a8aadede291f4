"""The institutions of the territory and the people in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tracker.sample.vocabulary import Row, Vocabulary
from tracker.sample.workdays import FIRST, LAST


@dataclass(frozen=True, slots=True)
class Site:
    """An institution; `volume` scales its sales and how many customers it has."""

    place: int
    name: str
    alias: str
    region: str
    volume: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer is worth to the territory; it agrees with the matrix of M-12."""

    tier: str
    potential: str
    support: str
    customer_type: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the other parts of the story need it.

    `interval` is the days between visits the rep aims at; visits happen from `since` (the first
    contact) to `until` (None while active). `row` is the customer's own row.
    """

    name: str
    site: Site
    standing: Standing
    interval: float
    since: date
    until: date | None
    row: Row

    def active_on(self, day: date) -> bool:
        """Whether a visit may happen that day."""
        return self.since <= day and (self.until is None or day <= self.until)


TIER_SHARES = (("A", 0.10), ("B", 0.23), ("C", 0.37), ("D", 0.30))
INTERVALS = {"A": 5.0, "B": 10.0, "C": 30.0, "D": 170.0}
STANDINGS = {
    "A": [Standing("A", "H", "M", "develop"), Standing("A", "H", "H", "stable")],
    "B": [
        Standing("B", "H", "L", "develop"),
        Standing("B", "M", "M", "stable"),
        Standing("B", "M", "H", "stable"),
    ],
    "C": [Standing("C", "M", "L", "develop"), Standing("C", "L", "H", "maintain")],
    "D": [Standing("D", "L", "L", "dormant"), Standing("D", "L", "M", "prospect")],
}
STAGES = {
    "H": ("preferred", "partner"),
    "M": ("trial", "preferred"),
    "L": ("not_cooperating", "trial"),
}
CLINICAL_TITLES = {
    "chief": 15,
    "associate_chief": 25,
    "attending": 40,
    "resident": 8,
    "head_nurse": 6,
    "nurse": 6,
}
PHARMACY_TITLES = {"chief_pharmacist": 30, "associate_chief_pharmacist": 40, "pharmacist": 30}
ROLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "chief": (("prescriber", "decider"), ("decider", "influencer"), ("prescriber", "influencer")),
    "associate_chief": (("prescriber", "influencer"), ("prescriber",)),
    "chief_pharmacist": (("purchaser", "gatekeeper"), ("decider", "purchaser")),
    "associate_chief_pharmacist": (("gatekeeper",), ("purchaser",)),
    "pharmacist": (("gatekeeper",),),
    "head_nurse": (("user", "influencer"),),
    "nurse": (("user",),),
}
SOURCES = {
    "self": 30,
    "assigned": 30,
    "referral": 14,
    "dept_meeting": 10,
    "congress": 10,
    "campaign": 4,
    "online": 2,
}
SENIOR = ("chief", "chief_pharmacist")


def draw(rng: Random, weights: dict[str, int]) -> str:
    """One key at random by its weight; `weights` is not empty."""
    point = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        point -= weight
        if point < 0:
            return key
    return next(reversed(weights))


def sites(rng: Random, words: Vocabulary, count: int) -> list[Site]:
    """`count` institutions of the region, in the order of their areas."""
    every = [(area, kind) for area in words.find("areas") for kind in words.find("hospitals")]
    chosen = [every[n] for n in sorted(rng.sample(range(len(every)), count))]
    return [
        Site(
            place,
            kind["name"].format(**area),
            kind["alias"].format(**area),
            area["area"],
            kind["volume"] * rng.uniform(0.85, 1.2),
        )
        for place, (area, kind) in enumerate(chosen)
    ]


def people(rng: Random, words: Vocabulary, where: list[Site], count: int, rep: str) -> list[Person]:
    """`count` customers with names of their own, every institution served, in its order."""
    extra = rng.choices(where, [site.volume for site in where], k=max(0, count - len(where)))
    homes = sorted([*where, *extra][:count], key=lambda site: site.place)
    surnames, given = words.find("surnames"), words.find("given_names")
    names = rng.sample(range(len(surnames) * len(given)), count)
    tiers = _tiers(count)
    rng.shuffle(tiers)
    found = []
    for index, (site, number, tier) in enumerate(zip(homes, names, tiers, strict=True)):
        surname, latin = surnames[number % len(surnames)]
        name = f"{surname}{words.find('name_join')}{given[number // len(surnames)]}"
        found.append(_person(rng, words, index, (name, latin), site, tier, rep))
    _name_influencers(rng, found)
    return found


def _tiers(count: int) -> list[str]:
    named = [tier for tier, share in TIER_SHARES[:-1] for _ in range(max(1, round(share * count)))]
    return (named + ["D"] * count)[:count]


def _person(
    rng: Random,
    words: Vocabulary,
    index: int,
    names: tuple[str, str],
    site: Site,
    tier: str,
    rep: str,
) -> Person:
    standing = rng.choice(STANDINGS[tier])
    since = _first_contact(rng)
    until = _last_day(rng, tier, since)
    row: Row = {
        "customer_name": names[0],
        "institution": site.name,
        "region": site.region,
        "first_contact_date": since,
        "status": "active" if until is None else rng.choice(("inactive", "moved", "moved")),
        "source": draw(rng, SOURCES),
        "owner_rep": rep,
        **_work(rng, words),
        **_contact(rng, index, names[1], since),
        **_judgement(rng, words, index, standing, since),
    }
    frequency = row["target_frequency"]
    interval = 30 / frequency if isinstance(frequency, float) else INTERVALS[tier]
    if row["tier_manual"]:
        interval = INTERVALS[str(row["tier_manual"])]
    return Person(names[0], site, standing, interval, since, until, row)


def _first_contact(rng: Random) -> date:
    """Mostly long known; some came during the year, a few in its last days."""
    kind = rng.random()
    if kind < 0.86:
        return FIRST - timedelta(rng.randint(1, 2300))
    if kind < 0.97:
        return FIRST + timedelta(rng.randint(10, 280))
    return LAST - timedelta(rng.randint(1, 8))


def _last_day(rng: Random, tier: str, since: date) -> date | None:
    """When the few who left did so; none of them matter much to the territory."""
    if tier in "AB" or since >= FIRST or rng.random() > 0.08:
        return None
    return date(2025, 11, 1) + timedelta(rng.randint(0, 150))


def _work(rng: Random, words: Vocabulary) -> Row:
    pharmacy = rng.random() < 0.14
    title = draw(rng, PHARMACY_TITLES if pharmacy else CLINICAL_TITLES)
    clinic = words.phrase(rng, "departments", "clinical")
    return {
        "department": words.find("departments", "pharmacy") if pharmacy else clinic,
        "title": title,
        "decision_role": rng.choice(ROLES.get(title, (("prescriber",),))),
        "dept_rx_notes": words.phrase(rng, "dept_rx_notes") if rng.random() < 0.4 else None,
        "remarks": words.phrase(rng, "customer_remarks") if rng.random() < 0.12 else None,
    }


def _contact(rng: Random, index: int, latin: str, since: date) -> Row:
    """Ways to reach the customer; private ones only with consent. `index` keeps them apart."""
    consents = rng.random() < 0.5
    mobile = f"1{rng.choice('3578')}{rng.randint(0, 9)}{rng.randrange(10**5):05d}{index:03d}"
    office = f"0510-8{rng.randrange(10**4):04d}{index:03d}"
    consent_day = min(LAST, max(since, date(2021, 11, 1)) + timedelta(rng.randint(0, 300)))
    refusal = rng.choices(("no", "withdrawn", None), (35, 5, 60))[0]
    return {
        "office_phone": office if rng.random() < 0.8 else None,
        "private_phone": mobile if consents else None,
        "private_phone_consent": "yes" if consents else refusal,
        "consent_date": consent_day if consents else None,
        "email": f"{latin}{index:03d}@mail.example" if rng.random() < 0.45 else None,
        "wechat": f"{latin}_{index:03d}" if consents and rng.random() < 0.7 else None,
    }


def _judgement(rng: Random, words: Vocabulary, index: int, standing: Standing, since: date) -> Row:
    """The rep's assessment: recent, and now and then stale or at odds with the matrix."""
    assessed = max(since, LAST - timedelta(rng.randint(1, 150)))
    stale = index % 70 == 33 and since < FIRST
    kind = standing.customer_type
    if index % 70 == 50:
        kind = "stable" if kind == "maintain" else "maintain"
    raised = standing.tier == "C" and standing.potential == "M" and rng.random() < 0.1
    frequency = rng.random() < 0.15 and standing.tier in "AB"
    return {
        "customer_type": kind,
        "potential_level": standing.potential,
        "customer_support": standing.support,
        "cooperation_willingness": standing.support if rng.random() < 0.8 else "M",
        "relationship_stage": rng.choice(STAGES[standing.support]),
        "assessed_on": date(2025, 11, 20) if stale else assessed,
        "target_frequency": {"A": 5.0, "B": 4.0}[standing.tier] if frequency else None,
        "tier_manual": "B" if raised else None,
        "tier_reason": words.find("tier_reason") if raised else None,
    }


def _name_influencers(rng: Random, found: list[Person]) -> None:
    seniors: dict[str, list[str]] = {}
    for person in found:
        if person.row["title"] in SENIOR:
            seniors.setdefault(person.site.name, []).append(person.name)
    for person in found:
        others = [n for n in seniors.get(person.site.name, ()) if n != person.name]
        if others and rng.random() < 0.7:
            person.row["key_influencers"] = tuple(others[:2])
