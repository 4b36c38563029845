#!/bin/sh
# source.sh RULE ROOT COMPILER: prints every place that breaks the rule, and fails if there is one.
set -u
rule=$1 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)
cd "$2" || exit 1

files()
{
	find include lib fields tests bench -type f "$@" 2>/dev/null | grep -v '/build' | sort
}

# The code of a C or C++ file without its comments.
code()
{
	"$compiler" -fpreprocessed -dD -E -P -x c++ "$1" 2>/dev/null
}

is_allowed()
{
	grep -v '^#' "$here/allowed" | while read -r path reason; do
		case $1 in $path*) [ -n "$reason" ] && echo yes ;; esac
	done | grep -q yes
}

# No naked fence, builtin or volatile: every access names its order and has a site.
accesses()
{
	words='(__atomic_|__sync_|atomic_(thread|signal)_fence|volatile|__volatile__|_Atomic)'
	for file in $(files -name '*.[ch]' -o -name '*.cpp'); do
		is_allowed "$file" && continue
		code "$file" | grep -E "(^|[^A-Za-z0-9_])$words" | sed "s,^,$file: ,"
	done
}

# A file that one person can hold in the head.
lengths()
{
	for file in $(files; ls CMakeLists.txt); do
		case $file in *.md | *.json | *.txt.gz) continue ;; esac
		lines=$(wc -l < "$file")
		[ "$lines" -le 400 ] || echo "$file: $lines lines"
	done
}

# CPython gives 16 bytes of alignment and no more, so no field asks for a cache line.
alignment()
{
	for file in $(files -name '*.[ch]' | grep -E '^(include|fields)/'); do
		code "$file" | grep -E '(_Alignas|alignas|aligned) *\(+ *(32|64|128)' |
			sed "s,^,$file: ,"
	done
}

# There is no list of kinds: nothing outside a room includes it, registers it or names its folder,
# and no room includes another unless its own header says so before its first line of code.
kinds()
{
	all=
	for room in fields/*/; do
		room=${room%/}
		all=$all${all:+|}${room#fields/}
	done
	for file in $(files -name '*.[ch]' | grep -E '^(include|lib)/'); do
		# A common header may have a kind's name; its neighbours mean that one.
		others=
		for kind in $(echo "$all" | tr '|' ' '); do
			[ -e "${file%/*}/$kind.h" ] || others=$others${others:+|}$kind
		done
		code "$file" |
			grep -E "AFIELD_KIND_($all)\b|include.*[/\"<](${others:-$all})\.h" |
			sed "s,^,$file: ,"
	done
	# A word behind a dot is the end of a file's name, one before a parenthesis is CMake's.
	grep -nE "^([^#]*[^#.[:alnum:]_])?($all)\b([^(]|$)" CMakeLists.txt lib/CMakeLists.txt tests/CMakeLists.txt
	files -name '*.[ch]' | grep '^fields/' | grep -vE '/(test|bench|extension)[^/]*$' |
		xargs grep -oHE "include.*[/<\"]($all)\.h" | while IFS=: read -r file line; do
		line=${line%.h}
		kind=${line##*[/<\"]} room=${file%/*}
		room=${room#fields/}
		[ "$kind" = "$room" ] && continue
		header=fields/$room/$room.h
		sed '/^#/,$d' "$header" | grep -q "$kind" ||
			echo "$file: includes $kind.h, and $header does not say why"
	done
}

case $rule in
accesses | lengths | alignment | kinds) found=$($rule) ;;
*) echo "no such rule: $rule"; exit 1 ;;
esac
[ -z "$found" ] && [ "$(files -name '*.[ch]' | wc -l)" -gt 10 ] && exit 0
echo "$found"
exit 1
