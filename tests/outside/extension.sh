#!/bin/sh
# SPDX-License-Identifier: MIT
# extension.sh PREFIX FOLDER CC CXX: a Python extension against the installed library, by pkg-config
# for every interpreter that AFIELD_PYTHONS lists or that is found on PATH, linked with the shared
# library and with the static one, as C and as C++, with the Python layer in each file and once for
# all; and by CMake for the first. An interpreter without headers is skipped, and said to be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=$1 folder=$2 cc=$3 cxx=$4
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name afield.pc)")
export PKG_CONFIG_PATH
libraries=$(pkg-config --variable=libdir afield)
rm -rf "$folder"
mkdir -p "$folder"

interpreters()
{
	echo "${AFIELD_PYTHONS:-}" | tr ':; ' '\n\n\n'
	for name in python3 python3.13t python3.14 python3.14t python3.15t; do
		command -v $name || :
	done
}

config()
{
	"$python" -c "import sysconfig; print(sysconfig.$1)"
}

# try NAME COMPILER... LIBRARIES: builds and uses one form of the module.
try()
{
	mkdir -p "$folder/$1"
	name=$1
	shift
	"$@" -o "$folder/$name/depth$(config "get_config_var('EXT_SUFFIX')")"
	printf '%s: ' "$name"
	LD_LIBRARY_PATH=$libraries PYTHONPATH=$folder/$name "$python" "$here/extension/use.py"
}

first=
number=0
for python in $(interpreters | awk 'NF && !seen[$0]++'); do
	headers=$(config "get_path('include')")
	if [ ! -e "$headers/Python.h" ]; then
		echo "skipped: $python has no headers"
		continue
	fi
	first=${first:-$python}
	number=$((number + 1))
	flags="-O2 -fPIC -shared -Wall -Wextra -Wpedantic -Werror -isystem $headers"
	flags="$flags $(pkg-config --cflags afield)"
	shared=$(pkg-config --libs afield)
	static=$(pkg-config --static --libs afield | sed 's/-lafield/-l:libafield.a/')
	source="$here/extension/depthmodule.c $here/extension/well.c"
	layer=$(pkg-config --variable=python_source afield)
	separate="-DAFIELD_PYTHON_SEPARATE $source $layer"
	try $number.c.shared "$cc" -std=c11 $flags $source $shared
	try $number.c.static "$cc" -std=c11 $flags $separate $static
	try $number.cxx.shared "$cxx" -x c++ -std=c++11 $flags $separate -x none $shared
done
[ -n "$first" ] || { echo "skipped: no interpreter has headers"; exit 77; }

python=$first
cmake -S "$here/extension" -B "$folder/cmake" -DCMAKE_PREFIX_PATH="$prefix" \
	-DCMAKE_C_COMPILER="$cc" \
	-DPython3_EXECUTABLE="$(command -v "$python")" > "$folder/cmake.log" || {
	cat "$folder/cmake.log"
	exit 1
}
cmake --build "$folder/cmake"
printf 'cmake: '
PYTHONPATH=$folder/cmake "$python" "$here/extension/use.py"
