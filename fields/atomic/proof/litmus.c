/* SPDX-License-Identifier: MIT */
/*
 * One word, and what it publishes. What must hold in every execution: no update is lost, and who
 * has read that something was done before finds it.
 */
#include "../../../tests/support/litmus.h"
#include "../atomic.h"

/* No update is lost between fetch_add, which is one access, and fetch_max, which is a loop. */
static afield_i64 total;
static int64_t raised_from;

static void add_twice(int self)
{
	afield_i64_fetch_add(&total, 1);
	afield_i64_fetch_add_relaxed(&total, 1);
}

static void raise_to_ten(int self)
{
	raised_from = afield_i64_fetch_max(&total, 10);
}

PROGRAM(updates_are_not_lost)
{
	RUN(add_twice, raise_to_ten);
	/* The additions that the maximum did not find come on top of it. */
	assert(afield_i64_load(&total) == 10 + (2 - raised_from));
	afield_i64_store(&total, 0);
	RUN(add_twice, add_twice);
	assert(afield_i64_load(&total) == 4);
}

/* Message passing: what a release store publishes, an acquire load that sees it may read. */
static afield_bool is_ready;
static int message; /* plain: a checker reports a race if the order does not hold */

static void publish(int self)
{
	message = 42;
	afield_bool_store_release(&is_ready, true);
}

static void receive(int self)
{
	if (afield_bool_load_acquire(&is_ready))
		assert(message == 42);
}

PROGRAM(release_publishes)
{
	RUN(publish, receive);
	assert(afield_bool_load(&is_ready));
}

/*
 * Who sees a store that has returned. One thread stores a word by a bare verb and then says so in
 * another word, by a release; a second one reads that, by an acquire, and loads the first by a bare
 * verb. Who has read that the store has returned finds it. The mutant says or reads it by a relaxed
 * verb, as a clock on the wall would, and then C11 promises nothing.
 */
static afield_i64 word, said;
static int64_t seen_said, seen_word;

static void store_and_say(int self)
{
	afield_i64_store(&word, 1);
	if (AFIELD_MUTANT("say_it_relaxed"))
		afield_i64_store_relaxed(&said, 1);
	else
		afield_i64_store_release(&said, 1);
}

static void listen_and_load(int self)
{
	/* It looks too early first: what it knows from then is no answer. */
	(void)afield_i64_load(&word);
	if (AFIELD_MUTANT("hear_it_relaxed"))
		seen_said = afield_i64_load_relaxed(&said);
	else
		seen_said = afield_i64_load_acquire(&said);
	seen_word = afield_i64_load(&word);
}

PROGRAM(returned_store_is_seen)
{
	RUN(store_and_say, listen_and_load);
	assert(afield_i64_load(&said) == 1);
	assert(seen_said == 0 || seen_word == 1);
}

PROGRAMS(updates_are_not_lost, release_publishes, returned_store_is_seen)
