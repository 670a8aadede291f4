"""Where the password of an encrypted workbook comes from; never from the command line itself.

The first of these that gives one counts: --password-file, TRACKER_PASSWORD_COMMAND, the keyring,
a prompt on a terminal. None is asked before a workbook needs it.
"""

from __future__ import annotations

import getpass
import os
import shlex
import subprocess
import sys
import warnings
from functools import cached_property
from pathlib import Path

from tracker.cli.output import Console
from tracker.errors import ConfigError

VARIABLE = "TRACKER_PASSWORD_COMMAND"
SERVICE = "tracker"


class Passwords:
    """Gives the password of a workbook; what one source says is kept for the books that follow."""

    def __init__(self, file: Path | None, console: Console) -> None:
        self._file, self._console = file, console

    def __call__(self, book: Path) -> str | None:
        """The password, or None where no source has one. ConfigError where a source fails."""
        if self._file is not None:
            return self._of_file
        if os.environ.get(VARIABLE):
            return self._of_command
        return _of_keyring(book) or self._of_prompt(book)

    @cached_property
    def _of_file(self) -> str:
        try:
            if str(self._file) == "-":
                data = sys.stdin.buffer.readline()
            else:
                assert self._file is not None
                data = self._file.read_bytes()
        except OSError as e:
            why = e.strerror or type(e).__name__
            raise _failed(
                "--password-file", f"读不出来（{why}）", f"cannot be read ({why})"
            ) from None
        return _first_line("--password-file", data)

    @cached_property
    def _of_command(self) -> str:
        said = os.environ[VARIABLE]
        try:  # without a shell; Windows takes a command line as it stands
            words = said if os.name == "nt" else shlex.split(said)
            done = subprocess.run(  # noqa: S603 - the user's own command
                words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
            )
        except (OSError, ValueError):  # no such program, or a quotation that never ends
            raise _failed(VARIABLE, "命令无法运行", "the command cannot be run") from None
        if done.returncode:
            code = done.returncode
            raise _failed(VARIABLE, f"命令失败（{code}）", f"the command failed ({code})")
        return _first_line(VARIABLE, done.stdout)

    def _of_prompt(self, book: Path) -> str | None:
        if not sys.stdin.isatty():
            return None
        asked = {"zh": f"{book} 的密码：", "en": f"Password of {book}: "}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", getpass.GetPassWarning)  # it would echo
                return getpass.getpass(asked[self._console.language()])
        except (EOFError, OSError, getpass.GetPassWarning):
            return None


def _of_keyring(book: Path) -> str | None:
    """What the system's keyring has for the workbook, by where it really lies."""
    try:
        import keyring

        return keyring.get_password(SERVICE, os.path.realpath(book))
    except Exception:  # noqa: BLE001 - a keyring that is missing, locked or broken has none
        return None


def _first_line(source: str, data: bytes) -> str:
    try:
        word = data.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise _failed(source, "不是 UTF-8 文本", "is no text in UTF-8") from None
    if not word:
        raise _failed(source, "第一行是空的，没有密码", "its first line is blank: no password")
    return word


def _failed(source: str, zh: str, en: str) -> ConfigError:
    return ConfigError(path=source, zh=zh, en=en)
