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
refuse 2:8 '# model counter\n# init x\n'
refuse 1:1 '# model ring\n0 1 2 add 1 : 1\n'
refuse 2:8 '# model ring\n# init 0\n'
refuse 3:7 '# model ring\n# init 2\n0 1 2 add 1 : full\n'
refuse 2:8 '# model priorityqueue\n# init middle\n'
refuse 4:9 '# model priorityqueue\n0 1 2 poll : empty\n\n  #init x\n'
refuse 2:8 '# model queue\n# init 1\n'
refuse 2:8 '# model multireg\n# init x\n'
refuse 2:8 '# model integer\n# init ""\n'
refuse 2:11 '# model multireg\n0 1 2 txn read/x : ok\n'
refuse 2:7 '# model multireg\n0 1 2 txn swap/x/1 : ok\n'
refuse 3:7 '# model queue\n\n0 1 2 add empty\n'

# What an editor leaves and does not show is called by its name.
name() {
	refuse "$1" "$3"
	case $said in
	*"$2"*) ;;
	*) echo "expected '$2' in: $said"; failed=1 ;;
	esac
}
name 1:1 'byte order mark' '\357\273\277# model queue\n'
name 1:1 'UTF-16' '\377\376#\000 \000m\000'
name 1:3 'NUL' '# \000model queue\n'
name 3:9 'NUL' '# model queue\n\n0 1 2 ad\000d 1\n'

# A result that is not known is `?` or `*` alone; what only begins like one is refused, not guessed at.
refuse 2:14 '# model register\n0 1 2 read : ?a\n'
refuse 2:14 '# model register\n0 1 2 read : ??\n'
refuse 2:13 '# model register\n0 1 2 write ?\n'
refuse 2:13 '# model register\n0 1 2 write ?a : ok\n'
refuse 2:13 '# model register\n0 1 2 write *\n'
refuse 1:8 '# init *\n# model register\n0 1 2 read : 1\n'
refuse 1:8 '# init ?\n# model queue\n0 1 2 pop : 1\n'
refuse 1:8 '# init ?\n# model mutex\n0 1 2 acquire\n'
refuse 1:8 '# init ?\n# model map\n0 1 2 get a : 1\n'
refuse 1:8 '# init ?\n# model multireg\n0 1 2 txn read/x/1 : ok\n'
refuse 1:8 '# init ?\n# model ring\n0 1 2 pop : 1\n'
expect 0 LIN '# init ?\n# model register\n0 1 2 read : 1\n'
refuse 2:18 '# model multireg\n0 1 2 txn read/x/? : ok\n'
refuse 2:35 '# model integer\n0 1 2 compare_exchange 1 2 : fail :\n'
refuse 2:22 '# model integer\n0 1 2 exchange 1 : ? 5\n'
refuse 2:16 '# model register\n0 1 2 read : ? 7\n'
expect 1 NONLIN '# model register\n0 1 2 read : "?"\n'
expect 0 LIN '# model register\n0 1 2 write "\\x00" : ok\n0 3 4 read : "\\x00"\n'
expect 0 LIN '# model register\n0 1 2 write "?a" : ok\n0 3 4 read : "?a"\n'
expect 0 LIN '# model register\n0 1 2 read : ?\n0 3 4 read : *\n'
# The second result is compared although the first is not known.
expect 1 NONLIN '# model integer\n0 1 2 compare_exchange 1 2 : ? 5\n'
expect 0 LIN '# model integer\n0 1 2 compare_exchange 1 2 : ? 0\n'

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

# The verdict alone, and what is written to show it.
printf '# model register\n0 1 2 write 1 : ok\n0 3 4 read : 2\n' > "$file"
rm -f "$page"
said=$("$command" --verdict --certificate "$page" "$file")
[ $? -eq 1 ] || { echo "a verdict alone has another status"; failed=1; }
[ "$(echo "$said" | wc -l)" -eq 1 ] || { echo "a verdict alone has a counterexample"; failed=1; }
[ ! -e "$page" ] || { echo "what is not linearizable has a certificate"; failed=1; }
"$command" "$file" | grep -q 'operations show it\.$' || { echo "no minimal counterexample"; failed=1; }
printf '# model register\n0 3 4 read : 1\n0 1 2 write 1 : ok\n1 5 - write 2\n' > "$file"
said=$("$command" --certificate - "$file" | tail -n +2 | tr '\n' ' ')
[ "$said" = "# order of 2 operations 2 1 " ] || { echo "another certificate: $said"; failed=1; }
"$command" --certificate= "$file" >/dev/null 2>&1
[ $? -eq 3 ] || { echo "a certificate without a name is accepted"; failed=1; }

# An answer that does not arrive is no answer. full OPTIONS...: said on the error stream, status 3.
full() {
	said=$("$command" "$@" 2>&1 >/dev/full)
	got=$?
	case $got:$said in
	3:*"cannot be written: "*) ;;
	*) echo "expected 3 and a message, got $got: $said: $*"; failed=1 ;;
	esac
}
if [ -c /dev/full ]; then
	full "$file"
	full --help
	for option in --html --certificate; do
		said=$("$command" $option /dev/full "$file" 2>&1 >/dev/null)
		got=$?
		case $got:$said in
		3:"/dev/full: cannot be written: "*) ;;
		*) echo "expected 3 for $option /dev/full, got $got: $said"; failed=1 ;;
		esac
	done
fi
"$command" --html /nonexistent/page "$file" >/dev/null 2>&1
[ $? -eq 3 ] || { echo "a page without a folder is accepted"; failed=1; }
[ $failed -eq 0 ] && echo "all as expected"
exit $failed
