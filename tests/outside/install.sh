#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh BUILD PREFIX: installs into a folder and moves it, because a prefix may be moved.
set -eu
rm -rf "$2" "$2.before"
cmake --install "$1" --prefix "$2.before"
mv "$2.before" "$2"
if grep -rlF -e "$1" -e "$2.before" "$2/lib"*/cmake "$2/lib"*/pkgconfig "$2/include"; then
	echo "names the folder where it was built"
	exit 1
fi
