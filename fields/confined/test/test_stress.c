/* SPDX-License-Identifier: MIT */
/*
 * confined under stress: threads make values, others drop them while their owners come by, end, or
 * are gone. Every value ends once; as long as its owner is there, in the owner.
 */
#include <afield/confined.h>

#include "test.h"

struct handle {
	uint64_t maker;
	uint64_t check; /* ~maker, while the handle is alive */
	int *is_over;   /* set by the maker behind its last access, before it ends */
};

static long made, ended_at_home, ended_abroad, ended_wrongly;

static void handle_end(struct handle *handle)
{
	int is_over = __atomic_load_n(handle->is_over, __ATOMIC_ACQUIRE);

	if (handle->check != ~handle->maker)
		__atomic_fetch_add(&ended_wrongly, 1, __ATOMIC_RELAXED);
	if (handle->maker == afield_thread_id())
		__atomic_fetch_add(&ended_at_home, 1, __ATOMIC_RELAXED);
	else
		__atomic_fetch_add(is_over ? &ended_abroad : &ended_wrongly, 1, __ATOMIC_RELAXED);
	handle->check = 0;
}

AFIELD_TYPE(handle_confined, confined, struct handle, handle_end);

/* A table of fields that threads take out of and put into. */
#define PLACES 64
static handle_confined *places[PLACES];

static void drop(handle_confined *field)
{
	if (!field)
		return;
	handle_confined_fini(field);
	free(field);
}

static void make_and_drop(int *is_over, unsigned seed, long count)
{
	for (long i = 0; i < count; i++) {
		handle_confined *confined = (handle_confined *)calloc(1, sizeof(*confined));
		struct handle *handle;

		if (!confined || handle_confined_claim(confined))
			abort();
		handle = handle_confined_get(confined);
		handle->maker = afield_thread_id();
		handle->check = ~handle->maker;
		handle->is_over = is_over;
		__atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
		seed = seed * 1103515245 + 12345;
		drop(__atomic_exchange_n(&places[seed / 65536 % PLACES], confined,
					 __ATOMIC_ACQ_REL));
	}
}

struct life {
	unsigned seed;
	long count;
	int is_over;
};

static void *live(void *opaque)
{
	struct life *life = (struct life *)opaque;

	make_and_drop(&life->is_over, life->seed, life->count);
	/* From here on the thread's end closes its owner queue; who drops then may keep the
	 * value. */
	__atomic_store_n(&life->is_over, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Threads come and go while the others drop what they have made. */
static void every_value_ends_once_and_at_home(void)
{
	enum { SIDE_BY_SIDE = 4, GENERATIONS = 40 };
	long count = test_scaled(500);
	static struct life lives[GENERATIONS][SIDE_BY_SIDE];
	pthread_t threads[SIDE_BY_SIDE];

	for (int g = 0; g < GENERATIONS; g++)
		for (int i = 0; i < SIDE_BY_SIDE; i++) {
			if (g > 0)
				pthread_join(threads[i], NULL);
			lives[g][i].seed = (unsigned)(g * SIDE_BY_SIDE + i);
			lives[g][i].count = count + i * count / 4;
			if (pthread_create(&threads[i], NULL, live, &lives[g][i]))
				abort();
		}
	for (int i = 0; i < SIDE_BY_SIDE; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < PLACES; i++)
		drop(places[i]);
	printf("  %ld made, %ld ended in their owner, %ld after it had ended, %ld wrongly\n", made,
	       ended_at_home, ended_abroad, ended_wrongly);
	TEST_CHECK(ended_wrongly == 0);
	TEST_CHECK(ended_at_home + ended_abroad == made);
	TEST_CHECK(ended_at_home > 0 && ended_abroad > 0);
}

/* Many threads claim one field: one owns it, and the others leave nothing behind. */
static handle_confined contested;
static int owners;

static void claim(void *unused, int index)
{
	int error = handle_confined_claim(&contested);

	(void)unused;
	(void)index;
	TEST_CHECK(error == 0 || error == -EPERM);
	TEST_CHECK((handle_confined_get(&contested) != NULL) == (error == 0));
	if (!error)
		__atomic_fetch_add(&owners, 1, __ATOMIC_RELAXED);
}

static void one_of_many_owns_it(void)
{
	for (long i = test_scaled(200); i > 0; i--) {
		owners = 0;
		test_threads(4, claim, NULL);
		TEST_CHECK(owners == 1);
		handle_confined_fini(&contested);
	}
}

int main(void)
{
	TEST_RUN(every_value_ends_once_and_at_home);
	TEST_RUN(one_of_many_owns_it);
	return test_done();
}
