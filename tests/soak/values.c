/* SPDX-License-Identifier: MIT */
/*
 * Values that know whether they are alive, memory and threads that are refused, and deadlines.
 */
#define _GNU_SOURCE
#include "failing.h"
#include "soak.h"

#include <afield/wait.h>

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

static uint64_t made, made_sum, freed, freed_sum; /* __atomic */
static unsigned long starved;                     /* __atomic */

/* A thread that has no memory makes no threads: the library's own is refused now and then, and who
 * retires reclaims. A sanitizer's own, where there is one. */
typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
create_function __interceptor_pthread_create __attribute__((weak));

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	create_function *next = __interceptor_pthread_create;
	void *found;

	if (failing) {
		refused++;
		return EAGAIN;
	}
	if (!next) {
		found = dlsym(RTLD_NEXT, "pthread_create");
		memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	}
	return next(thread, attributes, run, argument);
}

struct soak_value *soak_value_new(struct soak_thread *thread)
{
	int before = failing;
	struct soak_value *value;

	failing = 0;
	value = (struct soak_value *)malloc(sizeof(*value));
	failing = before;
	if (!value)
		abort();
	value->number = soak_random(thread, 1000) + 1;
	__atomic_store_n(&value->self, value, __ATOMIC_RELAXED);
	soak_add(&made, 1);
	soak_add(&made_sum, value->number);
	return value;
}

void soak_value_use(const struct soak_value *value)
{
	SOAK_CHECK(value && __atomic_load_n(&value->self, __ATOMIC_RELAXED) == value);
}

void soak_value_free(struct soak_value *value)
{
	if (__atomic_exchange_n(&value->self, NULL, __ATOMIC_RELAXED) != value) {
		SOAK_CHECK(!"a value is destroyed twice");
		return;
	}
	soak_add(&freed, 1);
	soak_add(&freed_sum, value->number);
	free(value);
}

void soak_values_finish(void)
{
	SOAK_EQUAL(freed, made);
	SOAK_EQUAL(freed_sum, made_sum);
	made = freed = made_sum = freed_sum = 0;
}

void soak_starve(bool is_starved)
{
	failing = is_starved;
	if (!is_starved) {
		__atomic_fetch_add(&starved, (unsigned long)refused, __ATOMIC_RELAXED);
		refused = 0;
	}
}

unsigned long soak_starved(void)
{
	return __atomic_load_n(&starved, __ATOMIC_RELAXED);
}

const struct timespec *soak_deadline(struct soak_thread *thread, struct timespec *deadline)
{
	uint64_t choice = soak_random(thread, thread->is_bounded ? 7 : 11);

	afield_deadline(0.0005 * (double)soak_random(thread, 6), deadline);
	switch (choice) {
	case 0: /* the beginning of the clock */
		deadline->tv_sec = 0;
		deadline->tv_nsec = 0;
		break;
	case 1:
		deadline->tv_sec = -1;
		break;
	case 2: /* soon, written oddly */
		deadline->tv_sec -= 3;
		deadline->tv_nsec += 3000000000;
		break;
	case 3:
		deadline->tv_sec += 2;
		deadline->tv_nsec -= 2000000000;
		break;
	case 4:
		deadline->tv_sec = 0;
		deadline->tv_nsec = LONG_MIN;
		break;
	case 7: /* forever, in two ways, and as good as */
		return NULL;
	case 8:
		deadline->tv_sec = (time_t)INT64_MAX;
		deadline->tv_nsec = LONG_MAX;
		break;
	case 9:
		deadline->tv_sec += 1000000;
		break;
	default:
		break;
	}
	return deadline;
}
