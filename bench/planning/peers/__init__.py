"""Today's solvers, each told as much of a `Problem` as it can be told; what it cannot keep is said in its own words.

Every peer is `solve(problem, seconds, seed, start=None) -> Routes`. They get the time for searching alone: building their model is not
counted, reading ours is.
"""
