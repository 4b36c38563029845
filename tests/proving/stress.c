/* SPDX-License-Identifier: MIT */
/*
 * tray with real payloads: written, put, taken, read and freed, for the sanitizers to watch; and
 * alone, what the verbs return and that fini gives back what is left.
 */
#include "tray.h"

#include "noise.h"
#include "test.h"

struct payload {
	long number, echo;
};
static long freed; /* __atomic */
static void payload_free(struct payload *payload)
{
	__atomic_fetch_add(&freed, 1, __ATOMIC_RELAXED);
	free(payload);
}
AFIELD_TYPE(payload_tray, tray, struct payload, payload_free);

static payload_tray tray;
static long passed, wrong; /* __atomic */

static struct payload *payload_of(long number)
{
	struct payload *payload = (struct payload *)malloc(sizeof(*payload));

	payload->number = payload->echo = number;
	return payload;
}

static void alone(void)
{
	struct payload *first = payload_of(1), *second = payload_of(2);

	TEST_CHECK(payload_tray_take(&tray) == NULL);
	TEST_CHECK(payload_tray_put(&tray, first));
	TEST_CHECK(!payload_tray_put(&tray, second));
	TEST_CHECK(payload_tray_take(&tray) == first);
	TEST_CHECK(payload_tray_put(&tray, second));
	payload_free(first);
	payload_tray_type()->fini(payload_tray_type(), &tray);
	TEST_CHECK(freed == 2);
	payload_tray_fini(&tray);
	TEST_CHECK(freed == 2);
}

static void put_or_take(void *unused, int index)
{
	long count = test_scaled(20000);

	(void)unused;
	for (long i = 0; i < count; i++) {
		struct payload *payload;

		if (index % 2 == 0) {
			payload = payload_of(i);
			if (!payload_tray_put(&tray, payload))
				payload_free(payload);
			continue;
		}
		payload = payload_tray_take(&tray);
		if (!payload)
			continue;
		__atomic_fetch_add(&passed, 1, __ATOMIC_RELAXED);
		if (payload->number != payload->echo)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
		payload_free(payload);
	}
}

static void together(void)
{
	freed = 0;
	test_threads(4, put_or_take, NULL);
	payload_tray_fini(&tray);
	printf("%ld payloads passed\n", passed);
	TEST_CHECK(passed > 0);
	TEST_CHECK(wrong == 0);
	TEST_CHECK(freed == 2 * test_scaled(20000));
}

int main(void)
{
	TEST_RUN(alone);
	TEST_RUN(together);
	return test_done();
}
