#!/bin/sh
# SPDX-License-Identifier: MIT
# The checker beside Porcupine on the same files, where Go and its module proxy are there.
#	compare.sh COMMAND GENERATOR
set -u
command=$1
generator=$2
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

peer=
if ! command -v go >/dev/null; then
	echo "no go: Porcupine is skipped"
elif ! (cd "$here" && GOFLAGS=-buildvcs=false timeout 120 go build -o "$work/porcupine" . \
	2>"$work/log"); then
	echo "Porcupine cannot be fetched or built and is skipped: $(tail -1 "$work/log")"
else
	peer=$work/porcupine
fi
uname -srm
sed -n 's/^model name[^:]*: /processor: /p' /proc/cpuinfo | head -1

for history in "register 8 10000" "register 8 100000" "queue 8 10000" "queue 8 100000" \
	"stack 8 10000"; do
	# shellcheck disable=SC2086
	"$generator" $history 1 > "$work/history"
	echo "$history"
	for engine in A B C; do
		echo "  afield $engine: $("$command" --engine $engine "$work/history" | head -1)"
	done
	[ -n "$peer" ] && echo "  porcupine: $("$peer" "$work/history")"
done
