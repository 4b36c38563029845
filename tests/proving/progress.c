/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of tray.h: nobody waits for a thread that stopped in the middle, whether
 * the tray was empty or full.
 */
#include "tray.h"

#include "schedule.h"
#include "test.h"

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
	{"put", put, WAIT_FREE},
	{"take", take, WAIT_FREE},
};

static void nobody_waits(void)
{
#ifdef TRAY_TWIN_LOCKED
	schedule_patience(200); /* it will run out each time */
#endif
	TEST_CHECK(schedule_freeze(operations, 2, sizeof(payload_tray), NULL, NULL) == 0);
	TEST_CHECK(schedule_freeze(operations, 2, sizeof(payload_tray), put, NULL) == 0);
}

int main(void)
{
	TEST_RUN(nobody_waits);
	return test_done();
}
