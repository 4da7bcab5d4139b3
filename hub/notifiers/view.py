"""A notice as a JSON object, for programs. Times are ISO 8601 in UTC with a Z."""

from typing import Any

from hub.notices import Notice
from hub.notifiers.texts import Text, plain
from hub.views import iso


def notice_view(notice: Notice, site: str, text: Text) -> dict[str, Any]:
    """Everything that the notice tells, with its message ready to be shown."""
    place, tier = notice.place, notice.tier
    return {
        "id": notice.key(site),
        "site": site,
        "reason": notice.reason,
        "severity": notice.severity,
        "subject": notice.subject,
        "unit": notice.unit,
        "area": {"ja": plain(place.area.ja), "en": plain(place.area.en)},
        "number": {"ja": plain(place.number.ja), "en": plain(place.number.en)},
        "name": {"ja": plain(place.name.ja), "en": plain(place.name.en)},
        "incident": notice.incident,
        "kinds": [plain(kind, 40) for kind in notice.kinds],
        "opened": iso(notice.opened),
        "time": iso(notice.due),
        "running_s": notice.running_s,
        "late_s": notice.late_s,
        "presses": notice.presses,
        "level_dba": notice.level_dba,
        "answered_by": None if notice.answered_by is None else plain(notice.answered_by, 80),
        "tier": None if tier is None else {"ja": plain(tier.ja), "en": plain(tier.en)},
        "round": notice.round,
        "note": None if notice.note is None else plain(notice.note),
        "language": notice.language,
        "title": text.title,
        "lines": list(text.lines),
        "url": notice.url,
    }
