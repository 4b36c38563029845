#!/bin/sh
# SPDX-License-Identifier: MIT
# unsupported.sh COMPILER FLAGS...: the Python layer is refused where it cannot work, and the first
# error is the sentence that says why. Each line has a macro that stands for such a build.
set -u
compiler=$1
shift
status=0

check()
{
	output=$(printf '#include <afield/python.h>\n' |
		LC_ALL=C "$compiler" -std=c11 -fsyntax-only -x c "$@" - 2>&1)
	code=$?
	first=$(printf '%s\n' "$output" | grep -m1 'error:')
}

refused()
{
	sentence=$1
	shift
	check "$@"
	if [ $code -eq 0 ]; then
		echo "$*: compiles"
		status=1
	fi
	case $first in
	*"$sentence"*) ;;
	*) echo "$*: the first error is not '$sentence': $first"; status=1 ;;
	esac
}

check "$@"
[ $code -eq 0 ] || { echo "does not compile at all: $first"; exit 1; }
refused "afield needs CPython" "$@" -DPYPY_VERSION='"7.3"'
refused "afield needs CPython" "$@" -DGRAALVM_PYTHON
refused "the full Python API" "$@" -DPy_LIMITED_API=0x030B0000
refused "the full Python API" "$@" -DPy_TARGET_ABI3T=0x030F0000
refused "the full Python API" "$@" -D_Py_OPAQUE_PYOBJECT
exit $status
