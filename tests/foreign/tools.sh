#!/bin/sh
# SPDX-License-Identifier: MIT
# tools.sh FOLDER PYTHON: has Cython, pybind11 and nanobind in the folder, by pip. What is there
# already, or importable by the interpreter, is not fetched again. Without pip or a network it says
# so, and the tests that want a missing tool are skipped.
set -u
folder=$1 python=$2
export PYTHONPATH=$folder
missing=
for tool in Cython pybind11 nanobind; do
	"$python" -c "import $tool" 2> /dev/null || missing="$missing $tool"
done
[ -z "$missing" ] && { echo "all are there"; exit 0; }
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" $missing || {
	echo "skipped: pip cannot install$missing"
	exit 77
}
echo "installed$missing"
