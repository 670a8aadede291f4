from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tracker.opc.swap import exchange, replace, signals_held, sync_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_exchange_swaps_contents_or_says_that_it_cannot(tmp_path: Path) -> None:
    a, b = tmp_path / "甲", tmp_path / "乙"
    a.write_text("a")
    b.write_text("b")
    swapped = exchange(a, b)
    assert (a.read_text(), b.read_text()) == (("b", "a") if swapped else ("a", "b"))


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_exchange_of_a_missing_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "a", tmp_path / "b")


def test_replace(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    replace(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "a"
    (tmp_path / "d").mkdir()
    with pytest.raises(OSError, match="d"):
        replace(tmp_path / "b", tmp_path / "d")


def test_syncing_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    sync_folder(tmp_path / "none")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_waits_for_the_end(name: str) -> None:
    number = signal.Signals[name]
    came: list[str] = []
    before = signal.signal(number, lambda *_: came.append("signal"))
    try:
        with signals_held():
            signal.raise_signal(number)
            signal.raise_signal(number)
            came.append("end")
        assert came == ["end", "signal"]
        signal.raise_signal(number)
        assert came == ["end", "signal", "signal"]
    finally:
        signal.signal(number, before)


def test_interrupt_reaches_the_caller_afterwards() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # where it came ignored
    done: list[bool] = []

    def body() -> None:
        with signals_held():
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        body()
    assert done


def test_another_thread_holds_nothing() -> None:
    seen: list[bool] = []

    def body() -> None:
        before = signal.getsignal(signal.SIGTERM)
        with signals_held():
            seen.append(signal.getsignal(signal.SIGTERM) is before)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [True]
