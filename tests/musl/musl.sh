#!/bin/sh
# SPDX-License-Identifier: MIT
# musl.sh COMPILER SOURCE STAGE FOLDER: builds the library and a module against musl, opens the module
# in a program that knows nothing of afield, and works in it with threads and a fork. A static program
# has a map that grows and shrinks.
set -eu
compiler=$1 source=$2 stage=$3 folder=$4
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$folder"
mkdir -p "$folder/include" "$folder/objects"
cd "$folder"

# What musl-gcc does not look for: the kernel's headers and those of the package.
for headers in /usr/include/linux /usr/include/asm-generic /usr/include/ck_* /usr/include/gcc \
	/usr/include/spinlock /usr/include/*/asm; do
	[ ! -e "$headers" ] || ln -sfn "$headers" include/
done
flags="-std=gnu11 -O2 -fPIC -Wall -Wextra -Werror -I$source/include -I$stage -isystem include"
archive() {
	find /usr/lib -name "$1" | head -n 1
}

for file in "$source"/lib/runtime/*.c "$source"/fields/*/*.c; do
	$compiler $flags -fvisibility=hidden -c "$file" -o "objects/$(basename "$file" .c).o"
done
$compiler -shared -o libafield.so objects/*.o "$(archive libck.a)" \
	-Wl,-z,nodelete,-z,defs
$compiler $flags -shared "$here/module.c" -o module.so -L. -lafield -Wl,-rpath,"$folder"
$compiler $flags "$here/program.c" -o program -ldl
$compiler $flags -static "$here/map.c" -o map objects/*.o "$(archive libck.a)"
if readelf -d module.so libafield.so | grep STATIC_TLS; then
	echo "wants static thread-local storage, which musl gives to nothing that is opened"
	exit 1
fi
./program "$folder/module.so"
./map
