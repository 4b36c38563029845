/* SPDX-License-Identifier: MIT */
#include "ck_bodies.h"

#include <sched.h>
#include <stdint.h>

#include <afield/ordering.h>

#include "packaged_ring.h"

struct ring {
	ck_ring_t ring;
	ck_ring_buffer_t places[PEERS_RING_SIZE];
};

void *peers_ck_ring(int which)
{
	static struct {
		struct ring ring;
		char apart[128];
	} rings[2];
	static bool is_begun[2];

	if (!is_begun[which])
		ck_ring_init(&rings[which].ring.ring, PEERS_RING_SIZE);
	is_begun[which] = true;
	return &rings[which].ring;
}

void peers_ck_pair(void *state, long iterations, int thread)
{
	struct ring *it = (struct ring *)state;

	(void)thread;
	for (long i = 0; i < iterations; i++) {
		void *value = NULL;

		bench_keep(ck_ring_enqueue_mpmc(&it->ring, it->places, (void *)(uintptr_t)i));
		bench_keep(ck_ring_dequeue_mpmc(&it->ring, it->places, (void *)&value));
		bench_keep(value);
	}
}

void peers_ck_spsc_pair(void *state, long iterations, int thread)
{
	struct ring *it = (struct ring *)state;

	(void)thread;
	for (long i = 0; i < iterations; i++) {
		void *value = NULL;

		bench_keep(ck_ring_enqueue_spsc(&it->ring, it->places, (void *)(uintptr_t)i));
		bench_keep(ck_ring_dequeue_spsc(&it->ring, it->places, (void *)&value));
		bench_keep(value);
	}
}

/* See poll_again in peers.h. */
static bool poll_again(long *polls)
{
	if (++*polls % 1024 == 0) {
		sched_yield();
		return !bench_is_over();
	}
	AFIELD_SPIN();
	return true;
}

void peers_ck_spsc_ends(void *state, long iterations, int thread)
{
	struct ring *it = (struct ring *)state;
	void *value = NULL;
	long polls = 0;

	if (thread == 0) {
		for (long i = 0; i < iterations; i++)
			while (!ck_ring_enqueue_spsc(&it->ring, it->places, (void *)(uintptr_t)i))
				if (!poll_again(&polls))
					return;
		return;
	}
	for (long i = 0; i < iterations; i++)
		while (!ck_ring_dequeue_spsc(&it->ring, it->places, (void *)&value))
			if (!poll_again(&polls))
				return;
	bench_keep(value);
}

void peers_ck_drain(void *state)
{
	struct ring *it = (struct ring *)state;
	void *value;

	while (ck_ring_dequeue_spsc(&it->ring, it->places, (void *)&value))
		;
}
