/* SPDX-License-Identifier: MIT */
/*
 * litmus_returned: who sees a store that has returned. One thread stores a word by a bare verb and
 * then says so in another word, by a release; a second one reads that, by an acquire, and loads the
 * first by a bare verb.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/atomic fields/atomic/proof/litmus_returned.c -lpthread
 *
 * What must hold in every execution: who has read that the store has returned finds it. The mutant
 * says or reads it by a relaxed verb, as a clock on the wall would, and then C11 promises nothing.
 */
#include "../atomic.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static afield_i64 word, said;
static int64_t seen_said, seen_word;

static void *store_and_say(void *unused)
{
	afield_i64_store(&word, 1);
	if (AFIELD_MUTANT("say_it_relaxed"))
		afield_i64_store_relaxed(&said, 1);
	else
		afield_i64_store_release(&said, 1);
	return unused;
}

static void *listen_and_load(void *unused)
{
	if (AFIELD_MUTANT("hear_it_relaxed"))
		seen_said = afield_i64_load_relaxed(&said);
	else
		seen_said = afield_i64_load_acquire(&said);
	seen_word = afield_i64_load(&word);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, store_and_say, NULL) ||
	    pthread_create(&threads[1], NULL, listen_and_load, NULL))
		abort();
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(afield_i64_load(&said) == 1 && (seen_said == 0 || seen_word == 1));
	return 0;
}
