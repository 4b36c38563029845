/* SPDX-License-Identifier: MIT */
/*
 * shared: a class that a C and a C++ unit use in one program. One of them defines its table.
 */
#ifndef TESTS_CLASS_SHARED_H
#define TESTS_CLASS_SHARED_H

#include <afield/atomic.h>
#include <afield/class.h>

#define DOOR(field)              \
	field(afield_i64, count) \
	field(afield_bool, open, AFIELD_READONLY, "whether it is open")
AFIELD_CLASS_DECLARE(door, DOOR);

#ifdef __cplusplus
extern "C" {
#endif
/* The class as the other unit sees it, and one change made there. */
const struct afield_class *door_class_of_user(void);
size_t door_size_of_user(void);
void door_enter_of_user(door *object);
#ifdef __cplusplus
}
#endif

#endif
