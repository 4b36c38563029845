/* SPDX-License-Identifier: MIT */
/*
 * A module is closed after afield_barrier, whatever its fields were and wherever their values are:
 * none of its code runs when it is gone. It goes, unless a value waits for a thread that has not
 * come by: then it stays, and the value ends where it should. The argument is the module's path
 * with a digit at its end; each part opens a copy of its own, for one that has stayed is not opened
 * anew.
 */
#include <afield/confined.h>
#include <afield/reclaim.h>

#include "plugin.h"
#include "test.h"

#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

AFIELD_TYPE(number_confined, confined, long);

static char path[4096];
static void *module;
static const struct plugin *plugin;
static struct plugin_notes notes;

static void open_plugin(char digit)
{
	plugin_open_function *open_it = NULL;
	void *function;

	memset(&notes, 0, sizeof(notes));
	path[strlen(path) - 1] = digit;
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	function = module ? dlsym(module, "plugin_open") : NULL;
	TEST_CHECK(function != NULL);
	if (!function)
		exit(test_done());
	memcpy(&open_it, &function, sizeof(function));
	plugin = open_it(&notes);
}

static void close_plugin(void)
{
	plugin = NULL;
	TEST_CHECK(dlclose(module) == 0);
}

static int is_loaded(void)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_NOLOAD);

	if (handle)
		dlclose(handle);
	return handle != NULL;
}

static int ended(void)
{
	return __atomic_load_n(&notes.ended, __ATOMIC_SEQ_CST);
}

/* A thread that owns values has an owner queue; any access to a confined field looks into it. */
static void come_by(void)
{
	number_confined mine;

	memset(&mine, 0, sizeof(mine));
	TEST_CHECK(!number_confined_get(&mine));
}

static void *end_value(void *value)
{
	plugin->end(value);
	return NULL;
}

static void end_elsewhere(void *value)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_value, value))
		abort();
	pthread_join(thread, NULL);
}

static void retired_values(void)
{
	open_plugin('1');
	plugin->use_all();
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(ended() == 3 + 2 + 2 + 1);
	close_plugin();
	TEST_CHECK(!is_loaded());
}

/* The thread that closes the module owns the value. */
static void values_on_their_way_home(void)
{
	void *value;

	open_plugin('2');
	value = plugin->make(1);
	end_elsewhere(value);
	TEST_CHECK(ended() == 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(ended() == 1 && notes.ended_in == afield_thread_id());
	close_plugin();
	TEST_CHECK(!is_loaded());
	come_by();
}

/* An owner that waits for a word, and then comes by, or only ends. */
static pthread_barrier_t meet;
static void *others;
static int comes_by;
static uint64_t owner_id;

static void *own(void *number)
{
	owner_id = afield_thread_id();
	others = plugin->make(*(long *)number);
	pthread_barrier_wait(&meet);
	pthread_barrier_wait(&meet);
	if (comes_by)
		come_by();
	return NULL;
}

static void values_of_an_idle_thread(char digit, int by)
{
	pthread_t owner;
	long number = 1;

	comes_by = by;
	open_plugin(digit);
	pthread_barrier_init(&meet, NULL, 2);
	if (pthread_create(&owner, NULL, own, &number))
		abort();
	pthread_barrier_wait(&meet);
	plugin->end(others);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(ended() == 0);
	close_plugin();
	TEST_CHECK(is_loaded());
	pthread_barrier_wait(&meet);
	pthread_join(owner, NULL);
	TEST_CHECK(ended() == 1 && notes.ended_in == owner_id);
	pthread_barrier_destroy(&meet);
}

static void they_end_when_it_comes_by(void)
{
	values_of_an_idle_thread('3', 1);
}
static void they_end_when_it_ends(void)
{
	values_of_an_idle_thread('4', 0);
}

/* The owner is in the middle of the destructor: the barrier waits for it. */
static void a_value_that_is_ending(void)
{
	pthread_t owner;
	long number = PLUGIN_SLOW;

	comes_by = 1;
	open_plugin('5');
	pthread_barrier_init(&meet, NULL, 2);
	if (pthread_create(&owner, NULL, own, &number))
		abort();
	pthread_barrier_wait(&meet);
	plugin->end(others);
	pthread_barrier_wait(&meet);
	while (!__atomic_load_n(&notes.began, __ATOMIC_SEQ_CST))
		usleep(100);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(ended() == 1);
	close_plugin();
	TEST_CHECK(!is_loaded());
	pthread_join(owner, NULL);
	pthread_barrier_destroy(&meet);
}

/* Many barriers at once, while owners come and go. */
static void look(void *unused, int index)
{
	(void)unused;
	for (int i = 0; i < 100; i++)
		if (index % 2)
			TEST_CHECK(afield_barrier() == 0);
		else
			end_elsewhere(plugin->make(1));
}

static void many_look_at_once(void)
{
	open_plugin('6');
	test_threads(4, look, NULL);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(ended() == 200);
	close_plugin();
	come_by();
}

int main(int argc, char **argv)
{
	if (argc != 2 || strlen(argv[1]) >= sizeof(path))
		return 2;
	alarm(60);
	strcpy(path, argv[1]);
	TEST_RUN(retired_values);
	TEST_RUN(values_on_their_way_home);
	TEST_RUN(they_end_when_it_comes_by);
	TEST_RUN(they_end_when_it_ends);
	TEST_RUN(a_value_that_is_ending);
	TEST_RUN(many_look_at_once);
	return test_done();
}
