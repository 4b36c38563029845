#!/bin/sh
# SPDX-License-Identifier: MIT
# What the command says of bad input and bad options, and that options do what they say.
#	command.sh COMMAND
set -u
command=$1
file=$(mktemp)
page=$(mktemp)
trap 'rm -f "$file" "$page"' EXIT
failed=0

# refuse LINE:COLUMN TEXT: exit 3, nothing on the output, the place on the error stream.
refuse() {
	printf "$2" > "$file"
	said=$("$command" "$file" 2>&1 >/dev/null)
	got=$?
	out=$("$command" "$file" 2>/dev/null)
	case $said in
	"$file:$1: "*) ;;
	*) echo "expected $1 for: $2"; echo "  got: $said"; failed=1 ;;
	esac
	if [ $got -ne 3 ] || [ -n "$out" ]; then
		echo "expected status 3 and no output, got $got for: $2"
		failed=1
	fi
}

# expect STATUS WORD TEXT OPTIONS...
expect() {
	status=$1
	word=$2
	printf "$3" > "$file"
	shift 3
	said=$("$command" "$@" "$file" 2>/dev/null)
	got=$?
	if [ $got -ne $status ] || [ "${said%% *}" != "$word" ]; then
		echo "expected $word and $status, got ${said%% *} and $got: $*"
		cat "$file"
		failed=1
	fi
}

refuse 1:1 ''
refuse 1:1 '0 1 2 read : 1\n'
refuse 1:9 '# model nosuch\n'
refuse 2:9 '# model queue\n# model stack\n'
refuse 3:8 '# model register\n# init 1\n# init 2\n'
refuse 2:3 '# model register\n0 x 2 read : 1\n'
refuse 2:5 '# model register\n0 1 2x read : 1\n'
refuse 2:3 '# model register\n0 9223372036854775808 2 read : 1\n'
refuse 2:5 '# model register\n0 5 4 read : 1\n'
refuse 2:7 '# model register\n0 1 2 reed : 1\n'
refuse 2:6 '# model register\n0 1 2\n'
refuse 2:7 '# model register\n0 1 2 write\n'
refuse 2:15 '# model register\n0 1 2 write 1 2 : ok\n'
refuse 2:7 '# model register\n0 1 2 read\n'
refuse 2:7 '# model register\n0 1 2 read :\n'
refuse 2:16 '# model register\n0 1 2 read : 1 2\n'
refuse 2:7 '# model register\n0 1 2 cas 1 2 : maybe\n'
refuse 2:13 '# model register\n0 1 2 write "a b : ok\n'
refuse 2:7 '# model counter\n0 1 2 add x : 0\n'
refuse 1:1 '# model counter\n# init x\n'
refuse 1:1 '# model priorityqueue\n# init middle\n'
refuse 1:1 '# model multireg\n# init x\n'
refuse 2:11 '# model multireg\n0 1 2 txn read/x : ok\n'
refuse 2:7 '# model multireg\n0 1 2 txn swap/x/1 : ok\n'
refuse 3:7 '# model queue\n\n0 1 2 add empty\n'

# What a write returns says nothing, so there need be nothing behind its colon.
expect 0 LIN '# model register\n0 1 2 write 1 :\n1 3 4 read : 1\n'
expect 0 LIN '# model queue\n0 1 2 write 1 : ok\n0 3 4 read : 1\n' --model register
expect 0 LIN '# model nosuch\n0 1 2 write 1 : ok\n' --model=register
expect 0 LIN '# a word about # model\n# model of a thing\n# model register\n#key k\n# x\n  # y\n'
expect 0 LIN '0 3 4 read : 1\n#model register\n1 1 2 write 1\n'
expect 1 NONLIN '# model register\n0 1 2 read : 1\n' --engine B
expect 0 LIN '# model register\n0 1 2 write nil : ok\n0 3 4 read : nil\n'
expect 1 NONLIN '# model register\n0 1 2 write "nil" : ok\n0 3 4 read : nil\n'
expect 0 LIN '# model register\n0 1 2 write "5" : ok\n0 3 4 read : 5\n'
expect 1 NONLIN '# model register\n0 1 2 write 05 : ok\n0 3 4 read : 5\n'
expect 0 LIN '# model register\n0 1 2 write "a\\"b\\x20" : ok\n0 3 4 read : "a\\"b "\n'
expect 0 LIN '# model register\n0 1 - write 1 : ok\n0 3 4 read : nil\n'
expect 2 UNKNOWN '# model register\n0 1 9 cas nil 1 : ok\n1 2 8 cas 1 2 : ok\n2 3 7 read : 2\n' --budget 1

"$command" --engine D "$file" >/dev/null 2>&1
[ $? -eq 3 ] || { echo "an unknown engine is accepted"; failed=1; }
"$command" /nonexistent >/dev/null 2>&1
[ $? -eq 3 ] || { echo "a missing file is accepted"; failed=1; }
printf '# model register\n0 1 2 read : 1\n' | "$command" - >/dev/null
[ $? -eq 1 ] || { echo "standard input is not read"; failed=1; }
"$command" --html "$page" "$file" >/dev/null
grep -q '<svg' "$page" || { echo "the page has no drawing"; failed=1; }
grep -q '<script\|src=\|href=' "$page" && { echo "the page is not self-contained"; failed=1; }
[ $failed -eq 0 ] && echo "all as expected"
exit $failed
