/* SPDX-License-Identifier: MIT */
/*
 * litmus_spsc: one thread pushes three elements into a ring of two, one pops, in every mix of the
 * two orders; the numbers wrap on the way.
 *
 * What must hold in every execution: the elements come out in order and whole, and no place is
 * written while it is read. The places are plain, so that a checker reports a race where the order
 * does not hold.
 */
#include "../ring_spsc_core.h"

#include <assert.h>
#include <pthread.h>

static struct afield__spsc ring;
static int places[2];

static bool push(int value, bool is_release)
{
	uint64_t number;

	if (!afield__spsc_begin_push(&ring, &number))
		return false;
	places[number & ring.mask] = value;
	if (is_release)
		afield__spsc_end_push_release(&ring, number);
	else
		afield__spsc_end_push(&ring, number);
	return true;
}

static int pop(bool is_release)
{
	uint64_t number;
	int value;

	if (!afield__spsc_begin_pop(&ring, &number))
		return 0;
	value = places[number & ring.mask];
	if (is_release)
		afield__spsc_end_pop_release(&ring, number);
	else
		afield__spsc_end_pop(&ring, number);
	return value;
}

static int accepted; /* written by who pushes */
static int sum;      /* of what came out; written by who pops */

static void *push_three(void *is_release)
{
	for (int i = 1; i <= 3; i++)
		if (push(accepted + 1, is_release != NULL))
			accepted++;
	return NULL;
}

static void *pop_two(void *is_release)
{
	for (int i = 0; i < 2; i++) {
		int value = pop(is_release != NULL);

		assert(value == 0 || value == sum + 1);
		sum += value != 0;
	}
	return NULL;
}

static void run(void *push_is_release, void *pop_is_release)
{
	pthread_t threads[2];

	ring.capacity = 2;
	ring.mask = 1;
	ring.places = places;
	afield__spsc_start_at(&ring, UINT64_MAX);
	accepted = 0;
	sum = 0;
	pthread_create(&threads[0], NULL, push_three, push_is_release);
	pthread_create(&threads[1], NULL, pop_two, pop_is_release);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(accepted >= 2);
	assert(afield__spsc_count(&ring) == (uint64_t)(accepted - sum));
	while (sum < accepted)
		assert(pop(false) == ++sum);
	assert(pop(false) == 0);
}

int main(void)
{
	run(NULL, NULL);
	run(&ring, &ring);
	return 0;
}
