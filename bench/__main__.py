"""Every benchmark, one after another: `python -m bench`, or `python -m bench quick`.

Quick runs are short: enough to see that everything runs, too few to quote. Exits with 1 where a
target is missed.
"""

import sys

from bench import demo_world, pages, qr_sizes, register, verification


def main() -> int:
    quick = "quick" in sys.argv[1:]
    missed = 0
    for title, run in (
        ("QR sizes", qr_sizes.main),
        ("Verification", lambda: verification.main(quick)),
        ("Pages", lambda: pages.main(quick)),
        ("Register", lambda: register.main(quick)),
        ("Demo world", demo_world.main),
    ):
        print(f"== {title} ==", flush=True)
        missed += run()
        print()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
