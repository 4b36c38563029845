/* SPDX-License-Identifier: MIT */
/*
 * park, by ConcurrencyKit's event count ck_ec32 and Linux futexes.
 *
 * Why no wake is lost among many sleepers: the top bit of the word says that somebody sleeps. A
 * sleeper sets it with a compare-and-swap on the number it read and sleeps on exactly that word; a
 * waker adds one, and when it finds the bit set, clears it and wakes everybody. A sleeper that sets
 * the bit between these steps of a waker either sleeps before that waker's futex call, which wakes
 * it, or finds the word changed and does not sleep. A sleeper that leaves at its deadline leaves
 * the bit behind, which costs a futex call or two and nothing else. A wake of one is not the event
 * count's: park_core.h has it. The number has 31 bits: a thread that is held up between reading it
 * and sleeping while 2^31 wakes pass would sleep through them.
 *
 * The word is touched in this file only. ThreadSanitizer does not see it (lib/CMakeLists.txt), and
 * need not: what a wait is about is ordered by the state words of its owner, not by this one.
 */
#include "park.h"

#include "park_core.h"

#include <ck_ec.h>

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(struct ck_ec32) == sizeof(uint32_t) &&
		       _Alignof(struct ck_ec32) <= _Alignof(uint32_t),
	       "afield: ck_ec32 is not the one word that struct afield_waiters keeps for it");

/* What one sleep carries through ConcurrencyKit to the operations below. */
struct wait_context {
	const struct timespec *deadline;
	uint32_t class;
	bool has_slept;
	enum afield__park_end end;
};

/* The classes of sleepers, as bits of a futex. */
enum { GUEST = 1, NATIVE = 2 };

static int gettime(const struct ck_ec_ops *ops, struct timespec *now)
{
	(void)ops;
	return clock_gettime(CLOCK_MONOTONIC, now);
}

/*
 * The deadline that ConcurrencyKit passes is its back-off for event counts with a single producer,
 * which may lose the flag. Ours have many and lose nothing, so the wait's own deadline is right; the
 * back-off's would sleep through one that is near.
 *
 * There is always a deadline, if only the end of time: the kernel starts a sleep that has none
 * again by itself after a signal handler that was installed with SA_RESTART. The futex returns 0
 * when a wake has taken this thread off its list, and only then.
 */
static void sleep_on(const struct ck_ec_wait_state *state, const uint32_t *word, uint32_t expected,
		     const struct timespec *backoff)
{
	static const struct timespec end_of_time = {INT32_MAX, 0};
	struct wait_context *wait = (struct wait_context *)state->data;
	long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
			      wait->deadline ? wait->deadline : &end_of_time, NULL, wait->class);

	(void)backoff;
	wait->has_slept = true;
	if (result == 0)
		wait->end = AFIELD__PARK_WOKEN;
	else if (errno == ETIMEDOUT && wait->deadline)
		wait->end = AFIELD__PARK_LATE;
}

static int wake_up_to(const void *word, int most)
{
	return (int)syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, most, NULL, NULL, 0);
}

static void wake_all(const struct ck_ec_ops *ops, const uint32_t *word)
{
	(void)ops;
	wake_up_to(word, INT_MAX);
}

/* ConcurrencyKit asks this before each futex call. It would go back to sleep after a signal. */
static int has_slept(const struct ck_ec_wait_state *state, struct timespec *backoff)
{
	(void)backoff;
	return ((const struct wait_context *)state->data)->has_slept;
}

/* One turn of ConcurrencyKit's own spinning: wait.c has spun before. */
static const struct ck_ec_ops operations = {
	.gettime = gettime,
	.wait32 = sleep_on,
	.wake32 = wake_all,
	.busy_loop_iter = 1,
};
static const struct ck_ec_mode many_producers = {.ops = &operations, .single_producer = false};

uint32_t afield__park_value(const uint32_t *event)
{
	return ck_ec32_value((const struct ck_ec32 *)event);
}

enum afield__park_end afield__park_sleep(uint32_t *event, uint32_t value, bool is_guest,
					 const struct timespec *deadline)
{
	struct wait_context wait = {deadline, is_guest ? GUEST : NATIVE, false, AFIELD__PARK_MOVED};

	ck_ec32_wait_pred((struct ck_ec32 *)event, &many_producers, value, has_slept, &wait, NULL);
	return wait.end;
}

void afield__park_wake(uint32_t *event)
{
	ck_ec32_inc((struct ck_ec32 *)event, &many_producers);
}

void afield__park_wake_one(uint32_t *event)
{
	afield__park_raise_for_one((afield__park_word *)event, wake_up_to);
}

void afield__park_lend(uint32_t *event)
{
	syscall(SYS_futex, event, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, NATIVE);
}
