/* SPDX-License-Identifier: MIT */
/*
 * confined beside what one writes instead: a comparison of pthread_self, and a mutex that nobody
 * else wants. Then the whole life of a value, beside malloc and free.
 *
 * The bound of an access is the loads that it cannot do without: the field, the owner's number and
 * the value. Each thread has a field of its own, which is what the kind is for.
 */
#include <afield/confined.h>

#include <pthread.h>
#include <stdlib.h>

#include "bench.h"

#define MOST 512

struct handle {
	long uses;
};

static void handle_end(struct handle *handle)
{
	bench_keep(handle);
}
AFIELD_TYPE(handle_confined, confined, struct handle, handle_end);

/* Two lines for each thread, so that none shares one with another. */
struct place {
	handle_confined ours;
	struct handle *plain;
	pthread_t owner;
	pthread_mutex_t mutex;
	char behind[128];
};
static struct place places[MOST];

static void our_get(void *state, long iterations, int thread)
{
	handle_confined *confined = &((struct place *)state)[thread % MOST].ours;

	/* Bodies run on different threads from one row to the next. */
	if (!handle_confined_is_mine(confined)) {
		handle_confined_fini(confined);
		if (handle_confined_claim(confined))
			abort();
	}
	for (long i = 0; i < iterations; i++)
		handle_confined_get(confined)->uses++;
}

static void raw_place(struct place *place)
{
	if (!place->plain) {
		pthread_mutex_init(&place->mutex, NULL);
		place->plain = (struct handle *)calloc(1, sizeof(struct handle));
		if (!place->plain)
			abort();
	}
	place->owner = pthread_self();
}

static void self_get(void *state, long iterations, int thread)
{
	struct place *place = &((struct place *)state)[thread % MOST];

	raw_place(place);
	for (long i = 0; i < iterations; i++) {
		bench_keep_memory(place);
		if (pthread_equal(place->owner, pthread_self()))
			place->plain->uses++;
	}
}

static void mutex_get(void *state, long iterations, int thread)
{
	struct place *place = &((struct place *)state)[thread % MOST];

	raw_place(place);
	for (long i = 0; i < iterations; i++) {
		pthread_mutex_lock(&place->mutex);
		place->plain->uses++;
		pthread_mutex_unlock(&place->mutex);
	}
}

static void our_life(void *state, long iterations, int thread)
{
	handle_confined field;

	(void)state, (void)thread;
	memset(&field, 0, sizeof(field));
	for (long i = 0; i < iterations; i++) {
		if (handle_confined_claim(&field))
			abort();
		handle_confined_get(&field)->uses = i + 1;
		handle_confined_fini(&field);
	}
}

static void raw_life(void *state, long iterations, int thread)
{
	(void)state, (void)thread;
	for (long i = 0; i < iterations; i++) {
		struct handle *handle = (struct handle *)calloc(1, sizeof(*handle));

		if (!handle)
			abort();
		handle->uses = i + 1;
		handle_end(handle);
		free(handle);
	}
}

static const struct bench_group groups[] = {
	{.name = "get, own field",
	 .bound = {.loads = 3},
	 .contenders = {{"afield", our_get, places, NULL, NULL, NULL},
			{"pthread_self", self_get, places, NULL, NULL, NULL},
			{"mutex", mutex_get, places, NULL, NULL, NULL}}},
	{.name = "claim, get, fini",
	 .contenders = {{"afield", our_life, places, NULL, NULL, NULL},
			{"malloc, free", raw_life, places, NULL, NULL, NULL}}},
};

BENCH_MAIN("confined", groups)
