/* SPDX-License-Identifier: MIT */
/* afield: the atomic 'pair_atomic' would be larger than a pointer */
#include <afield/atomic.h>

#ifndef TWIN
struct pair {
	long first, second;
};
AFIELD_TYPE(pair_atomic, atomic, struct pair); /* here */
#else
struct pair {
	int first, second;
};
AFIELD_TYPE(pair_atomic, atomic, struct pair *);
#endif
