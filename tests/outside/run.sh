#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh FOLDER PREFIX: runs the four programs of the consumer in FOLDER, whichever way they were
# built, and looks at what they and the installed libraries ask of the loader. What the libraries are
# called says with which releases they go together, as the package does: those of one minor version.
set -eu
cd "$1"
library=$(dirname "$(find "$2" -name libafield.so)")
abi=$(sed -n 's/^Version: \([0-9]*\.[0-9]*\)\..*/\1/p' "$library/pkgconfig/afield.pc")
[ -n "$abi" ]
for name in afield afield-check; do
	readelf -d "$library/lib$name.so" | grep -qF "soname: [lib$name.so.$abi]" ||
		{ echo "lib$name.so: its name is not for $abi"; exit 1; }
done

for program in depth_c_shared depth_cxx_shared depth_c_static depth_cxx_static; do
	printf '%s: ' $program
	LD_LIBRARY_PATH=$library ./$program | tail -n 1
	needs=$(readelf -d $program | grep -c 'NEEDED.*libafield\.so\.'"$abi]" || :)
	case $program in
	*_shared) [ "$needs" -eq 1 ] || { echo "does not need libafield.so.$abi"; exit 1; } ;;
	*_static) [ "$needs" -eq 0 ] || { echo "needs libafield.so.$abi"; exit 1; } ;;
	esac
done
section=$(find . -name '*section.so')
if nm -D --undefined-only "$section" | grep __tls_get_addr; then
	echo "the read section of a shared object calls __tls_get_addr"
	exit 1
fi
nm -D --undefined-only "$section" | grep -q afield__self

# Every name that the library shows is ours, has our version, and is declared in a header.
nm -D --defined-only "$library/libafield.so" | awk '$2 != "A" { print $3 }' > names
[ -s names ]
if grep -v "^afield_[a-z0-9_]*@@AFIELD_$abi\$" names; then
	echo "shown by the library, and not ours"
	exit 1
fi
# Some are declared by a macro; what needs Python's headers is read as it stands.
for header in "$2"/include/afield/*.h; do
	${CC:-cc} -E -I"$2/include" "$header" 2> /dev/null || :
done > declared
find "$2/include/afield" -name '*.h' -exec cat {} + >> declared
sed 's/@.*//' names | while read -r name; do
	grep -qw "$name" declared || { echo "$name: shown and not declared"; exit 1; }
done
