/* SPDX-License-Identifier: MIT */
/* afield: the checker has no model of the integer 'level' of fewer than four bytes; write AFIELD_TYPE in place of AFIELD_WATCHED */
#define AFIELD_WATCH
#include <afield/atomic.h>

#ifndef TWIN
AFIELD_WATCHED(level, atomic_integer, short); /* here */
#else
AFIELD_WATCHED(level, atomic_integer, int);
#endif
