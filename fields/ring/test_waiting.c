/*
 * ring beside a host with a lock of its own: who waits for room or for an element gives the host's
 * lock up, is woken by one who needs it, and ends when the host says so.
 */
#include <afield/ring.h>

#include "host.h"
#include "test.h"

#include <errno.h>
#include <signal.h>

AFIELD_TYPE(long_ring, ring, int64_t, 1);

static long_ring ring;

/* A thread that comes when another has begun to sleep, and counts the sleeps from now on. */
static pthread_t start_before_a_sleep(void *(*body)(void *sleeps))
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, (void *)(uintptr_t)sleeps))
		abort();
	return thread;
}

/* Each attaches before it does what the other waits for. */
static void *push_attached(void *sleeps)
{
	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	host_attach_thread();
	TEST_CHECK(long_ring_push(&ring, 5) == 0);
	host_detach_thread();
	return NULL;
}

static void *pop_attached(void *sleeps)
{
	int64_t value;

	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	host_attach_thread();
	TEST_CHECK(long_ring_pop(&ring, &value) == 0 && value == 6);
	host_detach_thread();
	return NULL;
}

static void a_wait_gives_up_the_host(void)
{
	pthread_t thread = start_before_a_sleep(push_attached);
	int64_t value = 0;

	host_attach_thread();
	TEST_CHECK(long_ring_pop_wait(&ring, &value, NULL) == 0 && value == 5);
	TEST_CHECK(host_is_attached);
	TEST_CHECK(long_ring_push(&ring, 6) == 0);
	host_detach_thread();
	pthread_join(thread, NULL);
	thread = start_before_a_sleep(pop_attached);
	host_attach_thread();
	TEST_CHECK(long_ring_push_wait(&ring, 7, NULL) == 0);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
	pthread_join(thread, NULL);
	TEST_CHECK(long_ring_pop(&ring, &value) == 0 && value == 7);
}

static void on_signal(int number)
{
	(void)number;
}

static pthread_t waiter;
static void *interrupt(void *sleeps)
{
	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	usleep(20000); /* it is asleep by now, or the signal comes before the sleep ... */
	__atomic_store_n(&host_wants_stop, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 50 && __atomic_load_n(&host_wants_stop, __ATOMIC_SEQ_CST); i++) {
		pthread_kill(waiter, SIGUSR1);
		usleep(20000); /* ... and is sent again */
	}
	return NULL;
}

static void a_host_ends_a_wait(void)
{
	struct sigaction action;
	int64_t value = 3;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal; /* without SA_RESTART, as Python has them */
	sigaction(SIGUSR1, &action, NULL);
	waiter = pthread_self();
	for (int is_full = 0; is_full < 2; is_full++) {
		pthread_t thread = start_before_a_sleep(interrupt);

		if (is_full)
			TEST_CHECK(long_ring_push(&ring, 1) == 0);
		host_attach_thread();
		TEST_CHECK((is_full ? long_ring_push_wait(&ring, 2, NULL)
				    : long_ring_pop_wait(&ring, &value, NULL)) == -EINTR);
		__atomic_store_n(&host_wants_stop, 0, __ATOMIC_SEQ_CST);
		host_detach_thread();
		pthread_join(thread, NULL);
	}
	TEST_CHECK(value == 3 && long_ring_count(&ring) == 1);
	TEST_CHECK(long_ring_pop(&ring, &value) == 0 && value == 1);
}

/* Many wait at both ends of a ring of one; nobody is forgotten. */
enum { TURNS = 300, THREADS = 6 };
static int64_t sum; /* __atomic */

static void put_or_get(void *unused, int index)
{
	int64_t value = 0;

	(void)unused;
	for (long i = test_scaled(TURNS); i > 0; i--) {
		if (index % 2) {
			TEST_CHECK(long_ring_push_wait(&ring, index, NULL) == 0);
		} else {
			TEST_CHECK(long_ring_pop_wait(&ring, &value, NULL) == 0);
			__atomic_fetch_add(&sum, value, __ATOMIC_RELAXED);
		}
	}
}

static void nobody_is_forgotten(void)
{
	test_threads(THREADS, put_or_get, NULL);
	TEST_CHECK(sum == test_scaled(TURNS) * (1 + 3 + 5));
	TEST_CHECK(long_ring_count(&ring) == 0);
	long_ring_fini(&ring);
}

int main(void)
{
	host_watchdog(100);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(a_host_ends_a_wait);
	TEST_RUN(nobody_is_forgotten);
	return test_done();
}
