"""Every figure the README quotes, one bench after the other: `make bench`.

With a word, that one: national, messages, console, slots, repair, parts, shell, help, crowd, lighthouse.
"""

import runpy
import sys

from bench import fanout, national, page_weight, positions

OTHERS = "national, messages, console, slots, repair, parts, shell, help, crowd, lighthouse"


def main(words: list[str]) -> None:
    if words[:1] == ["national"]:
        national.main(words[1:])
        return
    if words[:1] in (["crowd"], ["lighthouse"]):
        sys.argv = words
        runpy.run_module(f"bench.{words[0]}", run_name="__main__")
        return
    if words in (["messages"], ["console"], ["slots"], ["repair"], ["parts"], ["shell"], ["help"]):  # each sets Django up for itself
        runpy.run_module(f"bench.{words[0]}", run_name="__main__")
        return
    if words:
        raise SystemExit(f"no such bench: {words[0]}; without a word all of them, or: {OTHERS}")
    for bench in (positions, fanout, page_weight):
        print(f"\n{(bench.__doc__ or '').splitlines()[0]}")
        bench.main()


if __name__ == "__main__":
    main(sys.argv[1:])
