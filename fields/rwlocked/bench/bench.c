/* SPDX-License-Identifier: MIT */
/*
 * rwlocked beside the plain pthread rwlock that it stands on, and beside a pthread mutex, which is
 * what it has to beat: for a short read it does not.
 *
 * The bound is two locked instructions, one to take a lock and one to give it back. All threads
 * share one field.
 */
#include <afield/rwlocked.h>

#include "bench.h"

#include <pthread.h>

struct limits {
	int64_t low, high, step, spare;
};
AFIELD_TYPE(limits_rw, rwlocked, struct limits);

struct raw {
	pthread_rwlock_t rwlock;
	pthread_mutex_t mutex;
	struct limits value;
};

BENCH_APART(limits_rw, ours);
BENCH_APART(struct raw, raw);

/* A section that is `length` rounds of a loop long. */
static void dwell(int length)
{
	for (int i = 0; i < length; i++)
		__asm__ __volatile__("");
}

static void our_section(limits_rw *it, int length)
{
	AFIELD_READING(limits_rw, limits, it)
	{
		bench_keep(limits->low);
		dwell(length);
	}
}
static void rwlock_section(struct raw *it, int length)
{
	pthread_rwlock_rdlock(&it->rwlock);
	bench_keep(it->value.low);
	dwell(length);
	pthread_rwlock_unlock(&it->rwlock);
}
static void mutex_section(struct raw *it, int length)
{
	pthread_mutex_lock(&it->mutex);
	bench_keep(it->value.low);
	dwell(length);
	pthread_mutex_unlock(&it->mutex);
}
static void our_change(limits_rw *it)
{
	AFIELD_WRITING(limits_rw, limits, it)
	limits->low++;
}
static void rwlock_change(struct raw *it)
{
	pthread_rwlock_wrlock(&it->rwlock);
	it->value.low++;
	pthread_rwlock_unlock(&it->rwlock);
}

enum { LONG = 4000 }; /* about a microsecond */
BENCH_BODY(our_read, limits_rw, our_section(it, 0));
BENCH_BODY(rwlock_read, struct raw, rwlock_section(it, 0));
BENCH_BODY(mutex_read, struct raw, mutex_section(it, 0));
BENCH_BODY(our_long_read, limits_rw, our_section(it, LONG));
BENCH_BODY(rwlock_long_read, struct raw, rwlock_section(it, LONG));
BENCH_BODY(mutex_long_read, struct raw, mutex_section(it, LONG));
BENCH_BODY(our_write, limits_rw, our_change(it));
BENCH_BODY(rwlock_write, struct raw, rwlock_change(it));

static const struct bench_group groups[] = {
	{.name = "short read",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_read, &ours.it, NULL, NULL, NULL},
			{"pthread rwlock", rwlock_read, &raw.it, NULL, NULL, NULL},
			{"pthread mutex", mutex_read, &raw.it, NULL, NULL, NULL}}},
	{.name = "long read",
	 .contenders = {{"afield", our_long_read, &ours.it, NULL, NULL, NULL},
			{"pthread rwlock", rwlock_long_read, &raw.it, NULL, NULL, NULL},
			{"pthread mutex", mutex_long_read, &raw.it, NULL, NULL, NULL}}},
	{.name = "write",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", our_write, &ours.it, NULL, NULL, NULL},
			{"pthread rwlock", rwlock_write, &raw.it, NULL, NULL, NULL}}},
};
BENCH_MAIN("rwlocked", groups)
