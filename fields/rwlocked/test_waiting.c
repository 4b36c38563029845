/*
 * rwlocked beside a host with a lock of its own, and who goes first: readers let a waiting writer
 * go first, but not for ever, and never so that a thread waits for itself.
 */
#include <afield/rwlocked.h>

#include "host.h"
#include "test.h"

#include <errno.h>
#include <sys/wait.h>

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_rw, rwlocked, struct pair);

static pair_rw field;
static int is_held, may_release;

static int flag(const int *which)
{
	return __atomic_load_n(which, __ATOMIC_SEQ_CST);
}
static void set(int *which, int value)
{
	__atomic_store_n(which, value, __ATOMIC_SEQ_CST);
}

static pthread_t start(void *(*body)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, NULL))
		abort();
	return thread;
}

static pthread_t start_holder(void *(*body)(void *))
{
	pthread_t thread;

	set(&is_held, 0);
	set(&may_release, 0);
	thread = start(body);
	while (!flag(&is_held))
		usleep(100);
	return thread;
}

/* Native threads that give the lock back only when they have been attached meanwhile. */
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
	AFIELD_WRITING(pair_rw, pair, &field)
	{
		attach_for_a_moment();
		pair->low++;
	}
	return unused;
}

static void *read_and_attach(void *unused)
{
	AFIELD_READING(pair_rw, pair, &field)
	{
		TEST_CHECK(pair->high == 0);
		attach_for_a_moment();
	}
	return unused;
}

static void a_wait_gives_up_the_host(void)
{
	const struct afield_type *type = pair_rw_type();
	struct pair value = {0, 0};

	for (int way = 0; way < 4; way++) {
		pthread_t thread = start_holder(way == 3 ? read_and_attach : write_and_attach);

		host_attach_thread(); /* the holder cannot attach until this thread sleeps */
		if (way == 0)
			TEST_CHECK(pair_rw_load(&field, &value) == 0 && value.low == 1);
		if (way == 1)
			TEST_CHECK(type->load(type, &field, &value) == 0 && value.low == 2);
		if (way == 2)
			TEST_CHECK(pair_rw_exchange(&field, &value) == 0 && value.low == 3);
		if (way == 3)
			TEST_CHECK(pair_rw_store(&field, value) == 0);
		TEST_CHECK(host_is_attached);
		host_detach_thread();
		pthread_join(thread, NULL);
	}
}

/*
 * Readers in a relay: each stays in until the next is in, so that there is never a gap, unless no
 * other reader gets in for 20 ms. A writer that had to find a gap would wait for ever.
 */
enum { READERS = 4, WRITES = 10 };
static int is_over;
static long entered;

static void *read_on(void *unused)
{
	while (!flag(&is_over))
		AFIELD_READING(pair_rw, pair, &field)
		{
			long number = __atomic_add_fetch(&entered, 1, __ATOMIC_SEQ_CST);

			TEST_CHECK(pair->low == pair->high);
			for (int i = 0; i < 200 && !flag(&is_over); i++) {
				if (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) > number)
					break;
				usleep(100);
			}
		}
	return unused;
}

static void a_writer_needs_no_gap(void)
{
	pthread_t readers[READERS];
	struct pair value = {0, 0};

	TEST_CHECK(pair_rw_store(&field, value) == 0);
	set(&is_over, 0);
	for (int i = 0; i < READERS; i++)
		readers[i] = start(read_on);
	while (__atomic_load_n(&entered, __ATOMIC_SEQ_CST) < 2)
		usleep(100);
	for (int i = 0; i < WRITES; i++)
		AFIELD_WRITING(pair_rw, pair, &field)
	pair->low = pair->high = i;
	set(&is_over, 1);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	printf("  %ld read sections beside %d writes\n", entered, WRITES);
	TEST_CHECK(entered > 1);
}

/* A reader that reads again while a writer waits would, if it were polite, wait for itself. */
static void *write_once(void *unused)
{
	host_attach_thread();
	AFIELD_WRITING(pair_rw, pair, &field)
	pair->low = pair->high = 77;
	host_detach_thread();
	return unused;
}

static void a_section_inside_another_does_not_wait(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	struct pair value = {0, 0};
	pthread_t writer;

	TEST_CHECK(pair_rw_read_lock(&field) != NULL);
	writer = start(write_once);
	host_await_sleep(sleeps);
	usleep(1000); /* the writer is asleep: others would yield now */
	TEST_CHECK(pair_rw_load(&field, &value) == 0 && value.low != 77);
	pair_rw_read_unlock(&field);
	pthread_join(writer, NULL);
	TEST_CHECK(pair_rw_load(&field, &value) == 0 && value.low == 77);
}

static void *hold_for_reading(void *unused)
{
	AFIELD_READING(pair_rw, pair, &field)
	{
		(void)pair;
		set(&is_held, 1);
		while (!flag(&may_release))
			usleep(100);
	}
	return unused;
}

/* While a writer sleeps, a reader that comes is told to wait; and the child of a fork, which has no
 * such writer, is not. */
static void readers_yield_to_a_sleeping_writer(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t holder = start_holder(hold_for_reading), writer;
	int status = -1;
	pid_t child;

	TEST_CHECK(pair_rw_try_read_lock(&field) != NULL);
	pair_rw_read_unlock(&field);
	writer = start(write_once);
	host_await_sleep(sleeps);
	usleep(20000);
	TEST_CHECK(pair_rw_try_read_lock(&field) == NULL);
	child = fork();
	if (child == 0) {
		struct pair value;

		alarm(20);
		_exit(pair_rw_load(&field, &value) == 0 && pair_rw_try_read_lock(&field) ? 0 : 1);
	}
	TEST_CHECK(waitpid(child, &status, 0) == child);
	TEST_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	set(&may_release, 1);
	pthread_join(holder, NULL);
	pthread_join(writer, NULL);
}

static void *write_never(void *unused)
{
	host_attach_thread();
	pair_rw_write_lock(&field);
	TEST_CHECK(!"a thread came back from a host that has ended");
	return unused;
}

/* A writer that waits and never comes back: readers and writers go on. */
static void a_thread_that_never_comes_back_holds_nothing(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t holder = start_holder(hold_for_reading), daemon = start(write_never);
	struct pair value = {1, 1};

	host_await_sleep(sleeps);
	usleep(20000);
	set(&host_is_ending, 1);
	set(&may_release, 1);
	pthread_join(holder, NULL);
	for (int i = 0; i < 100; i++) {
		TEST_CHECK(pair_rw_load(&field, &value) == 0);
		TEST_CHECK(i < 50 || pair_rw_store(&field, value) == 0);
	}
	usleep(20000);
	TEST_CHECK(pair_rw_try_read_lock(&field) != NULL);
	pair_rw_read_unlock(&field);
	pthread_detach(daemon);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(a_writer_needs_no_gap);
	TEST_RUN(a_section_inside_another_does_not_wait);
	TEST_RUN(readers_yield_to_a_sleeping_writer);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
