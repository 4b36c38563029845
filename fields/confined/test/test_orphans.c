/* SPDX-License-Identifier: MIT */
/*
 * Owner queues whose owner did not close them: in children that were forked at any moment of an
 * owner's work, and where a thread ends after the last round of thread-specific destructors.
 */
#include <afield/confined.h>
#include <afield/reclaim.h>

#include "child.h"

#include <sched.h>

struct thing {
	uint64_t owner;
};
static AFIELD_ATOMIC(int) destroyed, elsewhere; /* by the owner, and by other threads */

static void thing_free(struct thing *thing)
{
	AFIELD_FETCH_ADD(thing->owner == afield_thread_id() ? &destroyed : &elsewhere, 1, seq_cst);
}
AFIELD_TYPE(thing_confined, confined, struct thing, thing_free);

static void claim(thing_confined *field)
{
	if (thing_confined_claim(field))
		abort();
	thing_confined_get(field)->owner = afield_thread_id();
}

/* An owner that claims, has others drop, and opens, all the time. */
static AFIELD_ATOMIC(thing_confined *) dropped;
static AFIELD_ATOMIC(bool) is_over;
static void *own(void *unused)
{
	while (!AFIELD_LOAD(&is_over, relaxed)) {
		thing_confined field
		= {0};

		claim(&field);
		AFIELD_STORE(&dropped, &field, release);
		while (AFIELD_LOAD(&dropped, acquire))
			sched_yield();
		afield_open_messages();
	}
	return unused;
}
static void *drop(void *unused)
{
	while (!AFIELD_LOAD(&is_over, relaxed)) {
		thing_confined *field
		= AFIELD_LOAD(&dropped, acquire);

		if (field) {
			thing_confined_fini(field);
			AFIELD_STORE(&dropped, NULL, release);
		}
	}
	/* The owner may wait for the last time. */
	for (int i = 0; i < 100; i++) {
		if (AFIELD_LOAD(&dropped, acquire)) {
			thing_confined_fini(AFIELD_LOAD(&dropped, acquire));
			AFIELD_STORE(&dropped, NULL, release);
		}
		usleep(1000);
	}
	return unused;
}

static thing_confined field_of_child;
static AFIELD_ATOMIC(int) step;
static int barrier_of_owner;
static void *own_in_child(void *unused)
{
	claim(&field_of_child);
	barrier_of_owner = afield_barrier(); /* it is opening nothing */
	AFIELD_STORE(&step, 1, release);
	while (AFIELD_LOAD(&step, acquire) != 2)
		usleep(100);
	return unused;
}

/* The queue of an owner that is gone gets another owner, and a barrier waits for nobody. */
static int has_usable_queues(void *unused)
{
	pthread_t owner;
	int error = afield_barrier();

	(void)unused;
	if (pthread_create(&owner, NULL, own_in_child, NULL))
		return 1;
	while (AFIELD_LOAD(&step, acquire) != 1)
		usleep(100);
	if (error || barrier_of_owner || afield_barrier())
		return 2;
	AFIELD_STORE(&step, 2, release);
	pthread_join(owner, NULL);
	return 0;
}

static void a_fork_comes_while_an_owner_opens(void)
{
	pthread_t owner, dropper;
	int bad = 0;

	if (!CHILD_COMPANY)
		return; /* these allocate while another forks */
	if (pthread_create(&owner, NULL, own, NULL) || pthread_create(&dropper, NULL, drop, NULL))
		abort();
	for (int i = 0; i < (int)test_scaled(1000) && !bad; i++)
		bad += !child_finds(has_usable_queues, NULL);
	AFIELD_STORE(&is_over, true, relaxed);
	pthread_join(owner, NULL);
	pthread_join(dropper, NULL);
	TEST_CHECK(!bad);
	TEST_CHECK(AFIELD_LOAD(&elsewhere, relaxed) == 0);
}

/* Barriers beside a thread that gets the queue of one that ended before the fork. */
static void *own_and_end(void *unused)
{
	thing_confined field
	= {0};

	claim(&field);
	thing_confined_fini(&field);
	return unused;
}
static void *hold_until_told(void *unused)
{
	claim(&field_of_child);
	AFIELD_STORE(&step, 1, release);
	while (AFIELD_LOAD(&step, acquire) != 2)
		usleep(100);
	return unused;
}
static void *have_barriers(void *unused)
{
	while (AFIELD_LOAD(&step, relaxed) == 0)
		if (afield_barrier())
			abort();
	return unused;
}
static int keeps_the_queue_of_the_living(void *unused)
{
	pthread_t owner, other;

	(void)unused;
	AFIELD_STORE(&destroyed, 0, relaxed);
	if (pthread_create(&other, NULL, have_barriers, NULL) ||
	    pthread_create(&owner, NULL, hold_until_told, NULL))
		return 1;
	pthread_join(other, NULL);
	thing_confined_fini(&field_of_child); /* the owner lives, and it goes there */
	if (AFIELD_LOAD(&elsewhere, relaxed) != 0)
		return 2;
	AFIELD_STORE(&step, 2, release);
	pthread_join(owner, NULL);
	return AFIELD_LOAD(&destroyed, relaxed) == 1 ? 0 : 3;
}

static void a_queue_changes_hands_in_a_child(void)
{
	pthread_t before;

	if (pthread_create(&before, NULL, own_and_end, NULL))
		abort();
	pthread_join(before, NULL);
	for (int i = 0; i < (int)test_scaled(300); i++)
		TEST_CHECK(child_finds(keeps_the_queue_of_the_living, NULL));
}

/* What was on the way to an owner that a fork orphaned is destroyed in the child, by the thread
 * that forked or by a barrier, and by nobody who comes with another value. */
static thing_confined first, second;
static void *own_both(void *unused)
{
	claim(&first);
	claim(&second);
	AFIELD_STORE(&step, 1, release);
	while (AFIELD_LOAD(&step, acquire) != 2)
		usleep(100);
	return unused;
}
static int opens_what_was_on_the_way(void *unused)
{
	(void)unused;
	AFIELD_STORE(&elsewhere, 0, relaxed);
	thing_confined_fini(&second); /* at once, and not the first with it */
	if (AFIELD_LOAD(&elsewhere, relaxed) != 1)
		return 1;
	return afield_barrier() == 0 && AFIELD_LOAD(&elsewhere, relaxed) == 2 ? 0 : 2;
}
static int opens_at_the_next_claim(void *unused)
{
	thing_confined own_field = {0};

	(void)unused;
	AFIELD_STORE(&elsewhere, 0, relaxed);
	claim(&own_field);
	thing_confined_fini(&own_field);
	return AFIELD_LOAD(&elsewhere, relaxed) == 1 ? 0 : 3;
}
static void values_are_on_the_way_at_a_fork(void)
{
	pthread_t owner;

	AFIELD_STORE(&step, 0, relaxed);
	if (pthread_create(&owner, NULL, own_both, NULL))
		abort();
	while (AFIELD_LOAD(&step, acquire) != 1)
		usleep(100);
	thing_confined_fini(&first);
	TEST_CHECK(child_finds(opens_what_was_on_the_way, NULL));
	TEST_CHECK(child_finds(opens_at_the_next_claim, NULL));
	TEST_CHECK(AFIELD_LOAD(&elsewhere, relaxed) == 0);
	AFIELD_STORE(&step, 2, release);
	pthread_join(owner, NULL);
	thing_confined_fini(&second);
}

/* Who adopts an orphan in the child has it sent to its own queue from then on. */
static thing_confined orphan;
static int adopted, adopted_again;
static void *own_orphan(void *unused)
{
	claim(&orphan);
	AFIELD_STORE(&step, 1, release);
	while (AFIELD_LOAD(&step, acquire) != 2)
		usleep(100);
	return unused;
}
static void *adopt(void *unused)
{
	adopted = thing_confined_reset_orphans(&orphan);
	adopted_again = thing_confined_reset_orphans(&orphan);
	if (thing_confined_is_mine(&orphan))
		thing_confined_get(&orphan)->owner = afield_thread_id();
	AFIELD_STORE(&step, 3, release);
	while (AFIELD_LOAD(&step, acquire) != 4)
		usleep(100);
	afield_open_messages();
	return unused;
}
static int goes_to_who_has_adopted(void *unused)
{
	pthread_t other;

	(void)unused;
	AFIELD_STORE(&destroyed, 0, relaxed);
	AFIELD_STORE(&elsewhere, 0, relaxed);
	if (pthread_create(&other, NULL, adopt, NULL))
		return 1;
	while (AFIELD_LOAD(&step, acquire) != 3)
		usleep(100);
	if (adopted != 1 || adopted_again != 0 || thing_confined_is_mine(&orphan))
		return 2;
	thing_confined_fini(&orphan);
	if (AFIELD_LOAD(&destroyed, relaxed) || AFIELD_LOAD(&elsewhere, relaxed))
		return 3;
	AFIELD_STORE(&step, 4, release);
	pthread_join(other, NULL);
	return AFIELD_LOAD(&destroyed, relaxed) == 1 ? 0 : 4;
}
static void orphans_are_adopted(void)
{
	pthread_t owner;

	if (!CHILD_COMPANY)
		return; /* the adopter allocates */
	AFIELD_STORE(&step, 0, relaxed);
	if (pthread_create(&owner, NULL, own_orphan, NULL))
		abort();
	while (AFIELD_LOAD(&step, acquire) != 1)
		usleep(100);
	TEST_CHECK(child_finds(goes_to_who_has_adopted, NULL));
	TEST_CHECK(thing_confined_reset_orphans(&orphan) == 0); /* here its owner lives */
	AFIELD_STORE(&step, 2, release);
	pthread_join(owner, NULL);
	thing_confined_fini(&orphan);
}

/* A destructor of thread-specific data that sets its value again is called four times. */
static pthread_key_t key;
static thing_confined of_rounds[4];
static int rounds;
static void claim_again(void *opaque)
{
	claim(&of_rounds[rounds]);
	if (++rounds < 4)
		pthread_setspecific(key, opaque);
}
static void *end_slowly(void *unused)
{
	thing_confined field
	= {0};

	claim(&field); /* before the key: the owner queue's own round is the earlier */
	thing_confined_fini(&field);
	pthread_setspecific(key, &rounds);
	return unused;
}
static void a_thread_claims_in_its_last_round(void)
{
	pthread_t thread;

	if (pthread_key_create(&key, claim_again) ||
	    pthread_create(&thread, NULL, end_slowly, NULL))
		abort();
	pthread_join(thread, NULL);
	TEST_CHECK(rounds == 4);
	AFIELD_STORE(&destroyed, 0, relaxed);
	AFIELD_STORE(&elsewhere, 0, relaxed);
	for (int i = 0; i < 4; i++)
		thing_confined_fini(&of_rounds[i]);
	for (int i = 0; i < 1000 && AFIELD_LOAD(&elsewhere, relaxed) < 4; i++) {
		TEST_CHECK(afield_barrier() == 0);
		usleep(1000);
	}
	TEST_CHECK(AFIELD_LOAD(&elsewhere, relaxed) == 4);
}

int main(void)
{
	TEST_RUN(a_fork_comes_while_an_owner_opens);
	TEST_RUN(a_queue_changes_hands_in_a_child);
	TEST_RUN(values_are_on_the_way_at_a_fork);
	TEST_RUN(orphans_are_adopted);
	if (!SANITIZERS_THREAD) /* which is gone from the thread by then */
		TEST_RUN(a_thread_claims_in_its_last_round);
	return test_done();
}
