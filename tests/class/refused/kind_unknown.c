/* SPDX-License-Identifier: MIT */
/* afield: 'level' names the kind 'guage', which no included header offers */
#include <afield/atomic.h>

#ifndef TWIN
AFIELD_TYPE(level, guage, int); /* here */
#else
AFIELD_TYPE(level, atomic, int);
#endif
