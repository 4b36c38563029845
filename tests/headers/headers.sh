#!/bin/sh
# SPDX-License-Identifier: MIT
# headers.sh COMPILER STANDARD HEADERS OPTIONS...
#
# Each header of the semicolon list compiles alone, included twice, without a warning: as users see
# it and with -DAFIELD_SHOW_EXPANSIONS, where its warnings are not hidden. Prints every failure.
set -u
compiler=$1 standard=$2 headers=$3
shift 3
# In C++ a struct and a function of one name are said to hide a constructor; that is C's usage.
case $standard in
c++*) language=c++ shadow=-Wno-shadow ;;
*) language=c shadow=-Wshadow ;;
esac

count=0 failures=0
for header in $(printf '%s' "$headers" | tr ';' ' '); do
	for view in -UAFIELD_SHOW_EXPANSIONS -DAFIELD_SHOW_EXPANSIONS; do
		count=$((count + 1))
		printf '#include <afield/%s>\n#include <afield/%s>\nint main(void) { return 0; }\n' \
			"$header" "$header" |
			"$compiler" -x $language -std="$standard" -fsyntax-only -Wall -Wextra \
				-Wpedantic $shadow -Wconversion -Werror $view "$@" - || {
			echo "$header: not alone in $standard with $view"
			failures=$((failures + 1))
		}
	done
done
echo "$count compiled, $failures failed"
[ $count -gt 0 ] && [ $failures -eq 0 ]
