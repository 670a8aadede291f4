"""The blocks of the Summary that a configuration names, held against those that there are."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.api.config import Config
from tracker.errors import ConfigError


def refuse_unknown_blocks(config: Config, names: Sequence[str]) -> None:
    """ConfigError where a name is neither that of a block nor that of a template of one's own."""
    from tracker.summary import blocks
    from tracker.summary.page import has_block, template_folders

    folders = template_folders(config.templates)
    wrong = [n for n in names if n not in blocks.known() and not has_block(n, folders)]
    if wrong:
        known = ", ".join(blocks.known())
        raise ConfigError(
            path=config.path or "thresholds",
            zh=f"summary.blocks 中没有这些版块：{', '.join(wrong)}（可用：{known}）",
            en=f"summary.blocks names no blocks: {', '.join(wrong)} (known: {known})",
        )
