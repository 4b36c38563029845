#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh TOOL PYTHON TOOLS FOLDER CC CXX OPTIONS...: has a tool make the extension by_<tool> in the
# folder. OPTIONS are for the compiler and the linker. Status 77 when the tool is not there.
set -eu
tool=$1 python=$2 tools=$3 folder=$4 cc=$5 cxx=$6
shift 6
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH="$tools" PYTHONDONTWRITEBYTECODE=1
config()
{
	"$python" -c "import sysconfig; print(sysconfig.$1)"
}
package()
{
	"$python" -c "import $1; print($1.$2())" 2> /dev/null || {
		echo "skipped: $python has no $1"
		exit 77
	}
}

mkdir -p "$folder"
output=$folder/by_$tool$(config "get_config_var('EXT_SUFFIX')")
headers=$(config "get_path('include')")
is_free=$(config "get_config_var('Py_GIL_DISABLED') or 0")
set -- -O1 -g -fPIC -shared -fvisibility=hidden -isystem "$headers" -I"$here" "$@"
case $tool in
cython)
	"$python" -c "import Cython" 2> /dev/null || {
		echo "skipped: $python has no Cython"
		exit 77
	}
	"$python" -m cython -3 "$here/by_cython.pyx" -o "$folder/by_cython.c"
	"$cc" -std=c11 "$folder/by_cython.c" "$@" -o "$output"
	;;
pybind11)
	include=$(package pybind11 get_include)
	"$cxx" -std=c++17 -isystem "$include" "$here/by_pybind11.cpp" "$@" -o "$output"
	;;
nanobind)
	include=$(package nanobind include_dir)
	[ "$is_free" = 1 ] && set -- -DNB_FREE_THREADED "$@"
	"$cxx" -std=c++17 -fno-strict-aliasing -isystem "$include" \
		-isystem "$include/../ext/robin_map/include" "$include/../src/nb_combined.cpp" \
		"$here/by_nanobind.cpp" "$@" -o "$output"
	;;
esac
