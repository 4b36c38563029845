/* SPDX-License-Identifier: MIT */
/* afield: 'flag' names the kind 'atomic', which no included header offers */
#include <afield/class.h>
#ifdef TWIN
#include <afield/atomic.h>
#endif

AFIELD_TYPE(flag, atomic, bool); /* here */
