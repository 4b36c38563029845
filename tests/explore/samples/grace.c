/* SPDX-License-Identifier: MIT */
/*
 * A pointer that readers follow and one writer replaces, with a grace period that waits until the
 * reader is outside; and the mistakes that its users make in steps, not in orders.
 */
#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct version {
	int low, high; /* equal while the version is alive */
};

static AFIELD_ATOMIC(struct version *) current;
static AFIELD_ATOMIC(int) inside; /* written by the reader */

static struct version *make(int number)
{
	struct version *version = (struct version *)malloc(sizeof(*version));

	version->low = number;
	version->high = number;
	return version;
}

static void reclaim(struct version *version)
{
	while (!AFIELD_MUTANT("skip_the_grace_period") && AFIELD_LOAD(&inside, seq_cst))
		AFIELD_SPIN();
	version->low = -1;
	free(version);
}

static void replace(struct version *next)
{
	struct version *old = AFIELD_LOAD(&current, relaxed); /* there is one writer */

	if (AFIELD_MUTANT("retire_before_it_is_replaced")) {
		reclaim(old);
		AFIELD_STORE(&current, next, seq_cst);
		return;
	}
	AFIELD_STORE(&current, next, seq_cst);
	reclaim(old);
}

static void *reader(void *unused)
{
	const struct version *seen;
	bool is_early;

	AFIELD_STORE(&inside, 1, seq_cst);
	seen = AFIELD_LOAD(&current, seq_cst);
	is_early = AFIELD_MUTANT("read_after_the_section");
	if (is_early)
		AFIELD_STORE(&inside, 0, release);
	assert(seen->low == seen->high);
	if (!is_early)
		AFIELD_STORE(&inside, 0, release);
	return unused;
}

int main(void)
{
	pthread_t thread;

	AFIELD_STORE(&current, make(1), relaxed);
	if (pthread_create(&thread, NULL, reader, NULL))
		abort();
	replace(make(2));
	pthread_join(thread, NULL);
	free(AFIELD_LOAD(&current, relaxed));
	return 0;
}
