#!/bin/sh
# SPDX-License-Identifier: MIT
# pkgconfig.sh PREFIX FOLDER CC CXX: a consumer that has a compiler and pkg-config, no more.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$2"
mkdir -p "$2"
cd "$2"
PKG_CONFIG_PATH=$(dirname "$(find "$1" -name afield.pc)")
export PKG_CONFIG_PATH
flags="-O2 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags afield)"
shared=$(pkg-config --libs afield)
# The archive and not the shared library that lies beside it.
static=$(pkg-config --static --libs afield | sed 's/-lafield/-l:libafield.a/')

"$3" -std=c11 $flags "$here/consumer/depth.c" -o depth_c_shared $shared -pthread
"$4" -std=c++11 $flags "$here/consumer/depth_cxx.cpp" -o depth_cxx_shared $shared -pthread
"$3" -std=c11 $flags "$here/consumer/depth.c" -o depth_c_static $static
"$4" -std=c++11 $flags "$here/consumer/depth_cxx.cpp" -o depth_cxx_static $static
"$3" -std=c11 $flags -fPIC -shared "$here/consumer/section.c" -o section.so $shared
exec "$here/run.sh" "$2" "$1"
