/* SPDX-License-Identifier: MIT */
/*
 * Faults, at every access of every operation that the limits of the library allow them in: a signal
 * handler that uses the fields, and a thread that ends in the middle. A failed allocation has tests
 * of its own (fields/rcu/test/test_memory.c, tests/python/test_memory.py), and so have a reader and
 * a worker that stand still (tests/reclaim/limit.c) and a fork (tests/reclaim/fork.c); exchanges
 * that fail for nothing are the explorer's; kinds that wait have test_faults_waiting.c, and counts
 * test_faults_counts.c.
 */
#include <afield/atomic.h>
#include <afield/rcu.h>

#include "faults.h"
#include "pairs.h"

static long made, destroyed; /* versions; __atomic */
static void pair_destroy(struct pair *pair)
{
	pair->low = pair->high - 1; /* who still reads it sees that */
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}
AFIELD_TYPE(pair_rcu, rcu, struct pair, pair_destroy);

/* What all of it happens to. Both halves of a pair are equal, whatever happens. */
static struct fields {
	afield_i64 count;
	afield_f64 number;
	pair_seq seq;
	pair_rcu rcu;
} fields;

static bool pair_grow(struct pair *pair, void *unused)
{
	(void)unused;
	pair->low++;
	pair->high++;
	return true;
}

/* A version that nobody gives back is a leak of the test's: a thread that ends leaves some. */
static struct pair *kept[1024];
static long kept_count; /* __atomic */
static struct pair *version_new(void)
{
	struct pair value = pair_of(made);
	struct pair *version = pair_rcu_new(&value);

	if (!version)
		abort();
	__atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
	kept[__atomic_fetch_add(&kept_count, 1, __ATOMIC_RELAXED) % 1024] = version;
	return version;
}

OPERATION(count_load, (void)afield_i64_load(&fields.count));
OPERATION(count_store, afield_i64_store(&fields.count, 7));
OPERATION(count_add, afield_i64_fetch_add(&fields.count, 1));
OPERATION(count_max, afield_i64_fetch_max(&fields.count, afield_i64_load(&fields.count) + 1));
OPERATION(number_add, afield_f64_fetch_add(&fields.number, 1));
OPERATION(seq_load, struct pair pair = pair_seq_load(&fields.seq);
	  TEST_CHECK(pair.low == pair.high));
OPERATION(seq_store, pair_seq_store(&fields.seq, pair_of(3)));
OPERATION(seq_update, pair_seq_update(&fields.seq, pair_grow, NULL));
OPERATION(rcu_store, pair_rcu_store(&fields.rcu, version_new()));

static void rcu_read(void *unused)
{
	(void)unused;
	AFIELD_READ_SECTION
	{
		const struct pair *pair = pair_rcu_load(&fields.rcu);

		AFIELD_PAUSE("inside a read section");
		TEST_CHECK(!pair || pair->low == pair->high);
	}
}

static const struct fault_operation operations[] = {
	{"atomic load", count_load, IN_HANDLER, NULL},
	{"atomic store", count_store, IN_HANDLER, NULL},
	{"atomic fetch_add", count_add, IN_HANDLER, NULL},
	{"atomic fetch_max", count_max, IN_HANDLER, NULL},
	{"f64 fetch_add", number_add, IN_HANDLER, NULL},
	{"seqlock load", seq_load, IN_HANDLER, NULL},
	{"seqlock store", seq_store, KEEPS | WAITS, NULL},
	{"seqlock update", seq_update, KEEPS | WAITS, NULL},
	{"rcu read", rcu_read, IN_HANDLER, NULL},
	{"rcu store", rcu_store, LOSES, NULL},
};

static void begin(void)
{
	memset(&fields, 0, sizeof(fields));
	pair_rcu_store(&fields.rcu, version_new());
}

/* Everything that was taken out is destroyed once, whoever ended where. */
static void end(long lost)
{
	pair_rcu_fini(&fields.rcu);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(__atomic_load_n(&destroyed, __ATOMIC_RELAXED) >= made - lost);
	TEST_CHECK(__atomic_load_n(&destroyed, __ATOMIC_RELAXED) <= made);
	made = destroyed = 0;
}

static const struct faults faults = {operations, sizeof(operations) / sizeof(operations[0]), begin,
				     end};

static void a_handler_uses_the_fields(void)
{
	faults_by_handlers(&faults);
}

/* An addition that is interrupted by another loses neither. Once more round would not end: each
 * interruption makes the exchange fail and adds two accesses. */
static void no_addition_is_lost(void)
{
	begin();
	for (long at = 1; at <= 2; at++) {
		TEST_CHECK(schedule_fault(at, number_add, faults_interrupt, NULL));
		TEST_CHECK(afield_f64_load(&fields.number) == (double)(2 * at));
	}
	end(0);
}

/* Its section ends with it. What it was about to retire is lost. */
static void a_thread_ends_inside(void)
{
	faults_by_ends(&faults);
}

/*
 * A thread may end in the middle of a retire, too, and no fork of the process waits for it: not
 * this one's, and not one of the child that follows. Both reclaim; at most the object is lost that
 * was about to be handed over.
 */
static int reclaim(void *unused)
{
	(void)unused;
	return afield_barrier();
}

static int fork_and_reclaim(void *unused)
{
	(void)unused;
	rcu_store(NULL);
	return afield_barrier() != 0 || !child_finds(reclaim, NULL);
}

static void a_fork_waits_for_no_retirer(void)
{
	long at = 1;
	bool has_ended;

	do {
		begin();
		has_ended = schedule_fault(at, rcu_store, schedule_end_thread, NULL);
		TEST_CHECK(child_finds(fork_and_reclaim, NULL));
		TEST_CHECK(reclaim(NULL) == 0);
		end(1);
	} while (has_ended && at++);
	printf("  a retirer ends at each of %ld accesses\n", at - 1);
	TEST_CHECK(at > 5);
}

int main(void)
{
	alarm(120); /* who waits for what never comes is ended, and that is a failure */
	TEST_RUN(a_fork_waits_for_no_retirer);
	TEST_RUN(a_handler_uses_the_fields);
	TEST_RUN(no_addition_is_lost);
	TEST_RUN(a_thread_ends_inside);
	return test_done();
}
