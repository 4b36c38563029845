#!/bin/sh
# SPDX-License-Identifier: MIT
# Every file in histories/ through the command, with every engine: first word, exit status, and page.
#	histories.sh COMMAND DIRECTORY
set -u
command=$1
directory=$2
page=$(mktemp)
trap 'rm -f "$page"' EXIT
failed=0
count=0

for file in "$directory"/*.txt; do
	expected=$(sed -n '1s/^# expect \([A-Z]*\):.*/\1/p' "$file")
	case $expected in
	LIN) status=0 ;;
	NONLIN) status=1 ;;
	*) echo "$file: its first line expects nothing"; exit 1 ;;
	esac
	for engine in default A B C all; do
		if [ $engine = default ]; then
			set -- --html "$page"
		else
			set -- --engine $engine
		fi
		said=$("$command" "$@" "$file" 2>&1)
		got=$?
		word=${said%% *}
		count=$((count + 1))
		if [ "$word" != "$expected" ] || [ $got -ne $status ]; then
			echo "$file, engine $engine: expected $expected and $status, got $word and $got"
			failed=1
		fi
		if [ "$expected" = NONLIN ] && ! echo "$said" | grep -q 'Cannot be placed'; then
			echo "$file, engine $engine: no counterexample"
			failed=1
		fi
	done
	if command -v xmllint >/dev/null && ! xmllint --noout "$page"; then
		echo "$file: the page is not well formed"
		failed=1
	fi
done
echo "$count runs"
[ $count -gt 100 ] && exit $failed
