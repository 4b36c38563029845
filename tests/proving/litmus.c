/* SPDX-License-Identifier: MIT */
/*
 * litmus: two threads put a payload each, two take.
 *
 * What must hold in every execution: who takes a payload reads what its sender wrote, and each
 * payload that a tray accepted is taken once. The explorer sees the rest by itself: a payload that
 * is freed twice, never, or read while it is written.
 */
#if defined(TRAY_TWIN_TORN) || defined(TRAY_TWIN_RELAXED)
#include "twin_core.h"
#else
#include "tray_core.h"
#endif

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct payload {
	int number; /* plain */
};

static struct tray tray;
static int accepted[3], taken[5]; /* each written by its thread */

static void *sender(void *argument)
{
	int number = (int)(uintptr_t)argument;
	struct payload *payload = malloc(sizeof(*payload));

	payload->number = number;
	accepted[number] = tray__put(&tray, payload);
	if (!accepted[number])
		free(payload);
	return NULL;
}

static void take(int taker)
{
	struct payload *payload = tray__take(&tray);

	if (!payload)
		return;
	assert(payload->number == 1 || payload->number == 2);
	taken[taker] = 1;
	free(payload);
}

static void *taker(void *argument)
{
	take((int)(uintptr_t)argument);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	pthread_create(&threads[0], NULL, sender, (void *)1);
	pthread_create(&threads[1], NULL, sender, (void *)2);
	pthread_create(&threads[2], NULL, taker, (void *)3);
	pthread_create(&threads[3], NULL, taker, (void *)4);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	take(0);
	assert(accepted[1] + accepted[2] == taken[0] + taken[3] + taken[4]);
	return 0;
}
