/* SPDX-License-Identifier: MIT */
/*
 * shared_user: the C++ unit that uses the class.
 */
#include "shared.h"

const struct afield_class *door_class_of_user(void)
{
	return door_class();
}

size_t door_size_of_user(void)
{
	return sizeof(door);
}

void door_enter_of_user(door *object)
{
	afield_i64_fetch_add(&object->count, 1);
}
