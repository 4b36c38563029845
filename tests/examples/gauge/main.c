/* SPDX-License-Identifier: MIT */
/*
 * A kind of one's own, outside of afield's tree: gauge.h, a maximum that only rises. This program
 * has it in a class with a field of afield's, raises both from eight threads, prints what
 * afield_describe knows of the class, and ends with 0 if the longest wait is the one it should be.
 * Without the padding afield_describe warns that the two share a cache line.
 *
 *	cc main.c -o gauge $(pkg-config --cflags --libs afield) -pthread
 *	./gauge
 */
#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/padding.h>

#include <pthread.h>
#include <stdio.h>

#include "gauge.h"

AFIELD_TYPE(nanoseconds_gauge, gauge, uint64_t);

#define SERVER(field)               \
	field(afield_i64, requests) \
	field(afield_padding, _1)   \
	field(nanoseconds_gauge, longest, 0, "The longest that a request waited")
AFIELD_CLASS(server, SERVER);

enum { THREADS = 8, ROUNDS = 1000000 };

static pthread_barrier_t start;
static server shared; /* bytes of zero are a fresh one, of this kind, too */

/* Every thread has other waits, and the longest of all is THREADS * ROUNDS. NULL: it never fell. */
static void *serve(void *argument)
{
	uint64_t wait = *(const uint64_t *)argument;

	(void)pthread_barrier_wait(&start);
	for (int i = 0; i < ROUNDS; i++, wait += THREADS) {
		afield_i64_fetch_add(&shared.requests, 1);
		nanoseconds_gauge_raise(&shared.longest, wait);
		if (nanoseconds_gauge_load(&shared.longest) < wait)
			return argument;
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	uint64_t firsts[THREADS];
	void *fallen[THREADS];
	char text[1024];
	uint64_t longest;
	bool is_right;

	if (pthread_barrier_init(&start, NULL, THREADS) != 0)
		return 2;
	for (uint64_t i = 0; i < THREADS; i++) {
		firsts[i] = i + 1;
		if (pthread_create(&threads[i], NULL, serve, &firsts[i]) != 0)
			return 2;
	}
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], &fallen[i]);
	longest = nanoseconds_gauge_load(&shared.longest);
	is_right = longest == THREADS * ROUNDS &&
		   afield_i64_load(&shared.requests) == THREADS * ROUNDS;
	for (int i = 0; i < THREADS; i++)
		is_right = is_right && !fallen[i];
	afield_describe(server_class(), text, sizeof(text));
	server_fini(&shared);
	printf("%sthe longest wait: %llu, %s\n", text, (unsigned long long)longest,
	       is_right ? "right" : "wrong");
	return !is_right;
}
