/* SPDX-License-Identifier: MIT */
/*
 * tray under chosen schedules: a payload that was accepted is taken once, whoever goes on when.
 */
#include "tray.h"

#include "schedule.h"
#include "test.h"

enum { THREADS = 3, PAYLOADS = 3 };

struct payload {
	int taken; /* __atomic */
};
static void keep(struct payload *payload)
{
	(void)payload;
}
AFIELD_TYPE(payload_tray, tray, struct payload, keep);

static payload_tray tray;
static struct payload payloads[THREADS][PAYLOADS];

static void take(void)
{
	struct payload *payload = payload_tray_take(&tray);

	if (payload)
		__atomic_fetch_add(&payload->taken, 1, __ATOMIC_RELAXED);
}

/* A payload that is refused counts as taken by its sender. */
static void put_and_take(void *unused, int index)
{
	(void)unused;
	for (int i = 0; i < PAYLOADS; i++) {
		if (!payload_tray_put(&tray, &payloads[index][i]))
			__atomic_fetch_add(&payloads[index][i].taken, 1, __ATOMIC_RELAXED);
		take();
	}
}

static bool each_is_taken_once(enum schedule_mode mode, uint64_t seed)
{
	bool is_right = true;

	memset(payloads, 0, sizeof(payloads));
	schedule_run(mode, seed, THREADS, put_and_take, NULL);
	take();
	for (int i = 0; i < THREADS; i++)
		for (int j = 0; j < PAYLOADS; j++)
			is_right &= payloads[i][j].taken == 1;
	return is_right;
}

static void schedules_change_nothing(void)
{
	TEST_CHECK(schedule_search("tray", each_is_taken_once, 100, NULL) == 0);
}

int main(void)
{
	TEST_RUN(schedules_change_nothing);
	return test_done();
}
