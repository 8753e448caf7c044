"""What the user is told of directories that events do not tell everything of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from spawning_devtools.reload.watcher.watcher import Unheard, Why

_RAISE = "sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024"


def remarks(
    unheard: Iterable[Unheard], polled: Collection[str], told: set[tuple[Why, str]]
) -> Iterator[str]:
    """Yield a line for each thing that is not in `told` yet, and add it there."""
    by_reason: dict[tuple[Why, str], list[Unheard]] = {}
    for one in unheard:
        # A refusal is one remark for all directories; a file system is one each.
        key = (one.why, "" if one.why is Why.REFUSED else one.place)
        by_reason.setdefault(key, []).append(one)
    for key, ones in by_reason.items():
        if key not in told:
            told.add(key)
            yield _remark(ones, ones[0].path in polled)


def _remark(ones: list[Unheard], is_polled: bool) -> str:
    first = ones[0]
    match first.why:
        case Why.REFUSED:
            others = f" and {len(ones) - 1:,} more" if len(ones) > 1 else ""
            instead = (
                "its files are looked at every half second"
                if is_polled
                else "changes there are not seen"
            )
            return f"cannot watch {first.path}{others} ({first.detail}), {instead}; type: {_RAISE}"
        case Why.SHARED:
            return (
                f"{first.place} is a shared file system ({first.detail}), where others may write "
                "unseen; so its files are looked at every half second too"
            )
        case Why.SILENT:
            return (
                f"no file events arrive from {first.place} ({first.detail}); so its files are "
                "looked at every half second"
            )
