/* SPDX-License-Identifier: MIT */
/*
 * rcu under load: eight threads read and replace one field, on however many processors there are.
 *
 * Every version carries a mark that its destructor overwrites. The memory is then free, so a reader
 * that still holds it is caught by AddressSanitizer, or here by the mark. What readers may see:
 *
 *   alive   acceptable   the version, current or replaced while the reader holds it
 *   torn    forbidden    low and high differ: published before it was written
 *   dead    forbidden    destroyed while a reader held it
 *
 * The twin destroys what it replaces at once, without a grace period, and must be caught: its
 * versions are marked and kept, so that looking at them is not an error in itself.
 */
#include <afield/rcu.h>

#include "test.h"

#include <sched.h>
#include <time.h>

enum { THREADS = 8, ALIVE = 0x600d, DEAD = 0xdead };

struct version {
	long low;
	long high;
	int mark; /* read with __atomic, because the twin overwrites it under readers */
};

static long destroyed, alive, torn, dead, updated, made; /* __atomic */
static int stop, is_broken;

static void version_free(struct version *version)
{
	__atomic_store_n(&version->mark, DEAD, __ATOMIC_RELAXED);
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}

AFIELD_TYPE(version_rcu, rcu, struct version, version_free);

static version_rcu field;
static struct version *graveyard[200000]; /* the twin's: destroyed, freed at the end */
static long buried;                       /* __atomic */

static struct version *make(long number)
{
	struct version value;
	struct version *version;

	value.low = number;
	value.high = number;
	value.mark = ALIVE;
	version = version_rcu_new(&value);
	if (!version)
		abort();
	__atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
	return version;
}

static void read_once(unsigned i)
{
	AFIELD_READ_SECTION
	{
		const struct version *seen = version_rcu_load(&field);

		if (!seen)
			break;
		if (i % 16 == 0)
			sched_yield(); /* a writer may come in here */
		if (seen->low != seen->high)
			__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
		if (__atomic_load_n(&seen->mark, __ATOMIC_RELAXED) == DEAD)
			__atomic_fetch_add(&dead, 1, __ATOMIC_RELAXED);
		else
			__atomic_fetch_add(&alive, 1, __ATOMIC_RELAXED);
	}
}

static bool add_one(struct version *next, void *unused)
{
	(void)unused;
	next->low++;
	next->high++;
	next->mark = ALIVE;
	__atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
	return true;
}

static void update_once(void)
{
	if (version_rcu_update(&field, add_one, NULL))
		abort();
	__atomic_fetch_add(&updated, 1, __ATOMIC_RELAXED);
}

/* One more, by hand: load, make, compare, and again when another thread was faster. */
static void compare_exchange_once(void)
{
	struct version *next = make(0);

	AFIELD_READ_SECTION
	{
		const struct version *seen = version_rcu_load(&field);

		do {
			next->low = next->high = (seen ? seen->low : 0) + 1;
		} while (!version_rcu_compare_exchange(&field, &seen, next));
	}
	__atomic_fetch_add(&updated, 1, __ATOMIC_RELAXED);
}

/* As update, but who replaces a version destroys it at once. */
static void replace_without_grace_period(unsigned i)
{
	struct version *old = version_rcu_exchange(&field, make(i));
	long place;

	if (!old)
		return;
	version_free(old);
	place = __atomic_fetch_add(&buried, 1, __ATOMIC_RELAXED);
	if (place >= (long)(sizeof(graveyard) / sizeof(graveyard[0])))
		abort();
	graveyard[place] = old;
}

static void work(void *unused, int index)
{
	long writes = is_broken ? 20000 : test_scaled(20000);

	(void)unused;
	for (unsigned i = 0; i < writes * (index % 4 ? 20 : 1); i++) {
		if (__atomic_load_n(&stop, __ATOMIC_RELAXED))
			break;
		if (index % 4)
			read_once(i);
		else if (is_broken)
			replace_without_grace_period(i);
		else if (i % 2)
			update_once();
		else
			compare_exchange_once();
		if (is_broken && __atomic_load_n(&dead, __ATOMIC_RELAXED))
			__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	}
}

/* Threads that come, read, write once and go. */
static void *visit(void *unused)
{
	read_once(0);
	update_once();
	return unused;
}

static void *churn(void *visitors)
{
	for (long i = 0; i < *(long *)visitors; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, visit, NULL))
			abort();
		pthread_join(thread, NULL);
	}
	return NULL;
}

static void start_over(void)
{
	memset(&field, 0, sizeof(field));
	stop = 0;
	made = destroyed = alive = torn = dead = updated = 0;
}

static void nothing_dies_and_nothing_is_lost(void)
{
	long visitors = test_scaled(500);
	struct version last = {0, 0, 0};
	pthread_t churner;

	start_over();
	if (pthread_create(&churner, NULL, churn, &visitors))
		abort();
	test_threads(THREADS, work, NULL);
	pthread_join(churner, NULL);
	printf("  alive: %ld  torn: %ld  dead: %ld  updates: %ld  versions: %ld\n", alive, torn,
	       dead, updated, made);
	TEST_CHECK(alive > 0);
	TEST_CHECK(torn == 0);
	TEST_CHECK(dead == 0);
	TEST_CHECK(version_rcu_read(&field, &last));
	TEST_CHECK(last.low == updated); /* each update found the previous one */
	version_rcu_fini(&field);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(destroyed == made);
	TEST_CHECK(afield_backlog() == 0);
}

/* Once more when writers and readers happened to run one after the other. */
static void without_a_grace_period_readers_see_the_dead(void)
{
	int rounds = 0;

	is_broken = 1;
	start_over();
	while (dead == 0 && rounds++ < 200) {
		test_threads(THREADS, work, NULL);
		version_rcu_fini(&field);
		for (; buried > 0; buried--)
			version_rcu_discard(graveyard[buried - 1]);
	}
	printf("  alive: %ld  dead: %ld  rounds: %d\n", alive, dead, rounds);
	TEST_CHECK(dead > 0);
	is_broken = 0;
	TEST_CHECK(afield_barrier() == 0);
}

/* The field goes while its last reader is inside. */
static pthread_barrier_t held, finished;

static void *hold(void *unused)
{
	AFIELD_READ_SECTION
	{
		const struct version *seen = version_rcu_load(&field);

		pthread_barrier_wait(&held);
		pthread_barrier_wait(&finished);
		TEST_CHECK(seen->mark == ALIVE && seen->low == 42);
	}
	return unused;
}

static void the_last_reader_leaves_after_fini(void)
{
	start_over();
	pthread_barrier_init(&held, NULL, 2);
	pthread_barrier_init(&finished, NULL, 2);
	for (long i = 0; i < test_scaled(20); i++) {
		pthread_t thread;

		version_rcu_store(&field, make(42));
		if (pthread_create(&thread, NULL, hold, NULL))
			abort();
		pthread_barrier_wait(&held);
		version_rcu_fini(&field);
		TEST_CHECK(version_rcu_exchange(&field, NULL) == NULL);
		pthread_barrier_wait(&finished);
		pthread_join(thread, NULL);
	}
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(destroyed == made);
}

int main(void)
{
	printf("backend: %s\n", afield_rcu_backend());
	TEST_RUN(nothing_dies_and_nothing_is_lost);
	TEST_RUN(without_a_grace_period_readers_see_the_dead);
	TEST_RUN(the_last_reader_leaves_after_fini);
	return test_done();
}
