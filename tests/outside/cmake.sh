#!/bin/sh
# SPDX-License-Identifier: MIT
# cmake.sh PREFIX FOLDER CC CXX: a consumer that finds the library with find_package.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$2"
cmake -S "$here/consumer" -B "$2" -DCMAKE_PREFIX_PATH="$1" -DCMAKE_C_COMPILER="$3" \
	-DCMAKE_CXX_COMPILER="$4"
cmake --build "$2"
exec "$here/run.sh" "$2" "$1"
