#!/bin/sh
# SPDX-License-Identifier: MIT
# refused.sh FILE COMPILER gcc|clang INCLUDES...
#
# The file must not compile, and the compiler must say the sentence of the file's first comment,
# behind the licence; the
# twin (-DTWIN) must compile without a warning. A sentence that differs between compilers stands
# behind `gcc:` and `clang:`; it is the compiler's own and holds for C, or in a .cpp for C++. A
# sentence of ours holds for both, unless the file is a .cpp. All of it is tried again with
# -DAFIELD_SHOW_EXPANSIONS.
#
# `here` marks the line where gcc's first error must be. `row` marks, where that is another line,
# the row that is wrong: gcc knows the place of a row only when the error falls on a word of it, and
# our sentence quotes the row instead; clang reports the class and must cite the row in a note.
set -u
file=$1 compiler=$2 family=$3
shift 3

sentence=$(sed -n "s,^/\* $family: \(.*\) \*/$,\1,p;2s,^/\* \(afield: .*\) \*/$,\1,p" "$file" | head -n 1)
here=$(grep -n '/\* here \*/' "$file" | cut -d: -f1)
row=$(grep -n '/\* row \*/' "$file" | cut -d: -f1)
languages="c11"
case $sentence in
"") echo "$file: no sentence for $family in its first lines"; exit 1 ;;
afield:*) languages="c11 c++11" ;;
esac
case $file in *.cpp) languages="c++11 c++20" ;; esac

status=0
fail()
{
	echo "$file: $compiler $*"
	echo "$output"
	status=1
}

compile()
{
	case $1 in c++*) as=c++ ;; *) as=c ;; esac
	output=$(LC_ALL=C "$compiler" -x $as -std="$@" -Wall -Wextra -Wpedantic -fsyntax-only \
		"$file" 2>&1)
	code=$?
	output=$(printf '%s\n' "$output" | tr -d '\\')
}

says()
{
	printf '%s\n' "$output" | grep -qF -e "$1"
}

# The wrong file and its twin, in one language and with one more option.
try()
{
	compile "$@"
	first=$(printf '%s\n' "$output" | grep -m1 ': error: ')
	[ $code -ne 0 ] || fail "$1 $2: compiles"
	says "$sentence" || fail "$1 $2: does not say: $sentence"
	if [ $family = clang ]; then
		says "$file:${row:-}" || fail "$1 $2: does not cite line $row"
	elif [ "$2" != -DAFIELD_SHOW_EXPANSIONS ]; then
		case $first in
		"$file:$here:"*) ;;
		*) fail "$1: the first error is not in line $here" ;;
		esac
	fi
	compile "$@" -DTWIN -Werror
	[ $code -eq 0 ] || fail "$1 $2: the twin does not compile"
}

[ $family = clang ] && set -- -fmacro-backtrace-limit=0 "$@"
for language in $languages; do
	try $language -DNDEBUG "$@"
	try $language -DAFIELD_SHOW_EXPANSIONS "$@"
done
exit $status
