from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.opc.crafted import excel_owner
from tracker.opc.owners import (
    LibreLock,
    Machine,
    excel_user,
    find_owners,
    is_stale,
    libre_lock,
    live_owner,
    this_machine,
)

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="stale locks are only told on POSIX")


def lock_text(host: str, profile: str) -> bytes:
    return f"张三,zhang,{host},02.03.2026 09:15,{profile};".encode()


def test_nobody(tmp_path: Path) -> None:
    assert find_owners(tmp_path / "book.xlsx") == []
    assert live_owner(tmp_path / "book.xlsx") is None


@pytest.mark.parametrize("name", ["张三", "Zhang San", "Müller"])
@pytest.mark.parametrize("at", [55, 54])
def test_excel_names_its_user(name: str, at: int) -> None:
    assert len(excel_owner(name, at=at)) == (165 if at == 55 else 162)
    assert excel_user(excel_owner(name, at=at)) == name


def test_code_page_name_stands_in() -> None:
    assert excel_user(excel_owner("李四")[:40]) == "李四"


@pytest.mark.parametrize("content", [b"", b"\0", b"\x05\x01\x02\x03\x04\x05", b"\x02\xff\xff"])
def test_no_name_to_be_had(content: bytes) -> None:
    assert excel_user(content) is None


@given(st.binary(max_size=200))
def test_any_bytes_give_a_printable_name_or_none(content: bytes) -> None:
    name = excel_user(content)
    assert name is None or (name and name.isprintable())


@pytest.mark.parametrize("mark", ["~$book.xlsx", ".~book.xlsx"])
def test_excel_owner_is_live(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).write_bytes(excel_owner("张三"))
    owner = live_owner(tmp_path / "book.xlsx")
    assert owner is not None
    assert (owner.who, owner.file.name) == ("张三, Excel / WPS", mark)


def test_nameless_owner_still_counts(tmp_path: Path) -> None:
    (tmp_path / "~$book.xlsx").write_bytes(b"")
    owner = live_owner(tmp_path / "book.xlsx")
    assert owner is not None
    assert owner.who == "Excel / WPS"


def test_another_books_owner_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "~$other.xlsx").write_bytes(excel_owner("张三"))
    assert live_owner(tmp_path / "book.xlsx") is None


def test_a_folder_is_no_owner_file(tmp_path: Path) -> None:
    (tmp_path / "~$book.xlsx").mkdir()
    assert live_owner(tmp_path / "book.xlsx") is None


def test_an_owner_file_that_cannot_be_read_counts(tmp_path: Path) -> None:
    (tmp_path / "~$book.xlsx").symlink_to("~$book.xlsx")
    assert live_owner(tmp_path / "book.xlsx") is not None


def test_owner_beside_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "real.xlsx").write_bytes(b"")
    (tmp_path / "link.xlsx").symlink_to("d/real.xlsx")
    (tmp_path / "d" / "~$real.xlsx").write_bytes(excel_owner("张三"))
    assert live_owner(tmp_path / "link.xlsx") is not None


def test_libre_lock_fields() -> None:
    content = rb"Li\, Si,li\;si,a\\b,02.03.2026 09:15,file:///p;rest"
    expected = LibreLock("Li, Si", "li;si", "a\\b", "02.03.2026 09:15", "file:///p")
    assert libre_lock(content) == expected


@pytest.mark.parametrize("content", [b"", b"a,b;", b"a,b,c,d,e,f;", b"a\\"])
def test_no_libre_lock(content: bytes) -> None:
    assert libre_lock(content) is None


def test_libre_owner_says_who_and_since(tmp_path: Path) -> None:
    lock = tmp_path / ".~lock.book.xlsx#"
    lock.write_bytes(lock_text("elsewhere", "file:///p"))
    owner = live_owner(tmp_path / "book.xlsx")
    assert owner is not None
    assert owner.who == "张三@elsewhere, 02.03.2026 09:15, LibreOffice"
    lock.write_bytes(b"")
    owner = live_owner(tmp_path / "book.xlsx")
    assert owner is not None
    assert owner.who == "LibreOffice"


@posix
@pytest.mark.parametrize(
    ("machine", "stale"),
    [
        (Machine("desk", None, None), False),
        (Machine("DESK", None, ()), True),
        (Machine("desk", None, (None,)), False),
        (Machine("desk", None, ("{profile}/",)), False),
        (Machine("desk", None, ("file:///somewhere/else",)), True),
        (Machine("desk", 2000.0, (None,)), True),
        (Machine("desk", 500.0, (None,)), False),
        (Machine("other", 2000.0, ()), False),
    ],
)
def test_left_over_only_when_certain(tmp_path: Path, machine: Machine, stale: bool) -> None:
    profile = tmp_path.as_uri()
    running = machine.office_profiles
    if running is not None:
        running = tuple(p and p.format(profile=profile) for p in running)
    machine = Machine(machine.host, machine.booted, running)
    lock = LibreLock("a", "a", "desk", "", profile)
    assert is_stale(lock, 1000.0, machine) is stale


@pytest.mark.parametrize("profile", ["", "http://x/p", "file://server/p", "file:///no/such/folder"])
def test_a_profile_not_here_leaves_doubt(profile: str) -> None:
    lock = LibreLock("a", "a", "desk", "", profile)
    assert not is_stale(lock, 0.0, Machine("desk", 1.0, ()))


@posix
def test_left_over_lock_does_not_count(tmp_path: Path) -> None:
    lock = tmp_path / ".~lock.book.xlsx#"
    lock.write_bytes(lock_text("desk", tmp_path.as_uri()))
    owners = find_owners(tmp_path / "book.xlsx", Machine("desk", None, ()))
    assert [o.stale for o in owners] == [True]


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    def process(pid: str, comm: str, *arguments: str) -> None:
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "comm").write_text(comm + "\n")
        (tmp_path / pid / "cmdline").write_bytes("\0".join(arguments).encode() + b"\0")

    (tmp_path / "stat").write_text("cpu 1 2\nbtime 1700000000\n")
    process("10", "bash", "bash")
    process("11", "soffice.bin", "soffice.bin", "-env:UserInstallation=file:///p1", "--calc")
    process("12", "oosplash", "oosplash")
    process("self", "soffice.bin")
    (tmp_path / "13").mkdir()
    return tmp_path


def test_processes_are_read(proc: Path) -> None:
    machine = this_machine(proc)
    assert machine.host == socket.gethostname()
    assert machine.booted == 1_700_000_000
    assert sorted(map(str, machine.office_profiles or ())) == ["None", "file:///p1"]


def test_a_dead_process_holds_nothing(proc: Path) -> None:
    (proc / "12" / "cmdline").write_bytes(b"")
    assert this_machine(proc).office_profiles == ("file:///p1",)


def test_no_boot_time(proc: Path) -> None:
    (proc / "stat").write_text("cpu 1 2\n")
    assert this_machine(proc).booted is None


def test_a_system_without_proc_knows_its_name_only(tmp_path: Path) -> None:
    assert this_machine(tmp_path / "none") == Machine(socket.gethostname())
