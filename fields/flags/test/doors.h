/* SPDX-License-Identifier: MIT */
/*
 * doors: three flags with names, and sixty-four, for the tests of the kind in C and in Python.
 */
#ifndef AFIELD_TESTS_DOORS_H
#define AFIELD_TESTS_DOORS_H

#include <afield/flags.h>

#define DOOR(flag) flag(door, open) flag(door, locked, "Nobody comes in.") flag(door, dirty)
AFIELD_FLAGS(door, DOOR);
AFIELD_TYPE(door_flags, flags, door);

#define EIGHT(flag, a)                                                                       \
	flag(wide, a##0) flag(wide, a##1) flag(wide, a##2) flag(wide, a##3) flag(wide, a##4) \
		flag(wide, a##5) flag(wide, a##6) flag(wide, a##7)
#define WIDE(flag)     \
	EIGHT(flag, a) \
	EIGHT(flag, b) \
	EIGHT(flag, c) EIGHT(flag, d) EIGHT(flag, e) EIGHT(flag, f) EIGHT(flag, g) EIGHT(flag, h)
AFIELD_FLAGS(wide, WIDE);
AFIELD_TYPE(wide_flags, flags, wide);

#endif
