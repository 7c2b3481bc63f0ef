"""Every figure the README quotes, one bench after the other: `make bench`."""

from bench import fanout, page_weight, positions


def main() -> None:
    for bench in (positions, fanout, page_weight):
        print(f"\n{(bench.__doc__ or '').splitlines()[0]}")
        bench.main()


if __name__ == "__main__":
    main()
