/* SPDX-License-Identifier: MIT */
/*
 * Waking one: a wake of one ends one sleep, and none is lost when who was woken has no use for it,
 * because its deadline comes, its host ends its wait, or another thread was faster.
 *
 * Nobody's wait has a deadline here but where that is the point: a lost wake-up hangs, and the
 * watchdog says so.
 */
#include <afield/wait.h>

#include "test.h"
#include "watchdog.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { SLEEPERS = 24, WAKES = 200 };

/* Items that threads put and take, and who waits for one. */
struct store {
	struct afield_waiters waiters;
	AFIELD_ATOMIC(int64_t) items;
	AFIELD_ATOMIC(uint64_t) looks; /* calls of has_taken */
	AFIELD_ATOMIC(int64_t) taken;
	AFIELD_ATOMIC(int) is_closed;
};

static bool has_taken(void *argument)
{
	struct store *store = (struct store *)argument;
	int64_t seen = AFIELD_LOAD(&store->items, seq_cst);

	AFIELD_FETCH_ADD(&store->looks, 1, relaxed);
	while (seen > 0)
		if (AFIELD_COMPARE_EXCHANGE(&store->items, &seen, seen - 1, acquire))
			return true;
	return false;
}

static bool has_taken_or_ended(void *argument)
{
	struct store *store = (struct store *)argument;

	return has_taken(argument) || AFIELD_LOAD(&store->is_closed, seq_cst) != 0;
}

static void put(struct store *store)
{
	AFIELD_FETCH_ADD(&store->items, 1, seq_cst);
	afield_wake_one(&store->waiters);
}

static void *take_one(void *store)
{
	afield_wait_uninterrupted(&((struct store *)store)->waiters, has_taken, store);
	AFIELD_FETCH_ADD(&((struct store *)store)->taken, 1, seq_cst);
	return NULL;
}

/* Waits for the number to be there: a watched number, no wake. */
static void await_count(struct store *store, uint32_t count)
{
	while (AFIELD_LOAD(&store->waiters.count, seq_cst) != count)
		usleep(200);
}

static void a_wake_of_one_ends_one_sleep(void)
{
	struct store store;
	pthread_t threads[SLEEPERS];
	uint64_t before, looks = 0;

	memset(&store, 0, sizeof(store));
	for (int i = 0; i < SLEEPERS; i++)
		if (pthread_create(&threads[i], NULL, take_one, &store))
			abort();
	await_count(&store, SLEEPERS);
	usleep(50000); /* they are asleep, or nearly */
	for (int i = 1; i <= SLEEPERS; i++) {
		before = AFIELD_LOAD(&store.looks, relaxed);
		put(&store);
		while (AFIELD_LOAD(&store.taken, seq_cst) != i)
			usleep(100);
		usleep(2000); /* whoever else was woken has looked */
		looks += AFIELD_LOAD(&store.looks, relaxed) - before;
	}
	for (int i = 0; i < SLEEPERS; i++)
		pthread_join(threads[i], NULL);
	printf("  %d items, %lu looks\n", SLEEPERS, (unsigned long)looks);
	/* One look takes the item. A wake of all makes SLEEPERS / 2 a put. */
	TEST_CHECK(looks <= 3 * SLEEPERS);
	TEST_CHECK(AFIELD_LOAD(&store.items, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&store.waiters.count, relaxed) == 0);
}

/* A wake that nobody sleeps for is not kept: the next who waits looks, and sleeps. */
static void a_wake_is_not_kept(void)
{
	struct store store;
	struct timespec deadline;

	memset(&store, 0, sizeof(store));
	for (int i = 0; i < WAKES; i++)
		afield_wake_one(&store.waiters);
	afield_deadline(0.02, &deadline);
	TEST_CHECK(afield_wait(&store.waiters, has_taken, &store, &deadline) == -ETIMEDOUT);
}

/* The host: guests have been told so. */
static __thread int is_guest, is_patient;
static AFIELD_ATOMIC(unsigned) rolls;

static void *host_detach(void)
{
	return is_guest ? &is_guest : NULL;
}

static void host_attach(void *token)
{
	TEST_CHECK(token == &is_guest);
}

/* Every second wait of a guest that is not patient ends here, also when it was just woken. */
static bool host_interrupted(void)
{
	return !is_patient && AFIELD_FETCH_ADD(&rolls, 1, relaxed) % 2 == 0;
}

static const struct afield_host host = {
	.detach = host_detach, .attach = host_attach, .interrupted = host_interrupted};

/*
 * Kinds of threads. Who is LATE, and a GUEST whose wait the host ends, stays away until another has
 * the item; a FORAGER never sleeps, and is often faster than who was woken. A PATIENT thread waits,
 * and HOSTED is a patient guest.
 */
enum { LATE, GUEST, FORAGER, PATIENT, BINDING };

struct worker {
	struct store *store;
	int kind;
	pthread_t thread;
	long ended[3]; /* taken, late, ended by the host */
};

static int take(struct worker *worker, unsigned *seed)
{
	struct store *store = worker->store;
	struct timespec deadline;

	*seed = *seed * 1103515245u + 12345u;
	if (worker->kind == FORAGER) {
		if (!has_taken(store)) {
			usleep(*seed >> 25);
			return -ETIMEDOUT;
		}
		return 0;
	}
	afield_deadline((*seed >> 24) * 1e-6, &deadline);
	return afield_wait(&store->waiters, has_taken_or_ended, store,
			   worker->kind == LATE ? &deadline : NULL);
}

static void *work(void *argument)
{
	struct worker *worker = (struct worker *)argument;
	struct store *store = worker->store;
	unsigned seed = (unsigned)(uintptr_t)worker;

	is_guest = worker->kind == GUEST || worker->kind == BINDING;
	is_patient = worker->kind != GUEST;
	while (!AFIELD_LOAD(&store->is_closed, seq_cst)) {
		int error = take(worker, &seed);

		worker->ended[error == 0 ? 0 : error == -ETIMEDOUT ? 1 : 2]++;
		if (error == 0 && !AFIELD_LOAD(&store->is_closed, seq_cst))
			AFIELD_FETCH_ADD(&store->taken, 1, seq_cst);
		while (error != 0 && AFIELD_LOAD(&store->items, seq_cst) != 0)
			usleep(20);
	}
	return NULL;
}

/* One item at a time, each to be taken before the next: a wake that is lost is a hang. */
static void no_wake_is_lost_by_who_leaves(const int *kinds, int count)
{
	long items = test_scaled(3000), ended[3] = {0, 0, 0};
	struct worker workers[12];
	struct store store;

	memset(&store, 0, sizeof(store));
	memset(workers, 0, sizeof(workers));
	for (int i = 0; i < count; i++) {
		workers[i].store = &store;
		workers[i].kind = kinds[i];
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			abort();
	}
	for (long i = 1; i <= items; i++) {
		put(&store);
		while (AFIELD_LOAD(&store.taken, seq_cst) != i)
			AFIELD_SPIN();
		if (i % 8 == 0)
			usleep(50); /* all are asleep again */
	}
	AFIELD_STORE(&store.is_closed, 1, seq_cst);
	afield_wake(&store.waiters);
	for (int i = 0; i < count; i++) {
		pthread_join(workers[i].thread, NULL);
		for (int way = 0; way < 3; way++)
			ended[way] += workers[i].ended[way];
	}
	printf("  taken %ld, late %ld, ended by the host %ld\n", ended[0], ended[1], ended[2]);
	TEST_CHECK(AFIELD_LOAD(&store.items, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&store.waiters.count, relaxed) == 0);
}

static void no_wake_is_lost_at_a_deadline(void)
{
	static const int kinds[] = {LATE, LATE, LATE, PATIENT};

	no_wake_is_lost_by_who_leaves(kinds, 4);
}

static void no_wake_is_lost_when_a_host_ends_a_wait(void)
{
	static const int kinds[] = {GUEST, GUEST, GUEST, BINDING};

	no_wake_is_lost_by_who_leaves(kinds, 4);
}

static void no_wake_is_lost_to_who_is_faster(void)
{
	static const int kinds[] = {FORAGER, PATIENT, PATIENT, PATIENT};

	no_wake_is_lost_by_who_leaves(kinds, 4);
}

static void no_wake_is_lost_among_all_of_them(void)
{
	static const int kinds[] = {LATE, GUEST, FORAGER, PATIENT, LATE, GUEST, BINDING};

	no_wake_is_lost_by_who_leaves(kinds, 7);
}

int main(void)
{
	watchdog_start(100);
	TEST_CHECK(afield_set_host(&host));
	TEST_RUN(a_wake_of_one_ends_one_sleep);
	TEST_RUN(a_wake_is_not_kept);
	TEST_RUN(no_wake_is_lost_at_a_deadline);
	TEST_RUN(no_wake_is_lost_when_a_host_ends_a_wait);
	TEST_RUN(no_wake_is_lost_to_who_is_faster);
	TEST_RUN(no_wake_is_lost_among_all_of_them);
	return test_done();
}
