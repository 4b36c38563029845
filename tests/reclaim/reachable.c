/* SPDX-License-Identifier: MIT */
/*
 * Objects that wait at exit, retired by more threads than there are records in the library's own
 * data. A leak checker at exit finds them: those of the others are in memory that it does not look
 * into by itself.
 */
#include "retired.h"
#include "test.h"

enum { COUNT = 200 };

static pthread_barrier_t all_are_there;

static void *retire_one(void *unused)
{
	pthread_barrier_wait(&all_are_there);
	retire_some(1);
	pthread_barrier_wait(&all_are_there);
	return unused;
}

/* Inside a read section, so that no grace period ends. */
static void they_wait(void)
{
	pthread_t threads[COUNT];

	pthread_barrier_init(&all_are_there, NULL, COUNT);
	for (int i = 0; i < COUNT; i++)
		if (pthread_create(&threads[i], NULL, retire_one, NULL))
			abort();
	for (int i = 0; i < COUNT; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(afield_backlog() == COUNT);
	TEST_CHECK(__atomic_load_n(&given_back, __ATOMIC_SEQ_CST) == 0);
}

int main(void)
{
	afield_read_lock();
	TEST_RUN(they_wait);
	return test_done();
}
