#!/bin/sh
# SPDX-License-Identifier: MIT
# refresh.sh [BUILD]: asks GenMC and the explorer about each litmus program that has changed since its
# verdict or has none, and writes down what they say (verdicts.py). BUILD is a configured build, or
# ./build. GenMC is on PATH or named by AFIELD_GENMC; its license is not this project's, it is built
# beside it: https://github.com/MPI-SWS/genmc.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
genmc=${AFIELD_GENMC:-genmc}
command -v "$genmc" >/dev/null || { echo "refresh.sh: no $genmc; AFIELD_GENMC names it" >&2; exit 2; }
cmake --build "$build" --target litmus
exec python3 "$here/verdicts.py" "$build/tests/explore/litmus.txt" "${CC:-cc}" "$genmc"
