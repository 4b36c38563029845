#!/bin/sh
# SPDX-License-Identifier: MIT
# environment.sh FILE: prints what the tests are run with, and what is missing and how to get it; fails
# when something that was found does not work. environment.cmake describes the lines of the file.
set -u
file=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The checks. Each prints a version and succeeds, or prints what is wrong and fails.

# compiles LANGUAGE COMPILER OPTIONS...: a program is compiled, linked and run.
compiles()
{
	printf 'int main(void) { return 0; }\n' > "$work/empty.c"
	language=$1 compiler=$2
	shift 2
	"$compiler" -x "$language" "$work/empty.c" -x none -o "$work/empty" "$@" &&
		"$work/empty" && "$compiler" -dumpfullversion -dumpversion
}

# both CC CXX
both()
{
	compiles c "$1" && compiles c++ "$2"
}

# links COMPILER OPTIONS...: the same, of a library.
links()
{
	compiles c "$@" > "$work/links" 2>&1 || { cat "$work/links"; return 1; }
}

# includes LANGUAGE COMPILER HEADER OPTIONS...: the header compiles.
includes()
{
	printf '#include <%s>\n' "$3" > "$work/header.c"
	language=$1 compiler=$2
	shift 3
	"$compiler" -x "$language" -fsyntax-only -w "$@" "$work/header.c"
}

# interprets PYTHON COMPILER INCLUDE: the interpreter runs, and its headers compile.
interprets()
{
	"$1" -I -c 'import sys, sysconfig, threading; print(sys.version.split()[0])' &&
		includes c "$2" Python.h -isystem "$3"
}

# runs PROGRAM ARGUMENTS...
runs()
{
	"$@" > "$work/output" 2>&1 || { cat "$work/output"; return 1; }
	sed -n '/[0-9]/{p;q}' "$work/output"
}

status=0
count=0
while IFS='|' read -r state tool place check; do
	case $state in
	found)
		count=$((count + 1))
		if $check > "$work/answer" 2>&1; then
			printf 'found     %-18s %s %s\n' "$tool" "$place" "$(head -n 1 "$work/answer")"
		else
			printf 'BROKEN    %-18s %s: this fails: %s\n' "$tool" "$place" "$check"
			cat "$work/answer"
			status=1
		fi
		;;
	absent) printf 'absent    %-18s leaves out %s: %s\n' "$tool" "$place" "$check" ;;
	"left out") printf 'left out  %s: %s\n' "$tool" "$place" ;;
	*) [ -z "$state" ] || { echo "unknown: $state"; status=1; } ;;
	esac
done < "$file"
[ $count -gt 0 ] || { echo "nothing was found at all"; status=1; }
exit $status
