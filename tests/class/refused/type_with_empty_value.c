/* SPDX-License-Identifier: MIT */
/* afield: 'ticks' does not say what it holds; write AFIELD_TYPE(ticks, atomic, int) */
#include <afield/atomic.h>

#ifndef TWIN
AFIELD_TYPE(ticks, atomic, ); /* here */
#else
AFIELD_TYPE(ticks, atomic, long);
#endif
