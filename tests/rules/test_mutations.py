"""All signs flipped, one after the other; `python -m tests.rules.mutations` says how many."""

from __future__ import annotations

import numpy as np

from zygote_py.registry import lookup

from .mutations import Flipped, fails, mutants, replaced, survivors


def test_flipped_signs_are_noticed():
    chosen = mutants()
    assert len(chosen) > 700
    assert survivors(chosen) == []


def test_a_right_rule_passes_and_a_wrong_one_fails():
    rule = lookup(np.tanh)
    assert not fails(np.tanh)
    with replaced(rule, 0, Flipped(rule.parts[0])):
        assert fails(np.tanh)
    assert not fails(np.tanh)
