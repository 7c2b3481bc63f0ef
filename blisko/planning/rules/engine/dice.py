"""Seeded dice for compiled code: xorshift128+ (Vigna 2014), its state two words passed in."""

import numpy as np
import numpy.typing as npt

from blisko.kit.compiled import inlined

Dice = npt.NDArray[np.uint64]
MASK = (1 << 64) - 1


def dice_from(seed: int) -> Dice:
    """Answer dice that fall the same way for the same seed (splitmix64 fills the state)."""
    state, words = seed & MASK, []
    for _ in range(2):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        words.append(z ^ (z >> 31))
    return np.array(words, np.uint64)


@inlined
def throw(dice: Dice) -> float:
    """Answer a number in [0, 1)."""
    a, b = dice[0], dice[1]
    dice[0] = b
    a ^= a << np.uint64(23)
    a ^= (a >> np.uint64(17)) ^ b ^ (b >> np.uint64(26))
    dice[1] = a
    return float((a + b) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def pick(dice: Dice, n: int) -> int:
    """Answer one of 0 … n-1."""
    return int(throw(dice) * n)
