/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of confined.h: nobody ever waits for another, neither at the field nor at
 * an owner queue. The operations of an owner and of strangers are the same ones: the first to come
 * owns.
 */
#include <afield/confined.h>

#include "child.h"
#include "given_back.h"
#include "progress.h"

#include <malloc.h>
#include <pthread.h>

static AFIELD_ATOMIC(long) ended;
static void number_end(long *number)
{
	(void)number;
	AFIELD_FETCH_ADD(&ended, 1, relaxed);
}
AFIELD_TYPE(number_confined, confined, long);
AFIELD_TYPE(handle_confined, confined, long, number_end);

static void claim(void *field)
{
	int error = number_confined_claim((number_confined *)field);

	TEST_CHECK(error == 0 || error == -EPERM);
}
static void get(void *field)
{
	long *value = number_confined_get((number_confined *)field);

	TEST_CHECK(!value || number_confined_is_mine((number_confined *)field));
}
static void ask(void *field)
{
	(void)number_confined_is_mine((number_confined *)field);
	(void)number_confined_owner((number_confined *)field);
}
static void load(void *field)
{
	long value;
	int error = number_confined_load((number_confined *)field, &value);

	TEST_CHECK(error == 0 || error == -EPERM);
}
static void store(void *field)
{
	int error = number_confined_store((number_confined *)field, 5);

	TEST_CHECK(error == 0 || error == -EPERM);
}
static void finish(void *field)
{
	number_confined_fini((number_confined *)field);
}

static const struct schedule_operation operations[] = {
	PROGRESS(claim, WAIT_FREE), PROGRESS(get, WAIT_FREE),
	PROGRESS(ask, WAIT_FREE), /* is_mine, owner */
	PROGRESS(load, WAIT_FREE),  PROGRESS(store, WAIT_FREE),
};
PROGRESS_TEST(claims_hold, operations, number_confined, NULL, finish);
PROGRESS_TEST(claims_hold_when_owned, operations, number_confined, store, finish);

/*
 * Values that die in a thread that does not own them. The owner is the test's own thread, which
 * has them all in its owner queue at the end. `next` hands each operation a field of its own.
 */
enum { FIELDS = 64 };
struct fields {
	handle_confined theirs[FIELDS];
	int next; /* __atomic */
	handle_confined mine;
};

static void own_all(void *opaque)
{
	struct fields *fields = (struct fields *)opaque;

	for (int i = 0; i < FIELDS; i++) {
		TEST_CHECK(handle_confined_claim(&fields->theirs[i]) == 0);
		*handle_confined_get(&fields->theirs[i]) = i + 1;
	}
}
static void fini(void *opaque)
{
	struct fields *fields = (struct fields *)opaque;
	int next =
		__atomic_fetch_add(&fields->next, 1, __ATOMIC_RELAXED); /* no access of the kind */

	handle_confined_fini(&fields->theirs[next % FIELDS]);
}
static void open_messages(void *opaque)
{
	TEST_CHECK(!handle_confined_get(&((struct fields *)opaque)->mine));
}
static void end_all(void *opaque)
{
	struct fields *fields = (struct fields *)opaque;

	for (int i = 0; i < FIELDS; i++)
		handle_confined_fini(&fields->theirs[i]);
	open_messages(fields);
	TEST_CHECK(AFIELD_EXCHANGE(&ended, 0, relaxed) == FIELDS);
}

static const struct schedule_operation ends[] = {
	PROGRESS(fini, LOCK_FREE),
	PROGRESS(open_messages, WAIT_FREE),
};
PROGRESS_TEST(claims_hold_at_the_end, ends, struct fields, own_all, end_all);

/*
 * Another thread claims the value at any access of a claim. The block that came too late is given
 * back, and its hold on the owner's queue before it: freed memory of this size is overwritten.
 */
AFIELD_TYPE(large_confined, confined, struct given_back_value);
static large_confined wanted;
static int error;

static void claim_wanted(void *unused)
{
	(void)unused;
	error = large_confined_claim(&wanted);
}

static void *claim_first(void *unused)
{
	int result = large_confined_claim(&wanted);

	TEST_CHECK(result == 0 || result == -EPERM);
	return unused;
}

static void another_claims(void *unused)
{
	pthread_t thread;

	TEST_CHECK(pthread_create(&thread, NULL, claim_first, unused) == 0);
	pthread_join(thread, NULL);
}

static void lose_at_each_access(void)
{
	bool has_happened = true;
	int lost = 0;

	for (long at = 1; has_happened; at++) {
		has_happened = schedule_fault(at, claim_wanted, another_claims, NULL);
		TEST_CHECK(error == 0 || error == -EPERM);
		lost += error == -EPERM;
		large_confined_fini(&wanted);
		TEST_CHECK(large_confined_owner(&wanted) == 0);
	}
	TEST_CHECK(lost > 1);
}

static void who_comes_too_late_gives_back(void)
{
	mallopt(M_PERTURB, 0x5a);
	given_back(lose_at_each_access);
	mallopt(M_PERTURB, 0);
}

/*
 * In a child the owner is gone, and another thread adopts the value at any access of an adoption.
 * Whoever comes first holds its own queue for the value and no longer the old one; the other one
 * holds nothing.
 */
enum { ORPHANS = 1000 };
static number_confined orphans[ORPHANS];
static number_confined *orphan; /* the next one to be adopted */
static int adopted;
static pthread_barrier_t claimed, forked;

static void *own_orphans(void *unused)
{
	for (int i = 0; i < ORPHANS; i++)
		TEST_CHECK(number_confined_claim(&orphans[i]) == 0);
	pthread_barrier_wait(&claimed);
	pthread_barrier_wait(&forked);
	for (int i = 0; i < ORPHANS; i++)
		number_confined_fini(&orphans[i]);
	return unused;
}

static uint64_t holders_of(const struct afield_owner_queue *queue)
{
	return AFIELD_LOAD(&queue->holders, relaxed);
}

static void adopt(void *unused)
{
	struct afield_owner_queue *own = afield_owner_queue_retain();
	uint64_t holders = holders_of(own);

	(void)unused;
	adopted = number_confined_reset_orphans(orphan);
	TEST_CHECK(holders_of(own) == holders + (uint64_t)adopted);
	afield_owner_queue_release(own);
}

/* One thread does that each time: with each new one there are more numbers to look through. */
static pthread_barrier_t asked, answered;
static void *adopt_when_asked(void *unused)
{
	for (;;) {
		pthread_barrier_wait(&asked);
		if (!orphan)
			return unused;
		(void)number_confined_reset_orphans(orphan);
		pthread_barrier_wait(&answered);
	}
}

static void another_adopts(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&asked);
	pthread_barrier_wait(&answered);
}

static int adopts_in_child(void *unused)
{
	struct afield_owner_queue *before = AFIELD_LOAD(&orphans[0].held.block, relaxed)->owner;
	uint64_t left = holders_of(before);
	bool has_happened = true;
	int lost = 0, won = 0;
	pthread_t other;

	pthread_barrier_init(&asked, NULL, 2);
	pthread_barrier_init(&answered, NULL, 2);
	TEST_CHECK(pthread_create(&other, NULL, adopt_when_asked, unused) == 0);
	for (int at = 1; has_happened && at < ORPHANS; at++) {
		orphan = &orphans[at];
		has_happened = schedule_fault(at, adopt, another_adopts, NULL);
		lost += !adopted;
		won += adopted;
		TEST_CHECK(holders_of(before) == left - (uint64_t)at);
	}
	TEST_CHECK(!has_happened && lost > 0 && won > 0);
	return test_failures != 0;
}

static void an_adopted_value_holds_one_queue(void)
{
	pthread_t owner;

	pthread_barrier_init(&claimed, NULL, 2);
	pthread_barrier_init(&forked, NULL, 2);
	TEST_CHECK(pthread_create(&owner, NULL, own_orphans, NULL) == 0);
	pthread_barrier_wait(&claimed);
	TEST_CHECK(child_finds(adopts_in_child, NULL));
	pthread_barrier_wait(&forked);
	pthread_join(owner, NULL);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(claims_hold_when_owned);
	TEST_RUN(claims_hold_at_the_end);
	TEST_RUN(who_comes_too_late_gives_back);
	TEST_RUN(an_adopted_value_holds_one_queue);
	return test_done();
}
