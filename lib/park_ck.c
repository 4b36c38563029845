/*
 * park, by ConcurrencyKit's event count ck_ec32 and Linux futexes.
 *
 * Why no wake is lost among many sleepers: the top bit of the word says that somebody sleeps. A
 * sleeper sets it with a compare-and-swap on the number it read and sleeps on exactly that word; a
 * waker adds one, and when it finds the bit set, clears it and wakes everybody. A sleeper that sets
 * the bit between these steps of a waker either sleeps before that waker's futex call, which wakes
 * it, or finds the word changed and does not sleep. A sleeper that leaves at its deadline leaves
 * the bit behind, which costs one futex call and nothing else. The number has 31 bits: a thread
 * that is held up between reading it and sleeping while 2^31 wakes pass would sleep through them.
 *
 * The word is touched in this file only. ThreadSanitizer does not see it (lib/CMakeLists.txt), and
 * need not: what a wait is about is ordered by the state words of its owner, not by this one.
 */
#include "park.h"

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
struct nap {
	const struct timespec *deadline;
	bool is_interrupted;
};

static int gettime(const struct ck_ec_ops *ops, struct timespec *now)
{
	(void)ops;
	return clock_gettime(CLOCK_MONOTONIC, now);
}

/*
 * The deadline that ConcurrencyKit passes is its back-off for event counts with a single producer,
 * which may lose the flag. Ours have many and lose nothing, so the nap's own deadline is right; the
 * back-off's would sleep through one that is near.
 */
static void sleep_on(const struct ck_ec_wait_state *state, const uint32_t *word, uint32_t expected,
		     const struct timespec *backoff)
{
	struct nap *nap = (struct nap *)state->data;
	long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
			      nap->deadline, NULL, FUTEX_BITSET_MATCH_ANY);

	(void)backoff;
	if (result == -1 && errno == EINTR)
		nap->is_interrupted = true;
}

static void wake_all(const struct ck_ec_ops *ops, const uint32_t *word)
{
	(void)ops;
	syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT_MAX, NULL, NULL, 0);
}

/* ConcurrencyKit asks this before each futex call. It would go back to sleep after a signal. */
static int is_interrupted(const struct ck_ec_wait_state *state, struct timespec *backoff)
{
	(void)backoff;
	return ((const struct nap *)state->data)->is_interrupted;
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

bool afield__park_sleep(uint32_t *event, uint32_t value, const struct timespec *deadline)
{
	struct nap nap = {deadline, false};
	int result = ck_ec32_wait_pred((struct ck_ec32 *)event, &many_producers, value,
				       is_interrupted, &nap, deadline);

	return result != -1 || !deadline;
}

void afield__park_wake(uint32_t *event)
{
	ck_ec32_inc((struct ck_ec32 *)event, &many_producers);
}
