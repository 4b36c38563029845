/* SPDX-License-Identifier: MIT */
/*
 * program: several copies of afield in one process, as modules bring them, and its forks.
 *
 *	program [WORD...] MODULE...
 *
 * The words: `global` opens the modules so that their names are everybody's; `urcu-first` and
 * `urcu-last` install the handlers that liburcu has for programs which use it, before and after the
 * modules; `by-hand` brackets each fork with the functions of every copy.
 *
 * A hundred forks; AFIELD_TEST_SCALE=1000 makes a thousand.
 *
 * What must hold: every child of a fork under load has all copies at work and reclaiming, in
 * bounded time, and so has the parent; a thread has one number in all copies, which is no other
 * thread's; and a lock that one copy has taken is not taken for free, nor for one's own, by
 * another.
 */
#include "copy.h"

#include "test.h"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <urcu/urcu-bp.h>

#define MOST 8
static struct copy copies[MOST];
static int count;
static int by_hand;
static int stop; /* __atomic */

static void open_module(const char *path, int mode)
{
	void *module = dlopen(path, RTLD_NOW | mode);
	void *symbol = module ? dlsym(module, "copy_of_afield") : NULL;
	struct copy (*get)(void);

	if (!symbol) {
		printf("%s: %s\n", path, dlerror());
		exit(1);
	}
	memcpy(&get, &symbol, sizeof(get));
	copies[count++] = get();
}

static void handle_urcu(void)
{
	urcu_bp_read_lock();
	urcu_bp_read_unlock();
	if (pthread_atfork(urcu_bp_before_fork, urcu_bp_after_fork_parent,
			   urcu_bp_after_fork_child))
		abort();
}

static void *work_all_the_time(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (int i = 0; i < count; i++)
			copies[i].work();
		usleep(100); /* or forks would wait for a processor most of the time */
	}
	return unused;
}

static void *work_once(void *unused)
{
	for (int i = 0; i < count; i++)
		copies[count - 1 - i].work();
	return unused;
}

static void *come_and_go(void *unused)
{
	pthread_t thread;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		if (pthread_create(&thread, NULL, work_once, NULL))
			abort();
		pthread_join(thread, NULL);
		usleep(100);
	}
	return unused;
}

static int live_on(void)
{
	alarm(60);
	for (int i = 0; i < count; i++)
		if (!copies[i].settle())
			return 10 + i;
	for (int i = 1; i < count; i++)
		if (copies[i].thread() != copies[0].thread())
			return 20 + i;
	return 0;
}

static int fork_once(void)
{
	int status = -1;
	pid_t child;

	for (int i = 0; by_hand && i < count; i++)
		copies[i].prepare();
	child = fork();
	if (child == 0) {
		for (int i = 0; by_hand && i < count; i++)
			copies[i].child();
		_exit(live_on());
	}
	for (int i = 0; by_hand && i < count; i++)
		copies[i].parent();
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 0;
	if (status != 0)
		printf("a child ended with %x\n", status);
	return status == 0;
}

static void children_go_on_with_all_copies(void)
{
	pthread_t threads[3];
	long forks = test_scaled(100);

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, i < 2 ? work_all_the_time : come_and_go,
				   NULL))
			abort();
	for (long i = 0; i < forks && test_failures == 0; i++)
		TEST_CHECK(fork_once());
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(live_on() == 0);
	printf("  %ld forks, %d copies\n", forks, count);
}

static uint64_t numbers[MOST][MOST]; /* by thread and copy */
static pthread_barrier_t all_there;

/* Each thread asks the copies in another order. */
static void *note_numbers(void *opaque)
{
	int self = (int)(intptr_t)opaque;

	for (int i = 0; i < count; i++) {
		int copy = (self + i) % count;

		numbers[self][copy] = copies[copy].thread();
	}
	pthread_barrier_wait(&all_there);
	return NULL;
}

static void a_thread_has_one_number(void)
{
	pthread_t threads[MOST];

	pthread_barrier_init(&all_there, NULL, MOST);
	for (int i = 0; i < MOST; i++)
		if (pthread_create(&threads[i], NULL, note_numbers, (void *)(intptr_t)i))
			abort();
	for (int i = 0; i < MOST; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < MOST; i++) {
		TEST_CHECK(numbers[i][0] != 0 && numbers[i][0] != copies[0].thread());
		for (int j = 1; j < count; j++)
			TEST_CHECK(numbers[i][j] == numbers[i][0]);
		for (int j = 0; j < i; j++)
			TEST_CHECK(numbers[i][0] != numbers[j][0]);
	}
	pthread_barrier_destroy(&all_there);
}

static int ended[MOST];
static void *try_all(void *lock)
{
	for (int i = 0; i < count; i++) {
		ended[i] = copies[i].try_lock(lock);
		if (ended[i] == 0)
			copies[i].unlock(lock);
	}
	return NULL;
}

static void a_lock_is_one_for_all_copies(void)
{
	pthread_t thread;

	for (int i = 0; i < count; i++) {
		void *lock = copies[(i + 1) % count].lock;

		TEST_CHECK(copies[i].try_lock(lock) == 0);
		for (int j = 0; j < count; j++)
			TEST_CHECK(copies[j].try_lock(lock) == 1); /* one's own */
		if (pthread_create(&thread, NULL, try_all, lock))
			abort();
		pthread_join(thread, NULL);
		for (int j = 0; j < count; j++)
			TEST_CHECK(ended[j] == -1); /* another's */
		copies[(i + 1) % count].unlock(lock);
	}
}

/* Holds the first lock of all while the process forks. */
static pthread_barrier_t value_type;
static uint64_t holder;
static void *hold(void *unused)
{
	holder = copies[0].thread();
	if (copies[count - 1].try_lock(copies[0].lock) != 0)
		abort();
	pthread_barrier_wait(&value_type);
	pthread_barrier_wait(&value_type);
	copies[0].unlock(copies[0].lock);
	return unused;
}

static void all_copies_know_who_is_gone(void)
{
	pthread_t thread;
	int status = -1;
	pid_t child;

	pthread_barrier_init(&value_type, NULL, 2);
	if (pthread_create(&thread, NULL, hold, NULL))
		abort();
	pthread_barrier_wait(&value_type);
	child = fork();
	if (child == 0) {
		for (int i = 0; i < count; i++)
			if (!copies[i].is_gone(holder) || copies[i].is_gone(copies[i].thread()))
				_exit(1 + i);
		_exit(0);
	}
	for (int i = 0; i < count; i++)
		TEST_CHECK(!copies[i].is_gone(holder));
	TEST_CHECK(waitpid(child, &status, 0) == child && status == 0);
	pthread_barrier_wait(&value_type);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&value_type);
}

int main(int argc, char **argv)
{
	int mode = RTLD_LOCAL, urcu_last = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "global") == 0)
			mode = RTLD_GLOBAL;
		else if (strcmp(argv[i], "urcu-first") == 0)
			handle_urcu();
		else if (strcmp(argv[i], "urcu-last") == 0)
			urcu_last = 1;
		else if (strcmp(argv[i], "by-hand") == 0)
			by_hand = 1;
		else
			open_module(argv[i], mode);
	}
	if (urcu_last)
		handle_urcu();
	TEST_RUN(a_thread_has_one_number);
	TEST_RUN(a_lock_is_one_for_all_copies);
	TEST_RUN(all_copies_know_who_is_gone);
	TEST_RUN(children_go_on_with_all_copies);
	return test_done();
}
