/* SPDX-License-Identifier: MIT */
/*
 * A value that a thread has pushed is whole for who finds it. ThreadSanitizer does not see the
 * exchange of a pair, so the annotations are all that it knows of that order; for the others this is
 * a test of one thread beside another.
 */
#include <afield/reclaim.h>
#include <afield/stack.h>

#include "test.h"

#include <unistd.h>

AFIELD_TYPE(numbers, stack, int64_t);

static numbers stack;
static AFIELD_ATOMIC(bool) is_pushed;

static void *push_and_say_so(void *unused)
{
	TEST_CHECK(numbers_push(&stack, 7) == 0);
	AFIELD_STORE(&is_pushed, true, relaxed);
	return unused;
}

/* `find` runs after a push, without any order between them but that of the stack. */
static void find_after(void (*find)(void))
{
	pthread_t pusher;

	AFIELD_STORE(&is_pushed, false, relaxed);
	if (pthread_create(&pusher, NULL, push_and_say_so, NULL))
		abort();
	while (!AFIELD_LOAD(&is_pushed, relaxed))
		usleep(100);
	find();
	pthread_join(pusher, NULL);
	numbers_clear(&stack);
}

static void pop(void)
{
	int64_t value = 0;

	TEST_CHECK(numbers_pop(&stack, &value) && value == 7);
}

static void look_at(int64_t *value, void *unused)
{
	(void)unused;
	TEST_CHECK(*value == 7);
}
static void pop_all(void)
{
	TEST_CHECK(numbers_pop_all(&stack, look_at, NULL) == 1);
}

static void take_and_go_on(void)
{
	struct afield__block *rest = afield__stack_take(&stack.stack);
	int64_t value = 0;

	TEST_CHECK(afield__stack_next(&rest, &numbers__element, &value) && value == 7);
	TEST_CHECK(!afield__stack_next(&rest, &numbers__element, &value));
}

static void count(void)
{
	TEST_CHECK(numbers_count(&stack) == 1);
}

/* What is visited is a reference; a number will do. */
static int is_seven(void *object, void *unused)
{
	(void)unused;
	return (intptr_t)object == 7 ? 77 : 78;
}
static void each(void)
{
	TEST_CHECK(afield__stack_each(&stack.stack, is_seven, NULL) == 77);
}

static void drop(void)
{
	afield__stack_drop_all(&stack.stack, &numbers__element);
	TEST_CHECK(numbers_is_empty(&stack));
}

static void end(void)
{
	numbers_fini(&stack);
	TEST_CHECK(numbers_is_empty(&stack));
}

static void what_is_pushed_is_whole(void)
{
	find_after(pop);
	find_after(pop_all);
	find_after(take_and_go_on);
	find_after(count);
	find_after(each);
	find_after(drop);
	find_after(end);
}

int main(void)
{
	TEST_CHECK(numbers_count(&stack) == 0); /* this thread has its record */
	TEST_RUN(what_is_pushed_is_whole);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
