"""Seeded dice whose state is an array that is passed in: the same seed, the same future, in any process.

xoshiro256++ by Blackman and Vigna (2019, https://prng.di.unimi.it), its state filled by splitmix64 as its authors advise.
"""

import numpy as np
import numpy.typing as npt

from blisko.kit.compiled import compiled

Words = npt.NDArray[np.uint64]
UNIT = 2.0**-53


@compiled
def seed_dice(state: Words, seed: np.uint64, stream: np.uint64) -> None:
    """Fill the four words of `state` from a seed and the number of a stream (splitmix64)."""
    x = seed ^ (stream * np.uint64(0xD1342543DE82EF95) + np.uint64(0x632BE59BD9B4E019))
    for i in range(4):
        x += np.uint64(0x9E3779B97F4A7C15)
        z = x
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state[i] = z ^ (z >> np.uint64(31))


@compiled
def roll(state: Words) -> float:
    """Answer a number within [0, 1) and move the state on."""
    total = state[0] + state[3]
    word = ((total << np.uint64(23)) | (total >> np.uint64(41))) + state[0]
    kept = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= kept
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return float(word >> np.uint64(11)) * UNIT
