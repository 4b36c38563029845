/* SPDX-License-Identifier: MIT */
/*
 * locked: recorded runs of load, store and update are those of a register, and recorded critical
 * sections at the lock those of a mutex.
 */
#include <afield/locked.h>

#define LOCK_KIND locked
#define LOCK_ACQUIRE paired_field_lock
#define LOCK_TRY_ACQUIRE paired_field_try_lock
#define LOCK_RELEASE paired_field_unlock
#include "lock_history.h"

int main(void)
{
	return lock_history_run();
}
