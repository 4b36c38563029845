#!/bin/sh
# SPDX-License-Identifier: MIT
# abi.sh ABIDW ABIDIFF LIBRARY RELEASED FOLDER: the library has all that RELEASED, the description of
# a release, has, and as it was; more may have come. The description of today is left in FOLDER. Two
# broken copies of it must be refused, or the comparison sees nothing.
set -eu
abidw=$1 abidiff=$2 library=$3 released=$4 folder=$5
today=$folder/today.abi

# is_kept BEFORE AFTER: nothing that programs rely on has gone or changed.
is_kept()
{
	"$abidiff" --no-added-syms "$1" "$2" > "$folder/report" 2>&1
}

"$abidw" --out-file "$today" "$library"
grep -q "name='afield_retire'" "$today" || { echo "no debug information in $library"; exit 1; }
is_kept "$today" "$today" || { cat "$folder/report"; exit 1; }

# A function that is gone, and a table of another size.
sed "/<elf-symbol name='afield_barrier'/d; /<function-decl name='afield_barrier'/,/<\/function-decl>/d" \
	"$today" > "$folder/gone.abi"
sed "/<class-decl name='afield_type' /s/size-in-bits='[0-9]*'/size-in-bits='64'/" \
	"$today" > "$folder/smaller.abi"
for broken in gone smaller; do
	if cmp -s "$today" "$folder/$broken.abi" || is_kept "$today" "$folder/$broken.abi"; then
		echo "a library with something $broken passes for the same"
		exit 1
	fi
done

if [ ! -e "$released" ]; then
	echo "no release has this minor version yet: there is no $(basename "$released")"
elif ! is_kept "$released" "$today"; then
	cat "$folder/report"
	exit 1
fi
