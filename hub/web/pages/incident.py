"""The page of one incident: what happened, what to do next, and what was written about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from hub.incidents import Incident, State
from hub.incidents.acts import TRANSITIONS, Action
from hub.people import Role
from hub.record import approval, cases, guide, kinds, report, tasks
from hub.record.approval import Move
from hub.record.cases import Case
from hub.record.tasks import Task
from hub.store import agreements, journal, people_list, record_reports, record_tasks, timelines
from hub.store import cases as stored_cases
from hub.store.agreements import Meeting
from hub.store.record_reports import Kept
from hub.store.timelines import Line
from hub.web.api.common import BIGGEST
from hub.web.auth import CurrentPerson
from hub.web.card110 import Card110
from hub.web.level_graph import draw
from hub.web.pages.record_common import Desk, desk_of, readers, said_of
from hub.web.pages.rendering import pages_of
from hub.web.rights import may_see
from hub.web.timeline_words import OUTCOMES, SEVERITIES, STATES, TimelineWords

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=BIGGEST)]

ACTS = (
    (Action.ACKNOWLEDGE, "I am going"),
    (Action.ARRIVE, "Arrived"),
    (Action.RESOLVE, "Stand down"),
)
"""One press each, in this order; msgids."""
IN_SCRIPT = (
    *("{s} s", "{m} min {s} s", "{h} h {m} min"),
    "Disconnected for {s} s: what is shown may be old.",
)
"""The words that the page's script says."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one transaction reads for the page."""

    lines: list[Line]
    kept: Kept
    tasks: list[Task]
    cases: list[Case]
    every_case: list[Case]
    people: list[tuple[str, str]]
    approvers: list[str]
    """Names of those who could approve now."""
    seq: int
    met: Meeting | None
    """The meeting under a case in which it was opened."""


@router.get("/incidents/{number}", dependencies=[readers])
async def incident_page(request: Request, number: Number, person: CurrentPerson) -> Response:
    """The page as it stands; its script renews the parts that change."""
    desk = desk_of(request, person)
    return await show(request, desk, await desk.incident(number))


async def show(
    request: Request,
    desk: Desk,
    incident: Incident,
    *,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page; after a faulty form with its faults and with what was typed."""
    read = await desk.services.store.read(lambda tx: _read(tx, desk, incident))
    steps = guide.read((line.id, line.entry) for line in read.lines)
    words, dates = desk.words, desk.dates
    mine = [case for case in read.cases if cases.may_read(desk.person, case)]
    said = TimelineWords(words, dates, _tiers(desk))
    settings = desk.services.settings
    area = next((one for one in settings.areas if one.id == desk.area_of(incident.unit)), None)
    place = desk.services.house.place(incident.unit)
    now = desk.services.clock.now().wall
    card = Card110(words, dates, settings.office, desk.services.house.texts)
    return pages_of(request).render(
        request,
        "incident.html",
        desk.person,
        status,
        incident=incident,
        place=desk.place(incident.unit, area=False),
        area=place.area("en" if words.language == "en" else "ja"),
        signs=desk.signs(incident),
        lines=[said.line(line) for line in read.lines],
        guide=steps,
        steps=guide.STEPS,
        ways=guide.WAYS,
        card=card.lines(incident, place, area, steps),
        acts=_acts(desk, incident),
        may_write=desk.person.role in (Role.STAFF, Role.SUPERVISOR) and incident.merged_into is None,
        may_act=desk.person.role is Role.SUPERVISOR and incident.merged_into is None,
        met=read.met,
        met_alias=next((c.alias for c in mine if read.met and c.id == read.met.case), ""),
        going=incident.state not in (State.RESOLVED, State.CLOSED),
        people=[one for one in read.people if one[0] != desk.person.login],
        graph=draw(read.lines, dates.clock),
        kept=read.kept,
        fields=report.FIELDS,
        kind_list=[kinds.BY_CODE[code] for code in report.kinds_of(read.kept.report)],
        tests=kinds.TESTS,
        verdicts=kinds.VERDICTS,
        definition=kinds.meets_definition(report.verdicts_of(read.kept.report)),
        moves=_moves(desk, read.kept),
        stages=approval.STAGES,
        approvals=_approvals(read.lines),
        waits=read.kept.approval.stage in approval.WAITING and incident.merged_into is None,
        approvers=read.approvers,
        joint="、" if words.language == "ja" else ", ",
        tasks=read.tasks,
        task_kinds=tasks.KINDS,
        task_choices=[(code, words(name)) for code, name in tasks.KINDS.items()],
        advised=tasks.advised(report.kinds_of(read.kept.report), read.tasks),
        today=now.astimezone(settings.zone).date(),
        cases=mine,
        linkable=_linkable(desk, read),
        outcomes=OUTCOMES,
        states=STATES,
        severities=SEVERITIES,
        dates=dates,
        now=now,
        script_words={msgid: words.entries.get(msgid, msgid) for msgid in IN_SCRIPT},
        snapshot={"seq": read.seq, "now": now.isoformat(), "incident": incident.id},
        running_s=max(0, int((now - incident.opened).total_seconds())),
        said=said_of(request, words),
        faults=faults or {},
        typed=typed or {},
    )


def _read(tx: Connection, desk: Desk, incident: Incident) -> Read:
    site = desk.services.house.site
    kept = record_reports.load(tx, incident.id)
    return Read(
        timelines.timeline(tx, site, incident.id),
        kept,
        record_tasks.of_incident(tx, incident.id),
        stored_cases.of_incident(tx, site, incident.id),
        stored_cases.every(tx, site) if desk.person.role is Role.SUPERVISOR else [],
        people_list.names(tx, (Role.SUPERVISOR,)),
        _approvers(tx, kept, desk.area_of(incident.unit)),
        journal.last_seq(tx),
        agreements.of_incident(tx, site, incident.unit, incident.opened),
    )


def _approvers(tx: Connection, kept: Kept, area: str | None) -> list[str]:
    if kept.approval.stage not in approval.WAITING:
        return []
    return [
        who.name
        for who in people_list.supervisors(tx)
        if may_see(who, area) and Move.APPROVE in approval.allowed(kept.approval, who.login)
    ]


def _tiers(desk: Desk) -> dict[str, str]:
    """Timelines keep the Japanese name of a tier; this is what else it is called."""
    if desk.words.language != "en":
        return {}
    return {tier.name: tier.name_en for ladder in desk.services.house.ladders for tier in ladder.tiers}


def _acts(desk: Desk, incident: Incident) -> dict[str, Any]:
    """What a supervisor could do now: acts of one press, and those that need words."""
    if desk.person.role is not Role.SUPERVISOR or incident.merged_into is not None:
        return {
            "plain": [],
            "come": False,
            "hand_over": False,
            "give_back": False,
            "close": False,
            "reopen": False,
        }

    def fits(action: Action) -> bool:
        return (incident.state, action) in TRANSITIONS

    answered = incident.state in (State.ACKNOWLEDGED, State.RESPONDING)
    called = incident.standing is not None or incident.sign_due is not None
    plain = [
        (action.value, label)
        for action, label in ACTS
        if fits(action)
        and not (action is Action.ACKNOWLEDGE and answered and not called)
        and not (action is Action.ARRIVE and incident.state is State.OPEN)
    ]
    mine = incident.helper == desk.person.name
    return {
        "plain": plain,
        "come": answered and not mine,
        "hand_over": fits(Action.HAND_OVER),
        "give_back": fits(Action.GIVE_BACK) and mine,
        "close": fits(Action.CLOSE),
        "reopen": fits(Action.REOPEN),
    }


def _moves(desk: Desk, kept: Kept) -> frozenset[Move]:
    """What the person could do with the approval."""
    possible = approval.allowed(kept.approval, desk.person.login)
    if desk.person.role is Role.SUPERVISOR:
        return possible
    return possible & {Move.SUBMIT} if desk.person.role is Role.STAFF else frozenset()


def _approvals(lines: Sequence[Line]) -> list[tuple[str, Line]]:
    """The lines of the approval since the record was last a draft, for its three boxes."""
    found: list[tuple[str, Line]] = []
    for line in lines:
        what = line.entry.what
        if what == "record-submit":
            found = [("writer", line)]
        elif what == "record-approve":
            found.append(("leader" if len(found) == 1 else "head", line))
        elif what in ("record-return", "record-reopen"):
            found = []
    return found


def _linkable(desk: Desk, read: Read) -> list[Case]:
    has = {case.id for case in read.cases}
    return [
        case
        for case in read.every_case
        if case.id not in has and not case.closed and cases.may_write(desk.person, case)
    ]
