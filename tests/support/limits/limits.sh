#!/bin/sh
# SPDX-License-Identifier: MIT
# limits.sh PROGRAM: of a hang each thread's stack is shown, of failures without end a hundred.
program=$1
unset AFIELD_STRESS
seen=$(AFIELD_TEST_SECONDS=2 "$program" hang) && { echo "a hang passed"; exit 1; }
echo "$seen"
echo "$seen" | grep -q '^- hangs$' || exit 1
# With a sanitizer there are no stacks, and where in the kernel each thread is must do.
[ "$(echo "$seen" | grep -c 'watchdog: thread [0-9]*: wchan')" -ge 3 ] || exit 1
if ! grep -q -e __tsan_init -e __asan_init "$program"; then
	[ "$(echo "$seen" | grep -c waits_for_what_never_comes)" -ge 2 ] || exit 1
fi
seen=$(AFIELD_TEST_SECONDS=30 "$program" fail) && { echo "failures passed"; exit 1; }
echo "$seen" | tail -n 3
lines=$(echo "$seen" | wc -l)
echo "$lines lines"
# Of the four threads, three may be ended before they have said their last.
[ "$lines" -ge 99 ] && [ "$lines" -le 200 ] || exit 1
echo "$seen" | grep -q 'failures are enough'
