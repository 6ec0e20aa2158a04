"""Every effect and table has plain words: a label that no other one of its choice has, and one neutral sentence."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from blocs.conduct.base import Effect
from blocs.conduct.catalogue import EFFECTS, TABLES
from blocs.conduct.words import table_of_words, words_of

EVERYTHING = (*EFFECTS, *TABLES)
LONGEST_LABEL, LONGEST_SENTENCE = 64, 132
SIDES = r"attack|enem|betray|traitor|loyal|regime|puppet|satellite|aggress|revision|renegade|victim|bully|blackmail"
"""What one side says of another; tables say conflictual, opponent, client, open quarrel."""


def test_the_table_of_words_is_that_of_the_catalogue():
    assert set(table_of_words()) == {(x.level, x.name) for x in EVERYTHING}


@pytest.mark.parametrize("of", EVERYTHING, ids=lambda x: f"{x.level}.{x.name}")
def test_words_are_plain_short_and_neutral(of):
    label, meaning = of.words
    assert 0 < len(label) <= LONGEST_LABEL
    assert label[0].isupper()
    assert not label.endswith(".")
    assert 0 < len(meaning) <= LONGEST_SENTENCE
    assert meaning[0].isupper()
    assert re.fullmatch(r"[^.]+\.", meaning), "one sentence"
    for text in of.words:
        assert not re.search(r"[_`|<>=*/\d]|log\(|polarity|rung|dyad|S\d\d", text), f"{text!r} is no plain English"
        assert not re.search(SIDES, text.lower()), f"{text!r} takes a side"


def test_no_two_effects_of_a_choice_share_a_label():
    for level in ("source", "target", "act", "issue"):
        labels = Counter(x.words.label for x in EVERYTHING if x.level == level)
        assert max(labels.values()) == 1, labels.most_common(3)


def test_an_effect_of_ones_own_is_called_by_its_name():
    mine = Effect("shared_ally", "target", "relations", EFFECTS[0].stat)
    assert mine.words == words_of("target", "shared_ally") == ("shared ally", "")
