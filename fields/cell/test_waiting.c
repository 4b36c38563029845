/*
 * cell beside a host with a lock of its own: the waiting forms wait detached, and a thread that
 * does not come back has borrowed nothing.
 */
#include <afield/cell.h>

#include "host.h"
#include "test.h"

#include <errno.h>
#include <signal.h>

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_cell, cell_wait, struct pair);

static pair_cell field;
static int is_held, may_release;

static int flag(const int *which)
{
	return __atomic_load_n(which, __ATOMIC_SEQ_CST);
}
static void set(int *which, int value)
{
	__atomic_store_n(which, value, __ATOMIC_SEQ_CST);
}

static pthread_t start_holder(void *(*body)(void *))
{
	pthread_t thread;

	set(&is_held, 0);
	set(&may_release, 0);
	if (pthread_create(&thread, NULL, body, NULL))
		abort();
	while (!flag(&is_held))
		usleep(100);
	return thread;
}

/* Native threads that give the borrow back only when they have been attached meanwhile. */
static void attach_for_a_moment(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);

	set(&is_held, 1);
	host_await_sleep(sleeps);
	host_attach_thread();
	host_detach_thread();
}

static void *write_and_attach(void *unused)
{
	AFIELD_BORROWED_MUT(pair_cell, pair, &field)
	{
		attach_for_a_moment();
		pair->low++;
	}
	return unused;
}

static void *read_and_attach(void *unused)
{
	AFIELD_BORROWED(pair_cell, pair, &field)
	{
		TEST_CHECK(pair->high == 0);
		attach_for_a_moment();
	}
	return unused;
}

static void a_wait_gives_up_the_host(void)
{
	const struct afield_type *type = pair_cell_type();

	for (int way = 0; way < 5; way++) {
		pthread_t thread = start_holder(way < 3 ? write_and_attach : read_and_attach);
		const struct pair *shared = NULL;
		struct pair *alone = NULL, value = {-1, 0};

		host_attach_thread(); /* the holder cannot attach until this thread sleeps */
		if (way == 0) {
			TEST_CHECK(pair_cell_borrow_wait(&field, &shared) == 0);
			TEST_CHECK(shared && shared->low == 1);
			pair_cell_release(&field);
		} else if (way == 1 || way == 3) {
			TEST_CHECK(pair_cell_borrow_mut_wait(&field, &alone) == 0);
			TEST_CHECK(alone && alone->low == (way == 1 ? 2 : 3));
			pair_cell_release_mut(&field);
		} else if (way == 2) {
			TEST_CHECK(type->load(type, &field, &value) == 0 && value.low == 3);
		} else {
			TEST_CHECK(type->store(type, &field, &value) == 0);
			TEST_CHECK(pair_cell_load(&field, &value) == 0 && value.low == -1);
		}
		TEST_CHECK(host_is_attached);
		host_detach_thread();
		pthread_join(thread, NULL);
	}
}

static void *hold_until_told(void *unused)
{
	AFIELD_BORROWED(pair_cell, pair, &field)
	{
		(void)pair;
		set(&is_held, 1);
		while (!flag(&may_release))
			usleep(100);
	}
	return unused;
}

static void on_signal(int number)
{
	(void)number;
}

static pthread_t sleeper;
static void *disturb(void *unused)
{
	while (flag(&host_wants_stop)) {
		pthread_kill(sleeper, SIGUSR1);
		usleep(1000);
	}
	return unused;
}

static void the_host_may_end_a_wait(void)
{
	pthread_t holder = start_holder(hold_until_told), other;
	struct pair *alone = NULL;
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);
	sleeper = pthread_self();
	set(&host_wants_stop, 1);
	if (pthread_create(&other, NULL, disturb, NULL))
		abort();
	host_attach_thread();
	TEST_CHECK(pair_cell_borrow_mut_wait(&field, &alone) == -EINTR && alone == NULL);
	host_detach_thread();
	set(&host_wants_stop, 0);
	pthread_join(other, NULL);
	set(&may_release, 1);
	pthread_join(holder, NULL);
	TEST_CHECK(pair_cell_borrow_mut_wait(&field, &alone) == 0);
	pair_cell_release_mut(&field);
}

static void *wait_for_ever(void *unused)
{
	struct pair *alone;

	host_attach_thread();
	pair_cell_borrow_mut_wait(&field, &alone);
	TEST_CHECK(!"a thread came back from a host that has ended");
	return unused;
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t holder = start_holder(hold_until_told), daemon;
	struct pair *alone = NULL;

	if (pthread_create(&daemon, NULL, wait_for_ever, NULL))
		abort();
	host_await_sleep(sleeps);
	set(&host_is_ending, 1);
	set(&may_release, 1);
	pthread_join(holder, NULL);
	usleep(20000);
	TEST_CHECK(pair_cell_borrow_count(&field) == 0);
	TEST_CHECK(pair_cell_borrow_mut_wait(&field, &alone) == 0);
	pair_cell_release_mut(&field);
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
