/* SPDX-License-Identifier: MIT */
/*
 * Read sections: what they hold back, how they nest, how they close, and where the barrier refuses.
 */
#include "reader.h"

#include <errno.h>
#include <signal.h>

struct object {
	struct afield_retired retired; /* first: a callback casts back */
	int reclaimed;                 /* set by the callback; read with __atomic */
};

static void note(struct afield_retired *retired)
{
	struct object *object = (struct object *)(void *)retired;

	__atomic_store_n(&object->reclaimed, 1, __ATOMIC_SEQ_CST);
}

static int is_reclaimed(struct object *object)
{
	return __atomic_load_n(&object->reclaimed, __ATOMIC_SEQ_CST);
}

static int is_inside(void)
{
	return afield_is_reading();
}

/* A reader opens so many sections, and leaves all but the outermost. */
static void a_callback_waits_for(int depth)
{
	struct object object = {{NULL, 0, NULL}, 0};
	struct reader reader;

	reader.depth = depth;
	reader_park(&reader);
	afield_retire(&object.retired, note);
	TEST_CHECK(afield_backlog() == 1);
	pause_ms(80);
	TEST_CHECK(!is_reclaimed(&object));
	reader_leave(&reader);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(is_reclaimed(&object));
	TEST_CHECK(afield_backlog() == 0);
}

static void a_callback_waits_for_open_sections(void)
{
	a_callback_waits_for(1);
}

static void nested_sections_end_with_the_outermost(void)
{
	a_callback_waits_for(3);
}

static int return_out(void)
{
	AFIELD_READ_SECTION
	{
		AFIELD_READ_SECTION
		{
			if (is_inside())
				return 7;
		}
	}
	return 0;
}

static void every_way_out_closes(void)
{
	int runs = 0;

	TEST_CHECK(!is_inside());
	AFIELD_READ_SECTION
	{
		runs++;
		TEST_CHECK(is_inside());
	}
	TEST_CHECK(!is_inside());
	AFIELD_READ_SECTION
	{
		runs++;
		break;
	}
	TEST_CHECK(!is_inside());
	AFIELD_READ_SECTION
	{
		runs++;
		continue;
	}
	TEST_CHECK(!is_inside());
	AFIELD_READ_SECTION
	{
		AFIELD_READ_SECTION
		{
			break;
		}
		TEST_CHECK(is_inside());
		runs++;
	}
	TEST_CHECK(!is_inside());
	TEST_CHECK(return_out() == 7);
	TEST_CHECK(!is_inside());
	AFIELD_READ_SECTION
	{
		goto out;
	}
out:
	TEST_CHECK(!is_inside());
	TEST_CHECK(runs == 4);
}

static void the_barrier_waits_for_all_that_was_retired(void)
{
	struct object objects[100];

	memset(objects, 0, sizeof(objects));
	for (int i = 0; i < 100; i++)
		afield_retire(&objects[i].retired, note);
	TEST_CHECK(afield_barrier() == 0);
	for (int i = 0; i < 100; i++)
		TEST_CHECK(is_reclaimed(&objects[i]));
}

/* What the barrier and the mask of signals are inside a callback. */
static int barrier_in_callback, can_be_interrupted;

static void look_around(struct afield_retired *retired)
{
	sigset_t mask;

	barrier_in_callback = afield_barrier();
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	for (int signal = 1; signal < 32; signal++) /* glibc keeps the next two for itself */
		if (signal != SIGKILL && signal != SIGSTOP && !sigismember(&mask, signal))
			can_be_interrupted = signal;
	note(retired);
}

static void the_barrier_refuses_to_wait_for_itself(void)
{
	struct object object = {{NULL, 0, NULL}, 0};

	AFIELD_READ_SECTION
	{
		TEST_CHECK(afield_barrier() == -EDEADLK);
		AFIELD_READ_SECTION
		{
			TEST_CHECK(afield_barrier() == -EDEADLK);
		}
		TEST_CHECK(afield_barrier() == -EDEADLK);
	}
	afield_retire(&object.retired, look_around);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(is_reclaimed(&object));
	TEST_CHECK(barrier_in_callback == -EDEADLK);
	TEST_CHECK(can_be_interrupted == 0);
}

/* A handler opens a section wherever it interrupts: outside, inside, and in the lock itself. */
static volatile sig_atomic_t handled;
static int wrong_depth; /* written by handlers, which run one at a time */

static void handler(int signal)
{
	int before = is_inside();

	(void)signal;
	AFIELD_READ_SECTION
	{
		handled = handled + 1;
		if (!is_inside())
			wrong_depth++;
	}
	if (is_inside() != before)
		wrong_depth++;
}

static int stop;

static void *interrupted_reader(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		AFIELD_READ_SECTION
		{
			AFIELD_READ_SECTION
			{
			}
		}
	return unused;
}

static void a_signal_handler_may_read(void)
{
	struct sigaction action;
	struct object object = {{NULL, 0, NULL}, 0};
	pthread_t thread;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigaction(SIGUSR1, &action, NULL);
	if (pthread_create(&thread, NULL, interrupted_reader, NULL))
		abort();
	for (long i = 0; i < test_scaled(2000); i++) {
		pthread_kill(thread, SIGUSR1);
		if (i % 8 == 0)
			pause_ms(1);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	printf("  %d signals handled\n", (int)handled);
	TEST_CHECK(handled > 0);
	TEST_CHECK(wrong_depth == 0);
	afield_retire(&object.retired, note);
	TEST_CHECK(afield_barrier() == 0); /* no section was left open */
	TEST_CHECK(is_reclaimed(&object));
}

int main(void)
{
	const char *backend = afield_rcu_backend();

	printf("backend: %s\n", backend);
	TEST_CHECK(strcmp(backend, "membarrier") == 0 || strcmp(backend, "full fences") == 0);
	TEST_RUN(a_callback_waits_for_open_sections);
	TEST_RUN(nested_sections_end_with_the_outermost);
	TEST_RUN(every_way_out_closes);
	TEST_RUN(the_barrier_waits_for_all_that_was_retired);
	TEST_RUN(the_barrier_refuses_to_wait_for_itself);
	TEST_RUN(a_signal_handler_may_read);
	TEST_CHECK(strcmp(afield_rcu_backend(), backend) == 0);
	return test_done();
}
