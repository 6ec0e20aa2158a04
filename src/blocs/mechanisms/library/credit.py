"""Credit: requests, trimming, grants by the half rule, debt, repayment, forgiveness, annulment, reopening (S10)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import jax.numpy as jnp

from blocs.bloc.food import lever_place
from blocs.bloc.kinds import ASKS, CUTS, GRANTS, PROTESTS, any_kind
from blocs.bloc.state import State
from blocs.bloc.world import Act, World
from blocs.ground.axes import ByDyad, Index, Key, Scalar
from blocs.mechanisms.base import AbstractMechanism, Card, Param
from blocs.mechanisms.economy import half_rule, judged, lends
from blocs.mechanisms.library.unrest import line_gap
from blocs.mechanisms.moves import approach, fade, fit, unit

HUGE = 1e3
"""Index units beyond which requests do not pile up."""
YEAR, HALF_YEAR = 365.0, 180.0
"""Days in which a fund is half filled up, and half of a request or of struck items lapses."""
NOTICED = 0.1
"""Share of its way that one full act moves a client's record."""


class Account(NamedTuple):
    """What stands between a lender and a borrower, in index units, and the lender's fund."""

    request: Scalar
    struck: Scalar
    line: Scalar
    debt: Scalar
    fund: Scalar
    forgiven: Scalar


class Credit(AbstractMechanism):
    """A ledger for every pair: request, struck items, line (granted, not drawn), debt; a fund for every lender.

    A demand or proposal asks for `ask`. An answer that refuses strikes the share `cut` of what is asked (F10.1); a
    grant settles the share `settle` of it, up to an allotment fixed beforehand: the share `slice` of the fund, times
    the half rule of the borrower's conduct (R10.1), more for one whose failure would show (`front`, R10.3) and for one
    of weight that resists (`weight`, F10.2, R10.5), less where the lender itself lives on credit (`small`, R10.4). A
    grant after a protest also restores the share `restore` of what was struck (R10.7, R12.4). Aid draws the line,
    then the fund. Aid while the borrower's last word was hostile and fresh also forgives the share `forgive` of debt
    (R10.6). A sanction annuls the line; a borrower that comes round gets the share `reopen` of it back (R10.5). Help
    moves the borrower's public position toward the lender's by `sway`, less the more it weighs doctrine (R10.8). With
    time lines are drawn, debts repaid, funds filled up to `budget` times capability. Acts conserve, for each lender,
    fund + lines + debts + forgiven; time adds only the budget.
    """

    strength: Scalar
    ask: Scalar
    cut: Scalar
    settle: Scalar
    slice: Scalar
    half: Scalar
    poor: Scalar
    good: Scalar
    front: Scalar
    weight: Scalar
    small: Scalar
    restore: Scalar
    unit_aid: Scalar
    forgive: Scalar
    reopen: Scalar
    sway: Scalar
    doctrine: Scalar
    judge: Scalar
    draw: Scalar
    repay: Scalar
    budget: Scalar
    card: ClassVar[Card] = Card(
        name="credit",
        summary="requests, trimming, grants by the half rule, debt, repayment, forgiveness, annulment, reopening",
        systems=("S08", "S10", "S12"),
        rules=("R10.1", "R10.3", "R10.4", "R10.5", "R10.6", "R10.7", "R10.8", "R12.4"),
        reads=frozenset(
            {
                "request",
                "struck",
                "credit_line",
                "debt",
                "credit_fund",
                "forgiven",
                "conduct",
                "warmth",
                "dependence",
                "withheld",
                "frontline_exposure",
                "bargaining_weight",
                "doctrine_weight",
                "believed_unrest",
                "rung",
                "last_act",
                "recent",
                "public_position",
                "line",
                "salience",
                "broken",
            }
        ),
        writes=frozenset(
            {
                "request",
                "struck",
                "credit_line",
                "debt",
                "credit_fund",
                "forgiven",
                "conduct",
                "public_position",
            }
        ),
        laws=frozenset({"bounded", "blind_to_order", "still_at_zero", "conserves", "deterministic"}),
        slow=True,
        params=(
            Param("strength", "share", 0.0, 1.0, 1.0, "scales the whole mechanism"),
            Param("ask", "index per act", 0.0, 10.0, 1.0, "unit of requests: one ask"),
            Param("cut", "share", 0.0, 1.0, 0.5, "F10.1 and R12.1: first answers halve"),
            Param("settle", "share", 0.0, 1.0, 0.8, "S10 procedure 5, T n=2: the residual is granted at the end"),
            Param("slice", "share of the fund", 0.0, 1.0, 0.2, "S10 procedure 2, T n=1: fixed before the talk; ours"),
            Param("half", "share", 0.0, 1.0, 0.5, "R10.1 and R12.1: half when conduct is poor"),
            Param("poor", "share", 0.0, 1.0, 0.3, "ours: conduct at or below it earns `half`"),
            Param("good", "share", 0.0, 1.0, 0.8, "ours: conduct at or above it earns all"),
            Param("front", "share", 0.0, 5.0, 1.0, "R10.3"),
            Param("weight", "share", 0.0, 5.0, 2.0, "F10.2, T n=2: weighty resisters are paid more; ours"),
            Param("small", "share", 0.0, 1.0, 0.8, "R10.4: secondary donors give little"),
            Param("restore", "share", 0.0, 1.0, 0.4, "F10.1 and F12.2, T n=2: a later review restores a part"),
            Param("unit_aid", "index per unit of cooperation", 0.0, 10.0, 1.0, "unit of debt: one full act of aid"),
            Param("forgive", "share", 0.0, 1.0, 0.5, "R10.6: debt written off when the quarrel peaks"),
            Param("reopen", "share", 0.0, 1.0, 0.5, "R10.5"),
            Param("sway", "share per unit of cooperation", 0.0, 1.0, 0.1, "R10.8; ours"),
            Param("doctrine", "share", 0.0, 2.0, 1.1, "R10.8: at doctrine weight 0.9 nothing is bought"),
            Param("judge", "day", 7.0, 3650.0, 180.0, "R12.1: improve and it rises; ours"),
            Param("draw", "day", 7.0, 3650.0, 270.0, "S12 procedure 4: deliveries by the case; ours"),
            Param("repay", "day", 30.0, 36500.0, 3650.0, "S10 parameters: long credits, on time; ours"),
            Param("budget", "index", 0.0, 100.0, 6.0, "ours: what a fund of capability 1 fills up to in years"),
        ),
        references=("Hirschman 1945, National Power and the Structure of Foreign Trade",),
    )

    def after(self, world: World, state: State, act: Act) -> State:
        """Keep the two accounts of the pair, the source as lender and as borrower, and the record of conduct: O(A)."""
        i, j = act.source, act.target
        push = unit(self.strength * act.weight)
        state = self._lend(world, state, act, push)
        state = self._borrow(world, state, act, push)
        moved = approach(state.conduct[i], world.polarity[act.act] > 0, self._noticed(world, act, push))
        return state.replace(
            conduct=state.conduct.at[i].set(fit(moved, "conduct", state.conduct)),
            public_position=self._bought(world, state, act, push, i, j),
        )

    def _noticed(self, world: World, act: Act, push: Scalar) -> Scalar:
        """Share of its way by which a client's act toward its patron moves its record."""
        return NOTICED * push * jnp.abs(world.cooperation[act.act]) * world.client[act.source, act.target]

    def _lend(self, world: World, state: State, act: Act, push: Scalar) -> State:
        i, j, g = act.source, act.target, act.act
        a = _account(state, i, j)
        gives = lends(world, state, i, j)
        said = state.last_act[j, i]
        said_kind = jnp.maximum(said, 0)
        cut, grant, aid, annul = (
            push * any_kind(world, *CUTS)[g],
            push * any_kind(world, *GRANTS)[g],
            push * world.is_kind("aid")[g] * (world.polarity[g] > 0) * (world.material[g] > 0),
            push * any_kind(world, "sanction", "break")[g],
        )
        off = cut * self.cut * a.request
        a = a._replace(request=a.request - off, struck=a.struck + off)
        # a grant: what is asked, up to the allotment; the rest of what was settled is struck
        settled = grant * self.settle * a.request
        granted = gives * jnp.minimum(settled, self.allotment(world, state, i, j))
        a = a._replace(
            request=a.request - settled,
            struck=a.struck + settled - granted,
            line=a.line + granted,
            fund=a.fund - granted,
        )
        protested = (said >= 0) * any_kind(world, *PROTESTS)[said_kind]
        back = gives * protested * jnp.minimum(unit(jnp.maximum(grant, aid)) * self.restore * a.struck, a.fund)
        a = a._replace(struck=a.struck - back, line=a.line + back, fund=a.fund - back)
        a = self._aid(world, state, act, a, aid, said)
        gone = annul * a.line
        a = a._replace(line=a.line - gone, fund=a.fund + gone, struck=a.struck + gone)
        return _booked(state, i, j, a)

    def _aid(self, world: World, state: State, act: Act, a: Account, aid: Scalar, said: Index) -> Account:
        """Draw the line and the fund, and write off where the borrower's last word was hostile and fresh."""
        i, j = act.source, act.target
        share = half_rule(judged(world, state, i, j), self.half, self.poor, self.good)
        wanted = aid * self.unit_aid * jnp.maximum(0.0, world.cooperation[act.act]) * share
        from_line = jnp.minimum(wanted, a.line)
        from_fund = jnp.minimum(wanted - from_line, a.fund)
        a = a._replace(line=a.line - from_line, fund=a.fund - from_fund, debt=a.debt + from_line + from_fund)
        hostile = (said >= 0) * (world.polarity[jnp.maximum(said, 0)] < 0)
        off = aid * self.forgive * hostile * unit(state.recent[1, j, i]) * a.debt
        return a._replace(debt=a.debt - off, forgiven=a.forgiven + off)

    def _borrow(self, world: World, state: State, act: Act, push: Scalar) -> State:
        """Ask, and come round: entries of the account in which the source is the borrower."""
        i, j, g = act.source, act.target, act.act
        a = _account(state, j, i)
        asked = push * self.ask * any_kind(world, *ASKS)[g]
        round_ = push * any_kind(world, "agree", "align")[g] * lends(world, state, j, i)
        back = jnp.minimum(round_ * self.reopen * a.struck, a.fund)
        a = a._replace(
            request=jnp.minimum(a.request + asked, HUGE), struck=a.struck - back, line=a.line + back, fund=a.fund - back
        )
        return _booked(state, j, i, a)

    def allotment(self, world: World, state: State, lender: Index, borrower: Index) -> Scalar:
        """Return what a lender has set aside for a borrower, index units 0..fund (R10.1-R10.5)."""
        i, j = lender, borrower
        share = half_rule(judged(world, state, i, j), self.half, self.poor, self.good)
        resists = unit(jnp.maximum(state.believed_unrest[i, j] / 6.0, state.rung[i, j] / 12.0))
        credit = lever_place(world, "credit")
        own = 0.0 if credit is None else jnp.max(state.dependence[i, :, credit])
        worth = 1.0 + self.front * state.frontline_exposure[j] + self.weight * state.bargaining_weight[j] * resists
        return state.credit_fund[i] * unit(self.slice * share * worth) * (1.0 - self.small * own)

    def _bought(self, world: World, state: State, act: Act, push: Scalar, i: Index, j: Index) -> ByDyad:
        """Move the helped toward its helper's public position on the act's issue, less the more it weighs doctrine."""
        k, g = act.issue, act.act
        p = state.public_position
        help_ = (
            any_kind(world, "aid", "promise")[g] * jnp.maximum(0.0, world.cooperation[g]) * lends(world, state, i, j)
        )
        share = push * self.sway * help_ * unit(1.0 - self.doctrine * state.doctrine_weight[j])
        return p.at[j, k].set(fit(approach(p[j, k], p[i, k], unit(share)), "public_position", p))

    def tick(self, key: Key, world: World, state: State, days: Scalar) -> State:
        """Draw lines, repay debts, fill funds, let requests and records lapse: a few passes over pairs."""
        span = self.strength * days
        credit = lever_place(world, "credit")
        held = 0.0 if credit is None else state.withheld[:, :, credit].T
        open_ = 1.0 - state.broken
        drawn = state.credit_line * (1.0 - fade(span, self.draw)) * (1.0 - held) * open_
        paid = state.debt * (1.0 - fade(span, self.repay)) * open_
        room = jnp.maximum(0.0, self.budget * world.capability - state.credit_fund)
        fund = state.credit_fund + jnp.sum(paid, axis=0) + room * (1.0 - fade(span, jnp.asarray(YEAR)))
        goal = 1.0 - 0.5 * line_gap(world, state)
        conduct = approach(state.conduct, goal, (1.0 - fade(span, self.judge)) * world.member)
        lapse = fade(span, jnp.asarray(HALF_YEAR))
        return state.replace(
            credit_line=fit(state.credit_line - drawn, "credit_line", state.credit_line),
            debt=fit(state.debt + drawn - paid, "debt", state.debt),
            credit_fund=fit(fund, "credit_fund", state.credit_fund),
            request=fit(state.request * lapse, "request", state.request),
            struck=fit(state.struck * lapse, "struck", state.struck),
            conduct=fit(conduct, "conduct", state.conduct),
        )


def _account(state: State, lender: Index, borrower: Index) -> Account:
    i, j = lender, borrower
    return Account(
        state.request[j, i],
        state.struck[j, i],
        state.credit_line[j, i],
        state.debt[j, i],
        state.credit_fund[i],
        state.forgiven[i],
    )


def _booked(state: State, lender: Index, borrower: Index, a: Account) -> State:
    i, j = lender, borrower

    def put(name: str, place: tuple[Index, ...], value: Scalar) -> object:
        array = getattr(state, name)
        return array.at[place].set(fit(value, name, array))

    return state.replace(
        request=put("request", (j, i), a.request),
        struck=put("struck", (j, i), a.struck),
        credit_line=put("credit_line", (j, i), a.line),
        debt=put("debt", (j, i), a.debt),
        credit_fund=put("credit_fund", (i,), a.fund),
        forgiven=put("forgiven", (i,), a.forgiven),
    )


def held_by(state: State) -> Scalar:
    """Return each lender's total, axis actor: fund + lines granted + debts owed to it + forgiven; acts conserve it."""
    return state.credit_fund + state.forgiven + jnp.sum(state.credit_line + state.debt, axis=0)
