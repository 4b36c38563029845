/*
 * locked beside a host with a lock of its own: nobody waits while attached, nobody holds a lock
 * while waiting to attach, and a wait ends when the host asks.
 */
#include <afield/locked.h>

#include "host.h"
#include "test.h"

#include <errno.h>
#include <signal.h>

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_locked, locked, struct pair);

static pair_locked field;
static int is_held;

/* A native thread: it has the lock, and gives it back only when it has been attached meanwhile. */
static void *hold_and_attach(void *unused)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct pair *pair = pair_locked_lock(&field);

	TEST_CHECK(pair != NULL);
	__atomic_store_n(&is_held, 1, __ATOMIC_SEQ_CST);
	host_await_sleep(sleeps);
	host_attach_thread();
	pair->low++;
	host_detach_thread();
	pair_locked_unlock(&field);
	return unused;
}

static pthread_t start(void *(*body)(void *))
{
	pthread_t thread;

	__atomic_store_n(&is_held, 0, __ATOMIC_SEQ_CST);
	if (pthread_create(&thread, NULL, body, NULL))
		abort();
	while (!__atomic_load_n(&is_held, __ATOMIC_SEQ_CST))
		usleep(100);
	return thread;
}

static void a_wait_gives_up_the_host(void)
{
	const struct afield_type *type = pair_locked_type();

	for (int way = 0; way < 4; way++) {
		pthread_t thread = start(hold_and_attach);
		struct pair value = {0, 0};

		host_attach_thread(); /* the holder cannot attach until this thread sleeps */
		if (way == 0)
			TEST_CHECK(pair_locked_load(&field, &value) == 0);
		if (way == 1)
			TEST_CHECK(type->load(type, &field, &value) == 0);
		if (way == 2)
			TEST_CHECK(pair_locked_exchange(&field, &value) == 0 && value.low == 3);
		if (way == 3) {
			AFIELD_LOCKED(pair_locked, pair, &field)
			value = *pair;
			TEST_CHECK(value.low == 1); /* exchanged with zero before */
		}
		TEST_CHECK(host_is_attached);
		host_detach_thread();
		pthread_join(thread, NULL);
	}
}

static int may_release;

static void *hold_until_told(void *unused)
{
	pair_locked_lock(&field);
	__atomic_store_n(&is_held, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&may_release, __ATOMIC_SEQ_CST))
		usleep(100);
	pair_locked_unlock(&field);
	return unused;
}

static void on_signal(int number)
{
	(void)number;
}

static pthread_t sleeper;
static int is_answered;
static void *disturb(void *unused)
{
	while (!__atomic_load_n(&is_answered, __ATOMIC_SEQ_CST)) {
		pthread_kill(sleeper, SIGUSR1);
		usleep(1000);
	}
	return unused;
}

static void the_host_may_end_a_wait(void)
{
	const struct afield_type *type = pair_locked_type();
	struct pair value = {0, 0};
	struct sigaction action;
	pthread_t holder, other;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);
	__atomic_store_n(&may_release, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&host_wants_stop, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&is_answered, 0, __ATOMIC_SEQ_CST);
	holder = start(hold_until_told);
	sleeper = pthread_self();
	if (pthread_create(&other, NULL, disturb, NULL))
		abort();
	host_attach_thread();
	TEST_CHECK(type->load(type, &field, &value) == -EINTR);
	TEST_CHECK(type->store(type, &field, &value) == -EINTR);
	host_detach_thread();
	__atomic_store_n(&is_answered, 1, __ATOMIC_SEQ_CST);
	pthread_join(other, NULL);
	__atomic_store_n(&may_release, 1, __ATOMIC_SEQ_CST);
	pthread_join(holder, NULL);
	__atomic_store_n(&host_wants_stop, 0, __ATOMIC_SEQ_CST);
	TEST_CHECK(type->load(type, &field, &value) == 0);
}

/* A daemon thread: it waits for the lock, attached, and the host ends before it has it. */
static void *wait_for_ever(void *unused)
{
	host_attach_thread();
	pair_locked_lock(&field);
	TEST_CHECK(!"a thread came back from a host that has ended");
	return unused;
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	unsigned long sleeps = host_sleeps;
	pthread_t holder, daemon;

	__atomic_store_n(&may_release, 0, __ATOMIC_SEQ_CST);
	holder = start(hold_until_told);
	if (pthread_create(&daemon, NULL, wait_for_ever, NULL))
		abort();
	host_await_sleep(sleeps);
	__atomic_store_n(&host_is_ending, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&may_release, 1, __ATOMIC_SEQ_CST);
	pthread_join(holder, NULL);
	usleep(20000); /* the daemon wakes, and stays in attach */
	for (int i = 0; i < 1000; i++) {
		struct pair *pair = pair_locked_lock(&field);

		TEST_CHECK(pair != NULL);
		pair_locked_unlock(&field);
	}
	TEST_CHECK(pair_locked_try_lock(&field) != NULL);
	pair_locked_unlock(&field);
	pthread_detach(daemon);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
