/* SPDX-License-Identifier: MIT */
/*
 * A sequence lock over two words, with fences: one writer writes pairs of equal words, one reader
 * must never see two that differ.
 */
#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static AFIELD_ATOMIC(unsigned) sequence;
static AFIELD_ATOMIC(int) words[2];

static void write_pair(int value)
{
	unsigned before = AFIELD_LOAD(&sequence, relaxed);

	AFIELD_STORE(&sequence, before + 1, relaxed);
	AFIELD_FENCE(release, &sequence);
	AFIELD_STORE(&words[0], value, relaxed);
	AFIELD_STORE(&words[1], value, relaxed);
	AFIELD_STORE(&sequence, before + 2, release);
}

static bool try_read(int *pair)
{
	unsigned before = AFIELD_LOAD(&sequence, acquire);

	if (before & 1)
		return false;
	pair[0] = AFIELD_LOAD(&words[0], relaxed);
	pair[1] = AFIELD_LOAD(&words[1], relaxed);
	AFIELD_FENCE(acquire, &sequence);
	if (AFIELD_MUTANT("drop_the_re_check"))
		return true;
	return AFIELD_LOAD(&sequence, relaxed) == before;
}

static void *writer(void *unused)
{
	write_pair(1);
	write_pair(2);
	return unused;
}

int main(void)
{
	pthread_t thread;
	int pair[2];

	pthread_create(&thread, NULL, writer, NULL);
	for (int i = 0; i < 2; i++)
		if (try_read(pair))
			assert(pair[0] == pair[1]);
	pthread_join(thread, NULL);
	assert(try_read(pair));
	assert(pair[0] == 2 && pair[1] == 2);
	return 0;
}
