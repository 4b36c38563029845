/* SPDX-License-Identifier: MIT */
/*
 * What a thread had at hand when it ended belongs to who gets its record, and to who empties it:
 * blocks that were given back, blocks that came back after a grace period, and magazines. The
 * threads are detached, so nothing tells of their end but the system.
 */
#include <afield/detail/blocks.h>
#include <afield/reclaim.h>
#include <afield/stack.h>

#include "steps.h"
#include "test.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

AFIELD_TYPE(numbers, stack, int64_t);

/* More than there are records in a chunk: the first one that is free is not that of who has just
 * ended. */
enum { HEIRS = 200, KEPT = 4 };

/* As large as what stack's blocks have no need for. */
struct version {
	struct afield_retired retired;
	long text[20]; /* plain */
};

static step_count steps;
static struct place {
	AFIELD_ATOMIC(struct version *) version;
} left[KEPT];
static AFIELD_ATOMIC(pid_t) ended;
static AFIELD_ATOMIC(int) looked;
static AFIELD_ATOMIC(bool) is_inherited;
static numbers stack;
static AFIELD_ATOMIC(uint64_t) left_block;

static struct version *make(void)
{
	struct version *version = (struct version *)afield__block_new(sizeof(*version));

	if (!version)
		abort();
	version->text[0]++;
	return version;
}

static uint64_t top_block(void)
{
	return AFIELD_LOAD_WORD(&stack.stack.top, relaxed);
}

static void end_here(void)
{
	AFIELD_STORE(&ended, (pid_t)syscall(SYS_gettid), relaxed);
}

/* Where it stands among those that were left, or NULL. */
static struct place *place_of(const struct version *version)
{
	for (int i = 0; i < KEPT; i++)
		if (version == AFIELD_LOAD(&left[i].version, relaxed))
			return &left[i];
	return NULL;
}

/* It gives back what nobody has seen. */
static void *give_back(void *unused)
{
	struct version *version = make();

	AFIELD_STORE(&left[0].version, version, relaxed);
	afield__block_free(version, sizeof(*version));
	end_here();
	return unused;
}

/* It takes one of those that come back together, and leaves the others. */
static void *let_come_back(void *unused)
{
	struct version *fresh[1000], *version;
	int count = 0;

	for (int i = 0; i < KEPT; i++) {
		version = make();
		AFIELD_STORE(&left[i].version, version, relaxed);
		fresh[i] = version;
	}
	for (int i = 0; i < KEPT; i++)
		afield__block_retire(&fresh[i]->retired, sizeof(*fresh[i]), true);
	for (;;) {
		version = make();
		if (place_of(version) || count == 1000)
			break;
		fresh[count++] = version;
		usleep(1000);
	}
	if (!place_of(version))
		abort();
	AFIELD_STORE(&place_of(version)->version, NULL,
		     relaxed); /* not by way of free() and malloc() */
	free(version);
	while (count--)
		free(fresh[count]);
	end_here();
	return unused;
}

/* One block at hand that comes from the thread before, or a fresh one. */
static void *look_for_blocks(void *unused)
{
	struct version *version = make();

	if (place_of(version))
		AFIELD_STORE(&is_inherited, true, relaxed);
	AFIELD_FETCH_ADD(&looked, 1, relaxed);
	step_await(&steps, 1);
	free(version);
	return unused;
}

/* No destructor of a thread-specific value runs, which would empty the magazines. */
static void *end_with_a_magazine(void *unused)
{
	int64_t value = 0;

	if (numbers_push(&stack, 7))
		abort();
	AFIELD_STORE(&left_block, top_block(), relaxed);
	if (!numbers_pop(&stack, &value))
		abort();
	end_here();
	syscall(SYS_exit, 0);
	return unused;
}

static void *use_a_magazine(void *unused)
{
	int64_t value = 0;

	TEST_CHECK(numbers_push(&stack, 8) == 0);
	if (top_block() == AFIELD_LOAD(&left_block, relaxed))
		AFIELD_STORE(&is_inherited, true, relaxed);
	TEST_CHECK(numbers_pop(&stack, &value) && value == 8);
	AFIELD_FETCH_ADD(&looked, 1, relaxed);
	step_await(&steps, 1);
	return unused;
}

/* A thread that is gone, as the system says. */
static void leave(void *(*body)(void *unused))
{
	pthread_t thread;
	pid_t gone;

	AFIELD_STORE(&ended, 0, relaxed);
	if (pthread_create(&thread, NULL, body, NULL) || pthread_detach(thread))
		abort();
	while (!(gone = AFIELD_LOAD(&ended, relaxed)) ||
	       syscall(SYS_tgkill, getpid(), gone, 0) == 0)
		usleep(100);
}

/* Threads come, and stay, until one of them has that one's record. */
static void inherit(void *(*body)(void *unused))
{
	static pthread_t threads[HEIRS];
	int count = 0;

	AFIELD_STORE(&steps, 0, relaxed);
	AFIELD_STORE(&looked, 0, relaxed);
	AFIELD_STORE(&is_inherited, false, relaxed);
	while (count < HEIRS && !AFIELD_LOAD(&is_inherited, relaxed)) {
		if (pthread_create(&threads[count++], NULL, body, NULL))
			abort();
		while (AFIELD_LOAD(&looked, relaxed) != count)
			sched_yield();
	}
	step_to(&steps, 1);
	while (count--)
		pthread_join(threads[count], NULL);
	TEST_CHECK(AFIELD_LOAD(&is_inherited, relaxed));
}

static void blocks_that_were_given_back(void)
{
	leave(give_back);
	inherit(look_for_blocks);
}

static void blocks_that_came_back(void)
{
	leave(let_come_back);
	inherit(look_for_blocks);
}

static void magazines_of_who_has_the_record(void)
{
	leave(end_with_a_magazine);
	inherit(use_a_magazine);
}

static void magazines_that_a_barrier_empties(void)
{
	leave(end_with_a_magazine);
	TEST_CHECK(afield_barrier() == 0);
}

int main(void)
{
	TEST_RUN(blocks_that_were_given_back);
	TEST_RUN(blocks_that_came_back);
	TEST_RUN(magazines_of_who_has_the_record);
	TEST_RUN(magazines_that_a_barrier_empties);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
