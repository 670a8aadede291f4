"""A reader of calendars written from RFC 5545 alone, to hold the writer against."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

_LINE = re.compile(
    r"(?P<name>[A-Z0-9-]+)(?P<parameters>(?:;[^:\";]+=(?:\"[^\"]*\"|[^:\";]*))*):(?P<value>.*)",
    re.S,
)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


@dataclass
class Entry:
    """One VEVENT: its properties by name with their parameters; its zones' offsets."""

    zones: dict[str, dt.timezone]
    properties: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A property's value with its escapes taken back; blank where it is not there."""
        _, value = self.properties.get(name, ({}, ""))
        plain = {"n": "\n", "N": "\n"}
        return re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), value, flags=re.S)

    @property
    def start(self) -> dt.date:
        """A moment, or a day where the entry is for whole days."""
        return self._moment("DTSTART")

    @property
    def end(self) -> dt.date:
        """As `start`."""
        return self._moment("DTEND")

    def _moment(self, name: str) -> dt.date:
        parameters, value = self.properties[name]
        if parameters.get("VALUE") == "DATE":
            return dt.datetime.strptime(value, "%Y%m%d").replace(tzinfo=dt.UTC).date()
        zone = self.zones[parameters["TZID"]]
        return dt.datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone)


def read(data: bytes) -> list[Entry]:
    """The entries. AssertionError where the bytes break a rule of the RFC."""
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    text = re.sub("\r\n[ \t]", "", data.decode("utf-8"))
    stack: list[str] = []
    zones: dict[str, dt.timezone] = {}
    entries: list[Entry] = []
    zone = ""
    for line in text.split("\r\n")[:-1]:
        assert not _CONTROL.search(line), line
        m = _LINE.fullmatch(line)
        assert m, line
        name, value = m["name"], m["value"]
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                entries.append(Entry(zones))
        elif name == "END":
            assert stack.pop() == value
        elif name == "TZID":
            zone = value
        elif name == "TZOFFSETTO" and stack[-1] == "STANDARD":
            sign, hours, minutes = value[0], int(value[1:3]), int(value[3:5])
            away = dt.timedelta(hours=hours, minutes=minutes)
            zones[zone] = dt.timezone(-away if sign == "-" else away)
        elif stack[-1] == "VEVENT":
            assert name not in entries[-1].properties, name
            pairs = (p.split("=", 1) for p in m["parameters"].split(";")[1:])
            entries[-1].properties[name] = ({k: v.strip('"') for k, v in pairs}, value)
    assert stack == []
    for entry in entries:
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(entry.properties)
    return entries
