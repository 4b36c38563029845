/* SPDX-License-Identifier: MIT */
/*
 * rwlocked: recorded runs of load, store and update are those of a register, and recorded critical
 * sections of writers those of a mutex.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#define LOCK_ACQUIRE paired_field_write_lock
#define LOCK_TRY_ACQUIRE paired_field_try_write_lock
#define LOCK_RELEASE paired_field_write_unlock
#include "lock_history.h"

int main(void)
{
	return lock_history_run();
}
