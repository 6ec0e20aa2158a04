"""Joint texts: drafted, amended clause by clause, reverted overnight, decided, signed, and later kept or disowned (S07)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import jax.numpy as jnp

from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import Array, Bool, ByClause, Float, Key, Scalar
from blocs.ground.keys import uniforms
from blocs.ground.sums import outer, product
from blocs.institutions.procedures.codes import (
    ADOPTED,
    CLOSING,
    CONTESTED,
    DROPPED,
    NOTE,
    OPEN,
    PROPOSED,
    SOFTENED,
    TEXT,
)
from blocs.institutions.procedures.items import heaviest
from blocs.institutions.procedures.rules import decide, executed, support, verdicts
from blocs.institutions.procedures.stances import objections, standing, swayed, view_of
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.moves import approach, fade, fit, lean, only_when, unit

Objection = Float[Array, "session clause actor"]
CLAUSE_FIELDS = frozenset(
    {"clause_issue", "clause_text", "clause_strength", "clause_state", "clause_share", "clause_rounds", "clause_won"}
)


class _Round(NamedTuple):
    """Clauses after one round of amendments."""

    text: ByClause
    strength: ByClause
    won: ByClause
    rounds: ByClause
    state: ByClause


class Texts(AbstractMechanism):
    """Clauses of a joint text, 5 a session: an issue, a wording -1..1, a strength 0 (deleted) to 3 (named).

    At the opening the drafters write a clause for each of the heaviest issues of the agenda, by the share `probe` on
    their way to the mean of those present (R07.2). An actor minds a clause by its distance, less by `words` for each
    step of strength below 3 (F07.1). Each step is one round, clause by clause: where somebody minds above `tolerance`,
    the clause softens by at most `soften` steps and moves by `give` toward the critics, in proportion to their weight
    (R07.5), to how far the notice let them study it, `notice / study` (F07.4), and, as it moves, to the room that the
    convener has left. Where the convener sent less than its head, what was won is taken back in a step with the chance
    `revert` times the missing rank (F07.3). At the close the rule of the session decides each clause; those who mind an
    adopted clause above `tolerance` sign with a reservation, above twice that not at all (R07.10). Who signed is bound:
    public positions near the text by half every `hold` at full binding. The convener discounts a text by `discount` for
    each step it gave (R07.7, F07.2), reads a text by which it is not bound nearer to its own view, by half every `reread`,
    cools by `snub` toward who would not sign (F07.5), and loses trust by `grievance` with those whose objection the notice
    did not let in. A dossier sways by `sway`, less by `recoil` times its severity, up to twice that where it was handed
    out less than `read` days before (F06.4).
    """

    strength: Scalar
    probe: Scalar
    tolerance: Scalar
    words: Scalar
    soften: Scalar
    give: Scalar
    study: Scalar
    revert: Scalar
    quota: Scalar
    naming: Scalar
    sway: Scalar
    recoil: Scalar
    read: Scalar
    discount: Scalar
    snub: Scalar
    grievance: Scalar
    hold: Scalar
    lapse: Scalar
    reread: Scalar
    card: ClassVar[Card] = Card(
        name="texts",
        summary="joint texts are drafted, amended clause by clause, decided by a rule, signed, and kept or disowned",
        systems=("S07", "S06"),
        rules=("R07.2", "R07.3", "R07.4", "R07.5", "R07.6", "R07.7", "R07.10"),
        reads=CLAUSE_FIELDS
        | {
            "session_form",
            "session_stage",
            "session_plan",
            "session_notice",
            "session_rule",
            "session_reserve",
            "session_dossier",
            "session_lead",
            "session_seat",
            "session_chair",
            "session_drafter",
            "session_agenda",
            "session_sign",
            "plan_naming",
            "public_position",
            "bargaining_weight",
            "doctrine_weight",
            "text_line",
            "text_force",
            "text_binding",
            "warmth",
            "trust",
        },
        writes=CLAUSE_FIELDS
        | {"session_sign", "public_position", "text_line", "text_force", "text_binding", "warmth", "trust"},
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero"}),
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("probe", "share", 0.0, 1.0, 0.2, "R07.2: the trial formula is weaker than wanted"),
            Param("tolerance", "share", 0.0, 1.0, 0.15, "ours: objection that is swallowed"),
            Param(
                "words", "share per step", 0.0, 0.333, 0.2, "F07.1, T n=3: names and adjectives are what is fought over"
            ),
            Param("soften", "step per round", 0.0, 3.0, 0.6, "R07.3: adjective by adjective"),
            Param("give", "share per round", 0.0, 1.0, 0.2, "R07.5: near-agreed theses change"),
            Param("study", "day", 1.0, 365.0, 21.0, "R07.6: notice, joint study, session, vote, publication"),
            Param("revert", "share", 0.0, 1.0, 0.7, "F07.3, T n=1: reversed overnight when the top was absent"),
            Param("quota", "share", 0.0, 1.0, 0.667, "ours: share of the weight in a qualified majority"),
            Param("naming", "step", 0.0, 3.0, 1.0, "F07.1: first strength of a text that nobody scheduled"),
            Param("sway", "share", 0.0, 1.0, 0.9, "F06.4, I n=1: a dossier persuades"),
            Param("recoil", "share", 0.0, 4.0, 1.6, "F06.4, I n=1: an over-strong one loses support"),
            Param("read", "day", 0.5, 60.0, 7.0, "S06 procedure 5, T n=1: a dossier hours before recoils; ours"),
            Param("discount", "share per step", 0.0, 1.0, 0.15, "R07.7"),
            Param("snub", "share", 0.0, 1.0, 0.2, "F07.5, T n=1"),
            Param("grievance", "share", 0.0, 1.0, 0.3, "F07.4, T n=1"),
            Param("hold", "day", 7.0, 7300.0, 730.0, "S07 effects: a text is a shield and a display; ours"),
            Param("lapse", "day", 30.0, 7300.0, 1460.0, "S07: texts of 1957 are cited in 1960; ours"),
            Param("reread", "day", 30.0, 7300.0, 1095.0, "S07 procedure 8, I n=2: reinterpreted or disowned; ours"),
        ),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Change nothing: acts in a session are the business of `assembly`."""
        return state

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Draft, amend, decide and sign, then let signed texts work."""
        under_way = (state.session_stage >= OPEN) & (state.session_stage <= CLOSING)
        writing = (state.session_form == TEXT) & under_way & (self.strength > 0)
        state = only_when(writing.any(), state, self.card.writes, lambda s: self._meet(key, s, writing))
        return self._work(world, state, self.strength * days)

    def _meet(self, key: Key, state: State, writing: Bool[Array, " session"]) -> State:
        state = self._draft(state, writing & (state.session_stage == OPEN))
        sitting = writing & ((state.session_stage == OPEN) | (state.session_stage == CLOSING))
        minded = self._minded(state)
        state = self._amend(key, state, sitting, minded)
        return self._close(state, writing & (state.session_stage == CLOSING), self._minded(state))

    def _minded(self, state: State) -> Objection:
        found = objections(
            state.public_position, state.clause_issue, state.clause_text, state.clause_strength, self.words
        )
        late = 1.0 - unit(state.session_lead / self.read)
        return swayed(found, state.session_dossier, self.sway, self.recoil * (1.0 + late))

    def _draft(self, state: State, open_: Bool[Array, " session"]) -> State:
        """Write the first draft of the sessions that have none: 5 clauses each."""
        fresh = (open_ & (jnp.max(state.clause_issue, axis=1) < 0))[:, None]
        issue = heaviest(state.session_agenda)
        mine = view_of(state.session_drafter, state.public_position)
        wish = approach(mine, view_of(state.session_seat, state.public_position), self.probe)
        place = jnp.maximum(issue, 0).astype(jnp.int32)
        there = issue >= 0
        text = jnp.take_along_axis(wish, place, axis=1, mode="clip") * there
        plan = jnp.clip(state.session_plan, 0, state.plan_naming.shape[0] - 1).astype(jnp.int32)
        word = jnp.where(state.session_plan >= 0, state.plan_naming[plan], self.naming)[:, None] * there
        return state.replace(
            clause_issue=jnp.where(fresh, issue, state.clause_issue).astype(state.clause_issue.dtype),
            clause_text=jnp.where(fresh, fit(text, "clause_text", state.clause_text), state.clause_text),
            clause_strength=jnp.where(fresh, fit(word, "clause_strength", state.clause_text), state.clause_strength),
            clause_state=jnp.where(fresh, PROPOSED * there, state.clause_state).astype(state.clause_state.dtype),
        )

    def _amend(self, key: Key, state: State, sitting: Bool[Array, " session"], minded: Objection) -> State:
        """One round: contested clauses soften toward their critics, or what was won is taken back."""
        there = (state.session_seat > 0)[:, None]
        weight = standing(state.bargaining_weight, state.doctrine_weight)
        critic = weight * (there & (minded > self.tolerance))
        force = jnp.sum(critic, axis=2) / jnp.maximum(jnp.sum(weight * there, axis=2), 1e-6)
        heard = unit(state.session_notice / self.study)[:, None]
        alive = (state.clause_state >= PROPOSED) & (state.clause_state != DROPPED) & (state.clause_state != NOTE)
        on = sitting[:, None] & alive
        contested = on & (force > 0)
        head = jnp.sum(state.session_chair * state.session_seat, axis=1)
        draws = uniforms(key, jnp.arange(head.shape[0], dtype=jnp.uint32))
        away = draws < self.strength * self.revert * (1.0 - unit(head))
        back = on & away[:, None] & (state.clause_won > 0)
        own = jnp.sum(minded * state.session_chair[:, None], axis=2)
        room = unit(1.0 - own / jnp.maximum(self.tolerance, 1e-6))
        after = self._round(state, contested, back, force * heard, heard, room, _mean(critic, state))
        share = support(minded, state.session_seat, weight, self.tolerance)
        return state.replace(
            clause_text=fit(after.text, "clause_text", state.clause_text),
            clause_strength=fit(after.strength, "clause_strength", state.clause_strength),
            clause_won=fit(after.won, "clause_won", state.clause_won),
            clause_rounds=fit(after.rounds, "clause_rounds", state.clause_rounds),
            clause_state=after.state.astype(state.clause_state.dtype),
            clause_share=jnp.where(on, share, state.clause_share).astype(state.clause_share.dtype),
        )

    def _round(
        self, state: State, contested: Array, back: Array, push: Array, heard: Array, room: Array, critics: ByClause
    ) -> _Round:
        """Return the clauses after a round.

        `push` 0..1 is the critics' share of the weight, as far as it was heard; `room` 0..1 is how far the convener can
        go toward them before it minds the clause itself.
        """
        mine = view_of(state.session_drafter, state.public_position)
        home = jnp.take_along_axis(mine, jnp.maximum(state.clause_issue, 0).astype(jnp.int32), axis=1, mode="clip")
        much = unit(self.strength * 3.0 * push)
        cut = jnp.minimum(self.soften * much, state.clause_strength) * (contested & ~back)
        restored = jnp.minimum(self.soften, state.clause_won) * back
        text = jnp.where(
            contested & ~back, approach(state.clause_text, critics, self.give * much * room), state.clause_text
        )
        text = jnp.where(back, approach(text, home, self.give), text)
        strength = state.clause_strength - cut + restored
        gone = contested & ~back & (strength <= 0.05)
        mark = jnp.where(contested, jnp.where(cut > 0, SOFTENED, CONTESTED), state.clause_state)
        mark = jnp.where(gone, DROPPED, jnp.where(back, CONTESTED, mark))
        return _Round(
            text,
            strength,
            state.clause_won + cut - restored,
            state.clause_rounds + heard * (contested | back),
            mark,
        )

    def _close(self, state: State, closing: Bool[Array, " session"], minded: Objection) -> State:
        """Decide every clause by the rule of the session, collect signatures, and note what follows from them."""
        weight = standing(state.bargaining_weight, state.doctrine_weight)
        seat, chair = state.session_seat, state.session_chair
        found = verdicts(minded, seat, chair, weight, state.session_reserve, self.tolerance, self.quota)
        alive = (state.clause_issue >= 0) & (state.clause_state != DROPPED) & (state.clause_state != NOTE)
        now = closing[:, None]
        adopted = decide(state.session_rule, found) & alive & now
        hard = jnp.any((seat > 0)[:, None] & (minded > 2.0 * self.tolerance), axis=2)
        left = now & alive & ~adopted
        mark = jnp.where(adopted, ADOPTED, jnp.where(left, jnp.where(hard, DROPPED, NOTE), state.clause_state))
        sign = self._signed(state, adopted, minded) * now
        sign = jnp.where(now, sign, state.session_sign)
        state = state.replace(
            clause_state=mark.astype(state.clause_state.dtype),
            session_sign=fit(sign, "session_sign", state.session_sign),
        )
        state = self._bind(state, adopted, sign)
        return self._felt(state, closing, adopted, minded, sign)

    def _signed(self, state: State, adopted: Bool[Array, "session clause"], minded: Objection) -> Array:
        """Return signatures: -1 refused, 0.5 with a reservation, 1 signed; 0 for the absent and where there is no text."""
        worst = jnp.max(minded * adopted[..., None], axis=1)
        room = (state.session_reserve > 0)[:, None] & (worst <= 2.0 * self.tolerance)
        level = jnp.where(worst <= self.tolerance, 1.0, jnp.where(room, 0.5, -1.0))
        return level * (state.session_seat > 0) * jnp.any(adopted, axis=1)[:, None]

    def _bind(self, state: State, adopted: Bool[Array, "session clause"], sign: Array) -> State:
        """Put adopted clauses in force and bind who signed; by some rules those who did not are bound as well."""
        issues = jnp.arange(state.text_line.shape[0])
        about = adopted[..., None] & (state.clause_issue[..., None] == issues)
        count = jnp.sum(about, axis=(0, 1))
        line = jnp.sum(about * state.clause_text[..., None], axis=(0, 1)) / jnp.maximum(count, 1)
        there = (state.session_seat > 0) * 1.0
        held = jnp.maximum(sign, 0.5 * there * executed(state.session_rule)[:, None])
        given = jnp.sum(state.clause_won * adopted, axis=1) / jnp.maximum(jnp.sum(adopted, axis=1), 1)
        given = given[:, None] * state.session_chair
        held = held * unit(1.0 - self.discount * given)
        bound = outer(held, jnp.sum(about * 1.0, axis=1)) / jnp.maximum(count, 1)
        fresh = count > 0
        s = self.strength
        return state.replace(
            text_line=_renewed(state.text_line, line, fresh * s, "text_line"),
            text_force=_renewed(state.text_force, jnp.ones_like(line), fresh * s, "text_force"),
            text_binding=_renewed(state.text_binding, bound, fresh * s, "text_binding"),
        )

    def _felt(
        self, state: State, closing: Bool[Array, " session"], adopted: Array, minded: Objection, sign: Array
    ) -> State:
        """Cool the convener toward who refused, and take trust from it where objections could not be studied."""
        refused = (sign < 0) * closing[:, None]
        snub = outer(state.session_chair, refused * 1.0)
        unheard = (1.0 - unit(state.session_notice / self.study)) * closing
        worst = jnp.max(minded * adopted[..., None], axis=1) * (state.session_seat > 0) * (state.session_chair == 0)
        hurt = outer(worst * unheard[:, None], state.session_chair)
        warmth = lean(state.warmth, -unit(self.strength * self.snub * snub))
        trust = state.trust * (1.0 - unit(self.strength * self.grievance * 2.0 * hurt))
        return state.replace(warmth=fit(warmth, "warmth", state.warmth), trust=fit(trust, "trust", state.trust))

    def _work(self, world: World, state: State, span: Scalar) -> State:
        """Draw public positions toward texts in force, as far as each is bound; old texts lapse or are read anew."""
        patrons = jnp.sum(world.patron)
        view, bound = (
            product(world.patron, x) / jnp.maximum(1.0, patrons) for x in (state.public_position, state.text_binding)
        )
        loose = (1.0 - fade(span, self.reread)) * (1.0 - unit(bound)) * state.text_force * (patrons > 0)
        line = approach(state.text_line, view, loose)
        pull = state.text_binding * state.text_force * (1.0 - fade(span, self.hold))
        shown = approach(state.public_position, state.text_line[None], pull)
        left = fade(span, self.lapse)
        return state.replace(
            public_position=fit(shown, "public_position", state.public_position),
            text_force=fit(state.text_force * left, "text_force", state.text_force),
            text_line=fit(line, "text_line", state.text_line),
        )


def _mean(critic: Float[Array, "session clause actor"], state: State) -> ByClause:
    """Return where the critics of each clause stand on its issue, by their weight; the wording itself where nobody minds."""
    place = jnp.maximum(state.clause_issue, 0).astype(jnp.int32)
    held = jnp.moveaxis(jnp.take(state.public_position, place, axis=1, mode="clip"), 0, -1)
    total: Array = jnp.sum(critic, axis=2)
    mean = jnp.sum(critic * held, axis=2) / jnp.maximum(total, 1e-6)
    return jnp.where(total > 0, mean, state.clause_text)


def _renewed(old: Array, new: Array, share: Array, name: str) -> Array:
    """Return a quantity moved to its new value by a share 0..1, by issue."""
    return fit(approach(old, new, share), name, old)
