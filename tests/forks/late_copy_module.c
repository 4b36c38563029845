/* SPDX-License-Identifier: MIT */
/*
 * late_copy_module: a copy of afield of its own, loaded by late_copy.c after a fork.
 */
#include "late_copy.h"

__attribute__((visibility("default"))) bool late_copy_writes(number_rw *field)
{
	long *value = number_rw_try_write_lock(field);

	if (!value)
		return false;
	++*value;
	number_rw_write_unlock(field);
	return true;
}
