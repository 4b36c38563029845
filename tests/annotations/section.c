/* SPDX-License-Identifier: MIT */
/*
 * A read section that is open while its object is retired: what the reader does there happens
 * before the callback, which writes the same bytes. The annotations are the only order between the
 * two: the reader has its record from before, and nobody else retires.
 */
#include <afield/reclaim.h>

#include "steps.h"
#include "test.h"

struct node {
	struct afield_retired retired;
	long value;
};

static AFIELD_ATOMIC(struct node *) newest;
static struct node first = {{NULL, 0, NULL}, 1};
static step_count steps;
static long seen;

static void poison(struct afield_retired *retired)
{
	((struct node *)(void *)retired)->value = -1;
	step_to(&steps, 4);
}

static void *read_first(void *unused)
{
	afield_read_lock(); /* registers the thread, which takes a mutex */
	afield_read_unlock();
	step_to(&steps, 1);
	step_await(&steps, 2);
	AFIELD_READ_SECTION
	{
		seen = AFIELD_LOAD(&newest, acquire)->value;
		step_to(&steps, 3);
	}
	step_await(&steps, 4);
	return unused;
}

static void reading_comes_first(void)
{
	static struct node before;
	pthread_t reader;

	afield_retire_nowait(&before.retired, poison); /* starts the worker */
	TEST_CHECK(afield_barrier() == 0);
	step_to(&steps, 0);
	if (pthread_create(&reader, NULL, read_first, NULL))
		abort();
	step_await(&steps, 1);
	AFIELD_STORE(&newest, &first, release);
	step_to(&steps, 2);
	step_await(&steps, 3);
	AFIELD_STORE(&newest, NULL, release);
	afield_retire_nowait(&first.retired, poison);
	pthread_join(reader, NULL);
	TEST_CHECK(seen == 1);
}

int main(void)
{
	TEST_RUN(reading_comes_first);
	return test_done();
}
