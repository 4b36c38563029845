/* SPDX-License-Identifier: MIT */
/*
 * More threads than the first chunk has records for: who adds the next chunk has written it before
 * others find it. They have started before, and nothing orders them but the chain of chunks.
 */
#include <afield/thread.h>

#include "ended.h"
#include "steps.h"
#include "test.h"

#include <sched.h>

#define THREADS 80

static step_count steps;
static AFIELD_ATOMIC(uint64_t) numbers[THREADS];
static AFIELD_ATOMIC(int) known;

static void *take_a_record(void *opaque)
{
	step_await(&steps, 1);
	AFIELD_STORE(&numbers[(intptr_t)opaque], afield_thread_id(), relaxed);
	AFIELD_FETCH_ADD(&known, 1, relaxed);
	step_await(&steps, 2);
	return NULL;
}

static void chunks_are_whole(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, take_a_record, (void *)(intptr_t)i))
			abort();
	step_to(&steps, 1);
	while (AFIELD_LOAD(&known, relaxed) != THREADS)
		sched_yield();
	for (int i = 0; i < THREADS; i++)
		TEST_CHECK(afield_thread_identity(AFIELD_LOAD(&numbers[i], relaxed)) ==
			   (uint64_t)threads[i]);
	step_to(&steps, 2);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		TEST_CHECK(has_ended(AFIELD_LOAD(&numbers[i], relaxed)));
}

int main(void)
{
	TEST_RUN(chunks_are_whole);
	return test_done();
}
