/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of tray.h: nobody waits for a thread that stopped in the middle, whether
 * the tray was empty or full.
 */
#include "tray.h"

#include "progress.h"

struct payload {
	int number;
};
static void keep(struct payload *payload)
{
	(void)payload;
}
AFIELD_TYPE(payload_tray, tray, struct payload, keep);

static void put(void *field)
{
	static struct payload payload;

	(void)payload_tray_put((payload_tray *)field, &payload);
}
static void take(void *field)
{
	(void)payload_tray_take((payload_tray *)field);
}
static const struct schedule_operation operations[] = {
	PROGRESS(put, WAIT_FREE),
	PROGRESS(take, WAIT_FREE),
};

static void nobody_waits(void)
{
#ifdef TRAY_TWIN_LOCKED
	schedule_patience(200); /* it will run out each time */
#endif
	PROGRESS_HOLDS(operations, payload_tray, NULL, NULL);
	PROGRESS_HOLDS(operations, payload_tray, put, NULL);
}

int main(void)
{
	TEST_RUN(nobody_waits);
	return test_done();
}
