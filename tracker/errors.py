"""What cannot go on: one exception root, an exit code a class, messages in Chinese and English.

Faults in a person's data are not exceptions; they are values (`tracker.findings`).
"""

from __future__ import annotations

from typing import ClassVar


class TrackerError(Exception):
    """Root of everything the package raises on purpose.

    A subclass gives the two message templates; the raiser gives the facts they name.
    `exit_code` is what the command line ends with (contract, section 3).
    """

    exit_code: ClassVar[int] = 70
    zh: ClassVar[str] = "程序内部错误：{why}"
    en: ClassVar[str] = "internal error: {why}"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, lang: str) -> str:
        """One line in `lang` ("zh" or "en"): what was found, where, and what to do."""
        return (self.zh if lang == "zh" else self.en).format_map(self.facts)


class UnsuitableFileError(TrackerError):
    """A file that is no workbook this program can keep whole (G8). Facts: `path`, `zh`, `en`."""

    exit_code = 2
    zh = "{path}：{zh}"
    en = "{path}: {en}"


class SchemaError(TrackerError):
    """A mistake in a schema file. Facts: `path`, `line` (1-based), `zh`, `en`."""

    exit_code = 2
    zh = "{path}:{line}：{zh}"
    en = "{path}:{line}: {en}"


class ConfigError(TrackerError):
    """A mistake in `tracker.toml` or in an option. Facts: `path`, `zh`, `en`."""

    exit_code = 2
    zh = "{path}：{zh}"
    en = "{path}: {en}"


class TemplateError(TrackerError):
    """A mistake in a Jinja template. Facts: `template`, `line`, `zh`, `en`."""

    exit_code = 2
    zh = "模板 {template}:{line}：{zh}"
    en = "template {template}:{line}: {en}"


class RefusedError(TrackerError):
    """Nothing was written, on purpose (exit 3). Facts: `path`, `zh`, `en`."""

    exit_code = 3
    zh = "{path}：{zh}，没有写入任何内容"
    en = "{path}: {en}; nothing was written"


class BookOpenError(RefusedError):
    """The workbook is open in another program (G6). Facts: `path`, `who`, `owner_file`."""

    zh = (
        "{path}：工作簿正被 {who} 打开，没有写入任何内容。请先关闭它；"
        "若确认无人打开（残留的 {owner_file}），加 --ignore-owner-file"
    )
    en = (
        "{path}: the workbook is open ({who}); nothing was written. Close it first; if nobody has it "
        "open and {owner_file} is left over, add --ignore-owner-file"
    )


class BookChangedError(RefusedError):
    """The file changed between reading and writing (G6). Facts: `path`."""

    zh = "{path}：读取之后文件已被别的程序修改，没有写入任何内容。请再运行一次"
    en = "{path}: the file changed after it was read; nothing was written. Run the command again"


class BookLockedError(RefusedError):
    """Another run of this program holds the workbook. Facts: `path`."""

    zh = "{path}：另一个 tracker 正在处理这个工作簿，没有写入任何内容。请稍后再试"
    en = "{path}: another tracker run holds this workbook; nothing was written. Try again shortly"


class SignedError(RefusedError):
    """Somebody's digital signature would be broken by a change. Facts: `path`."""

    zh = (
        "{path}：工作簿带有数字签名，任何修改都会使签名失效，没有写入任何内容。"
        "确认要放弃签名，请加 --break-signature"
    )
    en = (
        "{path}: the workbook is signed digitally, and any change breaks the signature; nothing was "
        "written. To save all the same add --break-signature"
    )


class ProofError(TrackerError):
    """The proof before a write failed (G1); nothing was written. Facts: `why`."""

    exit_code = 70
    zh = "写入前的无损校验没有通过，没有写入任何内容：{why}"
    en = "the proof that nothing is lost failed, nothing was written: {why}"
