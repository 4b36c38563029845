/* SPDX-License-Identifier: MIT */
/* afield: 'limits' is of the kind 'rcu', which cannot be watched; write AFIELD_TYPE in place of AFIELD_WATCHED */
#define AFIELD_WATCH
#include <afield/rcu.h>
#include <afield/watch.h>

#ifndef TWIN
AFIELD_WATCHED(limits, rcu, long); /* here */
#else
AFIELD_TYPE(limits, rcu, long);
#endif
