#!/bin/sh
# SPDX-License-Identifier: MIT
# cancellation.sh PREFIX: the library calls no cancellation point of POSIX or of the C library, at
# which a thread would end in the middle of what it does; but for those below, each with its reason.
set -eu

# nanosleep  on the thread that reclaims, where cancellation is off (lib/runtime/reclaim.c)
# fprintf    before abort (lib/runtime/misuse.c)
allowed='nanosleep|fprintf|__fprintf_chk'
points='accept4?|aio_suspend|clock_nanosleep|close|connect|creat|epoll_p?wait2?|fcntl(64)?|fdatasync'
points="$points|fsync|futimesat|getrandom|getentropy|lockf|mq_[a-z]*|msgrcv|msgsnd|msync|nanosleep"
points="$points|open(at)?(64)?(_2)?|pause|(__)?p?poll(_chk)?|pread(64)?v?|pwrite(64)?v?|pselect|read|readv"
points="$points|pthread_cond_(timed|clock)?wait|pthread_(timed|clock|try)?join(_np)?|pthread_testcancel"
points="$points|recv|recvfrom|recvm?msg|select|sem_(timed|clock)?wait|send|sendto|sendm?msg|sigpause"
points="$points|sigsuspend|sigtimedwait|sigwait(info)?|sleep|splice|system|tcdrain|tee|usleep|vmsplice"
points="$points|wait|wait3|wait4|waitid|waitpid|write|writev|syslog|popen|pclose|closedir|opendir|readdir"
points="$points|f(open|close|read|write|gets|puts|printf|flush|seek|scanf)(64)?|puts|printf|dprintf|perror"
points="$points|getline|getc|putc|putchar|__[a-z]*printf_chk|getaddrinfo"

libraries=$(find "$1" -name 'libafield.so.*' -type f)
[ -n "$libraries" ] || { echo "no library in $1"; exit 1; }
found=0
for library in $libraries; do
	called=$(nm -D --undefined-only "$library" | sed 's/^ *[Uw] //; s/@.*//')
	echo "$called" | grep -qxE "calloc" || { echo "$library: calls nothing"; exit 1; }
	for name in $(echo "$called" | grep -xE "$points" | grep -vxE "$allowed"); do
		echo "$(basename "$library"): $name is a cancellation point"
		found=1
	done
done
exit $found
