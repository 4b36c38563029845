/* SPDX-License-Identifier: MIT */
/*
 * Waiting: no wake-up is lost, deadlines hold, and the host's hooks stand around every sleep.
 *
 * A lost wake-up is a thread that sleeps forever. Waits that must be woken have no deadline, and
 * the watchdog ends the program when one is not.
 */
#include <afield/wait.h>

#include "test.h"
#include "watchdog.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { FAR = 20 * 1000, PLAYERS = 2, CROWD = 12 };

static struct timespec in_milliseconds(long milliseconds)
{
	struct timespec time;

	afield_deadline((double)milliseconds / 1000, &time);
	return time;
}

static long milliseconds_since(struct timespec start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
}

/* A pause of up to some microseconds, so that changes meet every step of a wait. */
static void dawdle(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	for (unsigned i = *seed >> 22; i > 0; i--)
		AFIELD_SPIN();
}

/* What threads wait on: a number that grows, and the number that a thread waits for. */
struct gate {
	struct afield_waiters waiters;
	AFIELD_ATOMIC(uint32_t) number;
};
struct visit {
	struct gate *gate;
	uint32_t number;
	unsigned looks;
};

/* The host: it is here that a thread is attached or not. */
static __thread int is_guest;    /* a thread that the host knows */
static __thread int is_detached; /* a guest that has given up the host's lock */
static __thread unsigned detaches, attaches, questions;
static struct gate *watched; /* attach checks that nobody is counted in here */
static AFIELD_ATOMIC(int) stop_asked;
static AFIELD_ATOMIC(unsigned long) sleeps;

static void *host_detach(void)
{
	static __thread unsigned seed;

	AFIELD_FETCH_ADD(&sleeps, 1, relaxed);
	detaches++;
	dawdle(&seed); /* widens the gap between the look and the sleep */
	if (!is_guest)
		return NULL;
	TEST_CHECK(!is_detached);
	is_detached = 1;
	return &is_guest;
}

static void host_attach(void *token)
{
	TEST_CHECK(token == &is_guest && is_detached);
	if (watched)
		TEST_CHECK(AFIELD_LOAD(&watched->waiters.count, seq_cst) == 0);
	is_detached = 0;
	attaches++;
}

static bool host_interrupted(void)
{
	TEST_CHECK(is_guest && !is_detached);
	questions++;
	return AFIELD_LOAD(&stop_asked, seq_cst) != 0;
}

static const struct afield_host host = {host_detach, host_attach, host_interrupted, NULL, NULL,
					NULL,        NULL};

static bool is_open(void *argument)
{
	struct visit *visit = (struct visit *)argument;

	if (is_detached)
		TEST_CHECK(!"ready runs while detached");
	visit->looks++;
	return AFIELD_LOAD(&visit->gate->number, seq_cst) >= visit->number;
}

static int wait_at(struct gate *gate, uint32_t number, long milliseconds)
{
	struct visit visit = {gate, number, 0};
	struct timespec deadline = in_milliseconds(milliseconds);

	return afield_wait(&gate->waiters, is_open, &visit, &deadline);
}

static void await_number(struct gate *gate, uint32_t number)
{
	struct visit visit = {gate, number, 0};

	TEST_CHECK(afield_wait(&gate->waiters, is_open, &visit, NULL) == 0);
}

static void open_to(struct gate *gate, uint32_t number)
{
	AFIELD_STORE(&gate->number, number, seq_cst);
	afield_wake(&gate->waiters);
}

/* Two threads that wake each other in turn: every second number is one thread's to make. */
static void play(void *argument, int index)
{
	struct gate *gate = (struct gate *)argument;
	uint32_t rounds = (uint32_t)test_scaled(2000);
	unsigned seed = (unsigned)index + 1;

	for (uint32_t round = 0; round < rounds; round++) {
		uint32_t turn = round * PLAYERS + (uint32_t)index;

		await_number(gate, turn);
		dawdle(&seed);
		open_to(gate, turn + 1);
	}
}

static void no_wake_is_lost_between_two(void)
{
	struct gate gate;
	unsigned long before = AFIELD_LOAD(&sleeps, relaxed), after;

	memset(&gate, 0, sizeof(gate));
	test_threads(PLAYERS, play, &gate);
	TEST_CHECK(AFIELD_LOAD(&gate.number, relaxed) == (uint32_t)test_scaled(2000) * PLAYERS);
	TEST_CHECK(AFIELD_LOAD(&gate.waiters.count, relaxed) == 0);
	after = AFIELD_LOAD(&sleeps, relaxed);
	printf("  %lu sleeps\n", after - before);
	TEST_CHECK(after > before); /* else nothing was tested */
}

/* Many wait for one, and it for all of them. */
struct crowd {
	struct gate start;
	struct gate arrived;
};

static void gather(void *argument, int index)
{
	struct crowd *crowd = (struct crowd *)argument;
	uint32_t rounds = (uint32_t)test_scaled(400);
	unsigned seed = (unsigned)index + 7;

	for (uint32_t round = 1; round <= rounds; round++) {
		if (index == 0) {
			dawdle(&seed);
			open_to(&crowd->start, round);
			await_number(&crowd->arrived, round * (CROWD - 1));
			continue;
		}
		await_number(&crowd->start, round);
		AFIELD_FETCH_ADD(&crowd->arrived.number, 1, seq_cst);
		afield_wake(&crowd->arrived.waiters);
	}
}

static void no_wake_is_lost_among_many(void)
{
	struct crowd crowd;

	memset(&crowd, 0, sizeof(crowd));
	test_threads(CROWD, gather, &crowd);
	TEST_CHECK(AFIELD_LOAD(&crowd.start.waiters.count, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&crowd.arrived.waiters.count, relaxed) == 0);
}

/* A lock whose ready takes it. */
struct lock {
	struct afield_waiters waiters;
	AFIELD_ATOMIC(uint32_t) is_held;
	unsigned long count; /* plain: the lock protects it */
};

static bool is_mine(void *argument)
{
	struct lock *lock = (struct lock *)argument;

	return AFIELD_LOAD(&lock->is_held, seq_cst) == 0 &&
	       AFIELD_EXCHANGE(&lock->is_held, 1, acquire) == 0;
}

static void count_up(void *argument, int index)
{
	struct lock *lock = (struct lock *)argument;
	unsigned seed = (unsigned)index + 99;

	for (long i = test_scaled(4000); i > 0; i--) {
		afield_wait_uninterrupted(&lock->waiters, is_mine, lock);
		lock->count++;
		if (i % 64 == 0)
			dawdle(&seed);
		AFIELD_STORE(&lock->is_held, 0, seq_cst);
		afield_wake(&lock->waiters);
	}
}

static void ready_may_take_a_lock(void)
{
	struct lock lock;

	memset(&lock, 0, sizeof(lock));
	test_threads(8, count_up, &lock);
	TEST_CHECK(lock.count == 8 * (unsigned long)test_scaled(4000));
}

static void deadlines_hold(void)
{
	static const long spans[] = {0, 1, 3, 30, 150};
	struct gate gate;
	struct timespec past = {1, 0}, zero = {0, 0};
	struct visit visit = {&gate, 1, 0};

	memset(&gate, 0, sizeof(gate));
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		struct timespec start = in_milliseconds(0);

		TEST_CHECK(wait_at(&gate, 1, spans[i]) == -ETIMEDOUT);
		TEST_CHECK(milliseconds_since(start) >= spans[i]);
		TEST_CHECK(milliseconds_since(start) < spans[i] + 800);
	}
	TEST_CHECK(afield_wait(&gate.waiters, is_open, &visit, &past) == -ETIMEDOUT);
	TEST_CHECK(afield_wait(&gate.waiters, is_open, &visit, &zero) == -ETIMEDOUT);
	visit.number = 0;
	TEST_CHECK(afield_wait(&gate.waiters, is_open, &visit, &past) == 0);
	TEST_CHECK(AFIELD_LOAD(&gate.waiters.count, relaxed) == 0);
}

static void hooks_stand_around_a_sleep(void)
{
	struct gate gate;

	memset(&gate, 0, sizeof(gate));
	is_guest = 1;
	watched = &gate;
	detaches = attaches = questions = 0;
	TEST_CHECK(wait_at(&gate, 1, 20) == -ETIMEDOUT);
	TEST_CHECK(detaches >= 1 && attaches == detaches && questions == attaches);
	detaches = attaches = questions = 0;
	open_to(&gate, 1);
	TEST_CHECK(wait_at(&gate, 1, FAR) == 0); /* the fast path knows no host */
	TEST_CHECK(detaches == 0 && attaches == 0 && questions == 0);
	watched = NULL;
	is_guest = 0;
	TEST_CHECK(wait_at(&gate, 2, 20) == -ETIMEDOUT);
	TEST_CHECK(detaches >= 1 && attaches == 0 && questions == 0);
}

static void any_blocking_call_may_use_the_hooks(void)
{
	void *token;

	TEST_CHECK(afield_detach() == NULL);
	afield_attach(NULL);
	is_guest = 1;
	token = afield_detach();
	TEST_CHECK(token != NULL && is_detached);
	afield_attach(token);
	TEST_CHECK(!is_detached);
	is_guest = 0;
}

/* A sleeper and a thread that sends it signals until it has ended. */
struct sleeper {
	struct gate gate;
	pthread_t thread;
	AFIELD_ATOMIC(int) is_running;
	bool is_attached, may_interrupt;
	int result;
	unsigned looks;
};

static void on_signal(int number)
{
	(void)number;
}

static void *sleep_at_gate(void *argument)
{
	struct sleeper *sleeper = (struct sleeper *)argument;
	struct visit visit = {&sleeper->gate, 1, 0};
	struct timespec deadline = in_milliseconds(FAR);

	is_guest = sleeper->is_attached;
	if (sleeper->may_interrupt)
		sleeper->result = afield_wait(&sleeper->gate.waiters, is_open, &visit, &deadline);
	else
		afield_wait_uninterrupted(&sleeper->gate.waiters, is_open, &visit);
	sleeper->looks = visit.looks;
	if (!is_guest || !sleeper->may_interrupt)
		TEST_CHECK(questions == 0);
	AFIELD_STORE(&sleeper->is_running, 0, release);
	return NULL;
}

/* Signals the sleeper for up to `rounds` milliseconds. */
static void disturb(struct sleeper *sleeper, int rounds)
{
	while (rounds-- > 0 && AFIELD_LOAD(&sleeper->is_running, acquire)) {
		pthread_kill(sleeper->thread, SIGUSR1);
		usleep(1000);
	}
}

static int sleep_and_disturb(bool is_attached, bool may_interrupt, bool ends_by_signal)
{
	struct sleeper sleeper;
	struct timespec start = in_milliseconds(0);

	memset(&sleeper, 0, sizeof(sleeper));
	AFIELD_STORE(&sleeper.is_running, 1, relaxed);
	AFIELD_STORE(&stop_asked, 1, seq_cst);
	sleeper.is_attached = is_attached;
	sleeper.may_interrupt = may_interrupt;
	pthread_create(&sleeper.thread, NULL, sleep_at_gate, &sleeper);
	disturb(&sleeper, ends_by_signal ? FAR : 50);
	TEST_CHECK(AFIELD_LOAD(&sleeper.is_running, acquire) == !ends_by_signal);
	open_to(&sleeper.gate, 1);
	pthread_join(sleeper.thread, NULL);
	TEST_CHECK(milliseconds_since(start) < FAR / 2);
	TEST_CHECK(AFIELD_LOAD(&sleeper.gate.waiters.count, relaxed) == 0);
	AFIELD_STORE(&stop_asked, 0, seq_cst);
	return sleeper.result;
}

static void host_may_stop_a_wait(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);
	TEST_CHECK(sleep_and_disturb(true, true, true) == -EINTR);
	TEST_CHECK(sleep_and_disturb(false, true, false) == 0);
	TEST_CHECK(sleep_and_disturb(true, false, false) == 0);
}

static void host_is_set_once(void)
{
	static const struct afield_host other = {host_detach, host_attach, NULL, NULL,
						 NULL,        NULL,        NULL};

	TEST_CHECK(afield_detach() == NULL);
	TEST_CHECK(afield_set_host(&host));
	TEST_CHECK(afield_set_host(&host));
	TEST_CHECK(!afield_set_host(&other));
}

int main(void)
{
	watchdog_start(100);
	TEST_RUN(deadlines_hold); /* without a host, and below with one */
	TEST_RUN(host_is_set_once);
	TEST_RUN(deadlines_hold);
	TEST_RUN(no_wake_is_lost_between_two);
	TEST_RUN(no_wake_is_lost_among_many);
	TEST_RUN(ready_may_take_a_lock);
	TEST_RUN(hooks_stand_around_a_sleep);
	TEST_RUN(any_blocking_call_may_use_the_hooks);
	TEST_RUN(host_may_stop_a_wait);
	return test_done();
}
