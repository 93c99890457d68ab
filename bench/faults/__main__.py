"""Long fault runs: `python -m bench.faults [cuts] [kills] [--times 50] [--seed 1]`, a line of JSON for each; exit 1 on
a loss."""

import argparse
import json
import sys

from bench.faults import cuts, kills

RUNS = {"cuts": cuts.run, "kills": kills.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults")
    parser.add_argument("names", nargs="*", metavar="RUN", help=", ".join(RUNS))
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    is_well = True
    for name in options.names or RUNS:
        result = RUNS[name](times=options.times, seed=options.seed)
        is_well = is_well and result["is_well"]
        print(json.dumps({"run": name, **result}), flush=True)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
