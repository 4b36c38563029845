/* SPDX-License-Identifier: MIT */
/*
 * streams_unguarded: the module streams, with the lock left out. A control: what the tests do with
 * streams must fail here.
 */
#include <afield/python.h>

#include "unguarded.h"

#define STREAMS_NAME streams_unguarded
#include "streams.c"
