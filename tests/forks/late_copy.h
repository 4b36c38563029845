/* SPDX-License-Identifier: MIT */
/*
 * late_copy: a field that two copies of afield reach.
 */
#ifndef AFIELD_TESTS_LATE_COPY_H
#define AFIELD_TESTS_LATE_COPY_H

#include <afield/rwlocked.h>

AFIELD_TYPE(number_rw, rwlocked, long);

/* Whether the write lock could be had. */
bool late_copy_writes(number_rw *field);

#endif
