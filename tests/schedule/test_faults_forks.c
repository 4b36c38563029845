/* SPDX-License-Identifier: MIT */
/*
 * A fork while a thread stands at an access, at each access of the operations of every kind. The
 * child has all fields as they are then, and only the thread that forked. It uses them all
 * (forked.h). Nothing of that may sleep, because nobody would wake it; and every value is whole.
 */
#include "forked.h"
#include "schedule.h"

#include <sys/wait.h>
#include <unistd.h>

/* A child of a process with threads has one thread, and ThreadSanitizer lets it go on if asked. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}

/* The operations, each in the thread that stands somewhere in it at the fork. */
#define OPERATION(name, ...)           \
	static void name(void *unused) \
	{                              \
		(void)unused;          \
		__VA_ARGS__;           \
	}                              \
	typedef int name##_is_an_operation
OPERATION(do_number, afield_f64_fetch_add(&fields->number, 1));
OPERATION(do_two_update, (void)pair_two_update(&fields->two, grow, NULL));
OPERATION(do_one_update, (void)pair_one_update(&fields->one, grow, NULL));
OPERATION(do_one_load, (void)pair_one_load(&fields->one));
OPERATION(do_locked, (void)pair_locked_update(&fields->locked, grow, NULL));
OPERATION(do_rw_write, (void)pair_rw_update(&fields->rw, grow, NULL));
OPERATION(
	do_rw_read, AFIELD_READING(pair_rw, pair, &fields->rw) {
		AFIELD_PAUSE("reading");
		TEST_CHECK(is_whole(*pair));
	});
OPERATION(do_cell_mut, (void)pair_cell_update(&fields->cell, grow, NULL));
OPERATION(
	do_cell_shared, AFIELD_BORROWED(pair_cell, pair, &fields->cell) {
		AFIELD_PAUSE("borrowing");
		TEST_CHECK(is_whole(*pair));
	});
OPERATION(do_once, const struct pair *pair;
	  (void)pair_once_get_or_init(&fields->once, make, NULL, &pair));
OPERATION(do_confined, (void)pair_confined_store(&fields->confined, pair_of(1)));
OPERATION(do_rcu, (void)pair_rcu_update(&fields->rcu, grow, NULL));
OPERATION(do_tally, tally_add(&fields->tally, 1));
OPERATION(do_news, news_set(&fields->news); news_clear(&fields->news));
OPERATION(do_map_set, (void)!pair_map_set(&fields->map, next_key++, pair_of(2)));
OPERATION(do_map_replace, (void)!pair_map_set(&fields->map, 0, pair_of(3)));
OPERATION(do_map_remove, (void)pair_map_remove(&fields->map, 1, NULL));
OPERATION(do_map_clear, pair_map_clear(&fields->map));
OPERATION(do_map_reserve, (void)!pair_map_reserve(&fields->map, 200));
OPERATION(do_list, (void)!pair_list_append(&fields->list, pair_of(2)));

static void *exit_asleep(void)
{
	_exit(ASLEEP);
	return NULL;
}
static const struct afield_host sleepless = {exit_asleep, NULL, NULL, NULL, NULL, NULL, NULL};

static int child_status;
static void *fork_here(void *unused)
{
	pid_t child = fork();

	if (child == 0) {
		alarm(60);
		_exit(afield_set_host(&sleepless) ? forked_use_all() : 0);
	}
	if (child < 0 || waitpid(child, &child_status, 0) != child)
		abort();
	return unused;
}

static void be_forked(void *unused)
{
	pthread_t forker;

	(void)unused;
	if (pthread_create(&forker, NULL, fork_here, NULL))
		abort();
	pthread_join(forker, NULL);
}

static const struct operation {
	const char *name;
	void (*run)(void *unused);
} operations[] = {
	{"f64 fetch_add", do_number},
	{"seqlock update", do_two_update},
	{"one slot update", do_one_update},
	{"one slot load", do_one_load},
	{"locked update", do_locked},
	{"rwlocked update", do_rw_write},
	{"rwlocked reading", do_rw_read},
	{"cell update", do_cell_mut},
	{"cell borrowed", do_cell_shared},
	{"once get_or_init", do_once},
	{"confined store", do_confined},
	{"rcu update", do_rcu},
	{"counter add", do_tally},
	{"event set, clear", do_news},
	{"map set", do_map_set},
	{"map set, replaces", do_map_replace},
	{"map remove", do_map_remove},
	{"map clear", do_map_clear},
	{"map reserve", do_map_reserve},
	{"list append", do_list},
	{"ring push", do_ring_push},
	{"ring pop", do_ring_pop},
	{"ring_spsc push", do_spsc_push},
	{"ring_spsc pop", do_spsc_pop},
	{"queue push", do_queue_push},
	{"queue pop", do_queue_pop},
	{"stack push", do_stack_push},
	{"stack pop", do_stack_pop},
};
enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

static bool is_fine(long at, const char *name)
{
	if (WIFEXITED(child_status) && WEXITSTATUS(child_status) == FINE)
		return true;
	if (WIFSIGNALED(child_status))
		printf("  %s, access %ld: signal %d ended the child\n", name, at,
		       WTERMSIG(child_status));
	else
		printf("  %s, access %ld: the child's step %d went wrong\n", name, at,
		       WEXITSTATUS(child_status));
	return false;
}

static void a_child_goes_on_wherever_others_stood(void)
{
	for (int i = 0; i < OPERATIONS; i++) {
		bool is_forked = true;
		int wrong = 0;
		long at;

		for (at = 1; is_forked; at++) {
			forked_begin();
			is_forked = schedule_fault(at, operations[i].run, be_forked, NULL);
			wrong += is_forked && !is_fine(at, operations[i].name);
			forked_end();
		}
		printf("  %-18s forked at each of %2ld accesses\n", operations[i].name, at - 2);
		fflush(stdout);
		TEST_CHECK(at > 2);
		TEST_CHECK(wrong == 0);
	}
}

int main(void)
{
	alarm(300);
	TEST_RUN(a_child_goes_on_wherever_others_stood);
	return test_done();
}
