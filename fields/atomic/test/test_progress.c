/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of atomic.h: no verb waits for a thread that stopped in the middle of
 * another.
 */
#include <afield/atomic.h>

#include "progress.h"

struct fields {
	afield_i64 integer;
	afield_f64 number;
};

static void load(void *opaque)
{
	(void)afield_i64_load(&((struct fields *)opaque)->integer);
}
static void store(void *opaque)
{
	afield_i64_store(&((struct fields *)opaque)->integer, 1);
}
static void fetch_add(void *opaque)
{
	afield_i64_fetch_add(&((struct fields *)opaque)->integer, 1);
}
static void fetch_max(void *opaque)
{
	afield_i64_fetch_max(&((struct fields *)opaque)->integer, 9);
}
static void float_add(void *opaque)
{
	afield_f64_fetch_add(&((struct fields *)opaque)->number, 1.5);
}

static const struct schedule_operation operations[] = {
	PROGRESS(load, WAIT_FREE),      PROGRESS(store, WAIT_FREE),
	PROGRESS(fetch_add, WAIT_FREE), PROGRESS(fetch_max, LOCK_FREE),
	PROGRESS(float_add, LOCK_FREE),
};
PROGRESS_TEST(claims_hold, operations, struct fields, NULL, NULL);

int main(void)
{
	TEST_RUN(claims_hold);
	return test_done();
}
