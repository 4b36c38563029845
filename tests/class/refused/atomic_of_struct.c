/* SPDX-License-Identifier: MIT */
/* afield: the atomic 'pair_atomic' holds a 'struct pair', which is a struct; use seqlock for it */
#include <afield/atomic.h>
#include <afield/seqlock.h>

struct pair {
	short low, high;
};

#ifndef TWIN
AFIELD_TYPE(pair_atomic, atomic, struct pair); /* here */
#else
AFIELD_TYPE(pair_seq, seqlock, struct pair);
#endif
