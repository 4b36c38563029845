/* SPDX-License-Identifier: MIT */
/*
 * Two processes with fields in memory that they share: what is one word of its own is right there,
 * as the pages of atomic, flags and event say. Another kind is not, and its page says that.
 */
#include <afield/atomic.h>
#include <afield/event.h>
#include <afield/flags.h>

#include "child.h"

#include <sys/mman.h>

enum { COUNT = 200000 };

#define SIDES(flag) flag(sides, left) flag(sides, right)
AFIELD_FLAGS(sides, SIDES);
AFIELD_TYPE(two_flags, flags, sides);

struct shared {
	afield_i64 added, changed;
	afield_f64 sum;
	two_flags flags;
	afield_event begin, end;
};

static struct shared *shared;

/* Both do the same, each with a bit of its own. */
static void work(sides bit)
{
	for (int i = 0; i < COUNT; i++) {
		int64_t seen = afield_i64_load(&shared->changed);

		afield_i64_fetch_add(&shared->added, 1);
		while (!afield_i64_compare_exchange(&shared->changed, &seen, seen + 1))
			;
		afield_f64_fetch_add(&shared->sum, 0.5);
		TEST_CHECK((two_flags_test_and_set(&shared->flags, bit) & bit) == 0);
		TEST_CHECK((two_flags_test_and_clear(&shared->flags, bit) & bit) != 0);
	}
}

static void await(const afield_event *event)
{
	while (!afield_event_is_set(event)) /* its wait is for threads of one process */
		usleep(100);
}

static int work_in_the_child(void *unused)
{
	(void)unused;
	await(&shared->begin);
	work(sides_left);
	afield_event_set(&shared->end);
	return 0;
}

static void words_are_right(void)
{
	pid_t child;

	shared = (struct shared *)mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	fflush(stdout);
	child = fork();
	if (child == 0)
		child_look(work_in_the_child, NULL);
	afield_event_set(&shared->begin);
	work(sides_right);
	await(&shared->end);
	TEST_CHECK(child_ends_well(child));
	TEST_CHECK(afield_i64_load(&shared->added) == 2 * COUNT);
	TEST_CHECK(afield_i64_load(&shared->changed) == 2 * COUNT);
	TEST_CHECK(afield_f64_load(&shared->sum) == COUNT);
	TEST_CHECK(two_flags_load(&shared->flags) == 0);
	munmap(shared, sizeof(*shared));
}

int main(void)
{
	alarm(60);
	TEST_RUN(words_are_right);
	return test_done();
}
