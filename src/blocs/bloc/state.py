"""The State: everything that moves, as one frozen pytree with named axes (SYSTEM section 3).

Each field is a row of `vocabulary.csv`. A mechanism never mutates: `state.replace(warmth=...)` returns a new state.
Memory is kept as of the day `clock - memory_age`: decay between two ticks is a scalar factor that `View` applies on
reading, so an act costs a few entries and not a pass over all matrices.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from blocs.bloc.vocabulary import SLOT_AXES, Quantity, vocabulary
from blocs.bloc.world import World
from blocs.ground.axes import (
    ActorMemory,
    ByActor,
    ByActorAct,
    ByActorIssue,
    ByActorLever,
    ByActorSeat,
    ByClause,
    ByDyad,
    ByDyadLever,
    ByIssue,
    ByIssuePair,
    ByMeeting,
    ByMeetingActor,
    ByMeetingIssue,
    ByMemory,
    BySession,
    BySessionActor,
    BySessionIssue,
    DyadMemory,
    Scalar,
)

TURN = ("source", "target", "act", "issue")
INTEGER = frozenset({"last_act", "last_issue", "turn", "message_source", "message_target", "message_issue"})


class State(eqx.Module):
    """The whole bloc at one moment; fields are explained, with unit and range, in `vocabulary.csv`.

    `clock` is the day since the scenario's epoch; `age` the days since the step began.
    """

    clock: Scalar
    age: Scalar
    cohesion: ByActor
    unrest: ByActor
    leader_standing: ByActor
    leader_changes: ByActor
    hard_currency: ByActor
    outside_suppliers: ByActor
    dissent_cost: ByActor
    doctrine_weight: ByActor
    bargaining_weight: ByActor
    frontline_exposure: ByActor
    border_insecurity: ByActor
    reserve_days: ByActorLever
    import_share: ByActorLever
    dependence: ByDyadLever
    warmth: ByDyad
    openness: ByDyad
    rung: ByDyad
    withheld: ByDyadLever
    debt: ByDyad
    broken: ByDyad
    public_position: ByActorIssue
    private_position: ByActorIssue
    salience: ByActorIssue
    line: ByIssue
    prestige: ByActor
    access: ByActor
    listed: ByActor
    honour_level: ByDyad
    conduct: ByActor
    credit_fund: ByActor
    credit_line: ByDyad
    forgiven: ByActor
    request: ByDyad
    struck: ByDyad
    on_order: ByActorLever
    harvest: ByActor
    scarcity: ByActor
    supply_promise: ByActor
    pending: ByDyad
    delivered: ByDyad
    cancelled: ByActor
    stall: ByDyad
    pool: ByActor
    pool_quality: ByActor
    technical_work: ByActor
    resource_true: ByActor
    resource_report: ByActor
    resource_centre: ByActor
    local_capacity: ByActor
    students: ByActor
    trained: ByActor
    student_loyalty: ByActor
    faction_expectation: ByActor
    demonstration: ByActor
    quota: ByActor
    compliance: ByActor
    home_cost: ByActor
    advice: ByActorLever
    integration_offer: ByActor
    reversal_cost: ByActor
    resistance: ByActor
    follow_lag: ByActor
    commitment: ByActorIssue
    line_phase: ByIssue
    line_strain: ByIssue
    shock: ByIssue
    patience: ByDyad
    cascade_lag: ByActor
    outside_option_true: ByActor
    outside_option_perceived: ByActor
    willingness_to_suffer: ByActor
    hardship: ByActor
    rally: ByActor
    trust: ByDyad
    party_tie: ByDyad
    rival_centre: ByActor
    thaw: ByActor
    mission: ByDyad
    susceptibility: ByActor
    news_access: ByActor
    concession: ByActor
    cc_confidence: ByActor
    congress_due: ByActor
    legitimacy: ByActor
    rift: ByActor
    purges: ByActor
    scapegoat: ByActor
    blame: ByActor
    cleared: ByActor
    rebuff: ByActor
    envoys_blamed: ByActor
    fallen_status: ByActor
    presence: ByActor
    withdrawn: ByActor
    treaty_exit: ByActor
    consulted: ByActor
    closed: ByActor
    army_reliability: ByActor
    abroad: ByActor
    agents: ByActor
    theses: ByActor
    cells: ByActor
    plots_exposed: ByActor
    hold_force: ByActorSeat
    hold_security: ByActorSeat
    hold_transport: ByActorSeat
    hold_committee: ByActorSeat
    hold_bureau: ByActorSeat
    list_rank: ByActorSeat
    title: ByActorSeat
    person: ByActorSeat
    pliant: ByActorSeat
    helper: ByActorSeat
    mandate: ByActorIssue
    verdict: ByActorIssue
    judged: ByActorIssue
    signed: ByActorIssue
    ruling: ByIssue
    annulment_due: ByIssue
    objections: ByIssue
    rests_on: ByIssuePair
    memory_age: ByMemory
    recent: DyadMemory
    hostile: ByDyad
    friendly: ByDyad
    sent: ActorMemory
    received: ActorMemory
    repertoire: ByActorAct
    agenda: ByActorIssue
    last_act: Int[Array, "actor actor"]
    last_issue: Int[Array, "actor actor"]
    turn: Int[Array, " turn"]
    plan_day: ByMeeting
    plan_days: ByMeeting
    plan_notice: ByMeeting
    plan_lead: ByMeeting
    plan_form: ByMeeting
    plan_rule: ByMeeting
    plan_reserve: ByMeeting
    plan_dossier: ByMeeting
    plan_naming: ByMeeting
    plan_held: ByMeeting
    on_calendar: ByMeeting
    plan_seat: ByMeetingActor
    plan_chair: ByMeetingActor
    plan_drafter: ByMeetingActor
    plan_rank: ByMeetingActor
    plan_agenda: ByMeetingIssue
    session_form: BySession
    session_stage: BySession
    session_plan: BySession
    session_age: BySession
    session_notice: BySession
    session_days: BySession
    session_lead: BySession
    session_rule: BySession
    session_reserve: BySession
    session_dossier: BySession
    session_outcome: BySession
    session_tone: BySession
    session_seat: BySessionActor
    session_chair: BySessionActor
    session_drafter: BySessionActor
    session_attack: BySessionActor
    session_floor: BySessionActor
    session_sign: BySessionActor
    session_declared: BySessionIssue
    session_agenda: BySessionIssue
    clause_issue: ByClause
    clause_text: ByClause
    clause_strength: ByClause
    clause_state: ByClause
    clause_share: ByClause
    clause_rounds: ByClause
    clause_won: ByClause
    text_line: ByIssue
    text_force: ByIssue
    text_binding: ByActorIssue
    defiance: ByActor
    written_case: ByActor
    divisible: ByIssue
    base_stage: ByActor
    vessels_total: ByActor
    vessels_delivered: ByActor
    vessels_held: ByActor
    crew_own: ByActor
    base_command: ByActor
    base_control: ByActor
    base_claims: ByActor
    terrain_closable: ByActor
    council_idle: Scalar
    discretion: ByActor
    envoy_reliability: ByActor
    report_bias: ByActor
    printed_line: ByIssue
    journal_line: ByIssue
    leaked: ByIssue
    known_line: ByActorIssue
    circle: ByActorIssue
    unheard: ByDyad
    tapped: ByDyad
    tap_known: ByDyad
    doubt: ByDyad
    believed_unrest: ByDyad
    evidence: ByDyad
    charge: ByDyad
    release: ByDyad
    edited: ByDyad
    message_source: Int[Array, " message"]
    message_target: Int[Array, " message"]
    message_issue: Int[Array, " message"]
    message_state: Float[Array, " message"]
    message_days: Float[Array, " message"]
    message_class: Float[Array, " message"]
    message_leak: Float[Array, " message"]
    message_order: Float[Array, " message"]
    message_told: Float[Array, " message"]

    def replace(self, **changes: Any) -> State:
        """Return a state with some fields changed; `TypeError` for a field that does not exist."""
        return dataclasses.replace(self, **changes)


def axis_sizes(world: World, half_lives: int) -> dict[str, int]:
    """Return the length of every axis name used in the vocabulary."""
    return {
        "actor": len(world.actors),
        "act": len(world.acts),
        "issue": len(world.issues),
        "lever": len(world.levers),
        "memory": half_lives,
        "turn": len(TURN),
        **SLOT_AXES,
    }


def blank_state(world: World, half_lives: int, dtype: Any = jnp.float32) -> State:
    """Return the state in which every quantity has its vocabulary default, at day 0."""
    sizes = axis_sizes(world, half_lives)

    def fill(q: Quantity) -> Array:
        kind = jnp.int32 if q.name in INTEGER else dtype
        return jax.device_put(np.full(tuple(sizes[a] for a in q.axes), q.default, kind))

    zero = jnp.zeros((), dtype)
    return State(clock=zero, age=zero, **{name: fill(q) for name, q in vocabulary().items()})


def bounds_broken(state: State) -> list[str]:
    """Return the names of quantities with an entry outside the vocabulary's range or not a number (host-side check)."""
    bad: list[str] = []
    for name, q in vocabulary().items():
        x = np.asarray(getattr(state, name))
        inside = x >= q.lo if q.hi is None else (x >= q.lo) & (x <= q.hi)
        if not (inside & np.isfinite(x)).all():
            bad.append(name)
    return bad
