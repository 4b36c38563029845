/*
 * once beside a host with a lock of its own: who waits for a making is detached, and the next one
 * tries when it fails.
 */
#include <afield/once.h>

#include "host.h"
#include "test.h"

#include <errno.h>
#include <signal.h>

struct module {
	int64_t number;
};
AFIELD_TYPE(module_once, once, struct module);

static module_once field;
static int makings, is_made, may_finish;

static int flag(const int *which)
{
	return __atomic_load_n(which, __ATOMIC_SEQ_CST);
}
static void set(int *which, int value)
{
	__atomic_store_n(which, value, __ATOMIC_SEQ_CST);
}

/* As an import does: it detaches in the middle, and is attached again before it ends. */
static int import(struct module *module, void *result)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	int number = __atomic_add_fetch(&makings, 1, __ATOMIC_SEQ_CST);

	TEST_CHECK(host_is_attached);
	host_detach_thread();
	if (number == 1)
		host_await_sleep(sleeps);
	host_attach_thread();
	module->number = number;
	return number == 1 ? *(int *)result : 0;
}

static int first_result;
static void ask(void *argument, int index)
{
	const struct module *module = NULL;
	int error;

	(void)argument, (void)index;
	host_attach_thread();
	error = module_once_get_or_init(&field, import, &first_result, &module);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
	TEST_CHECK(error == 0 || error == first_result);
	if (error == 0) {
		TEST_CHECK(module->number == (first_result ? 2 : 1));
		__atomic_add_fetch(&is_made, 1, __ATOMIC_SEQ_CST);
	}
}

/* All threads are attached in turn while one of them makes the value. */
static void waiters_give_up_the_host(void)
{
	memset(&field, 0, sizeof(field));
	makings = is_made = first_result = 0;
	test_threads(6, ask, NULL);
	TEST_CHECK(makings == 1 && is_made == 6);
}

static void the_next_one_tries_when_it_fails(void)
{
	memset(&field, 0, sizeof(field));
	makings = is_made = 0;
	first_result = -EIO;
	test_threads(6, ask, NULL);
	TEST_CHECK(makings == 2 && is_made == 5);
}

static int make_when_told(struct module *module, void *unused)
{
	(void)unused;
	set(&is_made, 1);
	while (!flag(&may_finish))
		usleep(100);
	module->number = 5;
	return 0;
}

static void *make(void *unused)
{
	const struct module *module = NULL;

	TEST_CHECK(module_once_get_or_init(&field, make_when_told, NULL, &module) == 0);
	return unused;
}

static pthread_t start_making(void)
{
	pthread_t thread;

	memset(&field, 0, sizeof(field));
	set(&is_made, 0);
	set(&may_finish, 0);
	if (pthread_create(&thread, NULL, make, NULL))
		abort();
	while (!flag(&is_made))
		usleep(100);
	return thread;
}

static void *set_from_beside(void *unused)
{
	struct module other = {6};

	TEST_CHECK(module_once_set(&field, other) == -EEXIST);
	return unused;
}

static void set_waits_to_see(void)
{
	pthread_t maker = start_making(), setter;

	if (pthread_create(&setter, NULL, set_from_beside, NULL))
		abort();
	usleep(10000);
	TEST_CHECK(module_once_get(&field) == NULL); /* and a get does not wait */
	set(&may_finish, 1);
	pthread_join(maker, NULL);
	pthread_join(setter, NULL);
	TEST_CHECK(module_once_get(&field)->number == 5);
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
	pthread_t maker = start_making(), other;
	const struct module *module = NULL;
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);
	sleeper = pthread_self();
	set(&host_wants_stop, 1);
	if (pthread_create(&other, NULL, disturb, NULL))
		abort();
	host_attach_thread();
	TEST_CHECK(module_once_get_or_init(&field, make_when_told, NULL, &module) == -EINTR);
	host_detach_thread();
	set(&host_wants_stop, 0);
	pthread_join(other, NULL);
	TEST_CHECK(module == NULL);
	set(&may_finish, 1);
	pthread_join(maker, NULL);
}

static void *wait_for_ever(void *unused)
{
	struct module value = {1};

	host_attach_thread();
	module_once_set(&field, value);
	TEST_CHECK(!"a thread came back from a host that has ended");
	return unused;
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t maker = start_making(), daemon;
	const struct module *module = NULL;

	if (pthread_create(&daemon, NULL, wait_for_ever, NULL))
		abort();
	host_await_sleep(sleeps);
	set(&host_is_ending, 1);
	set(&may_finish, 1);
	pthread_join(maker, NULL);
	usleep(20000);
	TEST_CHECK(module_once_get_or_init(&field, make_when_told, NULL, &module) == 0);
	TEST_CHECK(module && module->number == 5);
	pthread_detach(daemon);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(waiters_give_up_the_host);
	TEST_RUN(the_next_one_tries_when_it_fails);
	TEST_RUN(set_waits_to_see);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
