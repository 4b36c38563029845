/* SPDX-License-Identifier: MIT */
/*
 * The backlog's limit: who waits above it, who does not, and what ends the wait. The host is a
 * counter of detachments here, so that a wait is seen to give up the host's lock.
 */
#include "reader.h"

#include <afield/wait.h>

struct object {
	struct afield_retired retired;
};

static long reclaimed, detached, attached;

static void *count_detach(void)
{
	__atomic_fetch_add(&detached, 1, __ATOMIC_SEQ_CST);
	return &detached;
}

static void count_attach(void *token)
{
	TEST_CHECK(token == &detached);
	__atomic_fetch_add(&attached, 1, __ATOMIC_SEQ_CST);
}

static const struct afield_host host = {count_detach, count_attach, NULL, NULL, NULL, NULL, NULL};

static void give_back(struct afield_retired *retired)
{
	__atomic_fetch_add(&reclaimed, 1, __ATOMIC_SEQ_CST);
	free(retired);
}

static void retire_new(void)
{
	struct object *object = (struct object *)malloc(sizeof(*object));

	afield_retire(&object->retired, give_back);
}

/* A thread that retires `count` objects and says how far it is. */
struct writer {
	pthread_t thread;
	long count;
	long done; /* written by the thread, read with __atomic */
};

static void *write_all(void *opaque)
{
	struct writer *writer = (struct writer *)opaque;

	for (long i = 0; i < writer->count; i++) {
		retire_new();
		__atomic_fetch_add(&writer->done, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static long done(struct writer *writer)
{
	return __atomic_load_n(&writer->done, __ATOMIC_SEQ_CST);
}

static void start(struct writer *writer, long count)
{
	writer->count = count;
	writer->done = 0;
	if (pthread_create(&writer->thread, NULL, write_all, writer))
		abort();
}

/* Waits until the backlog is what it should become, and longer, in which it must stay that. */
static int settles_at(size_t count)
{
	for (int i = 0; i < 1000 && afield_backlog() != count; i++)
		pause_ms(5);
	pause_ms(50);
	return afield_backlog() == count;
}

/* Waits until the backlog is above the limit of ten and stays as it is. */
static int comes_to_rest(void)
{
	size_t backlog = 0;

	for (int i = 0; i < 100 && (backlog <= 10 || backlog != afield_backlog()); i++) {
		backlog = afield_backlog();
		pause_ms(50);
	}
	return backlog > 10 && backlog == afield_backlog();
}

static void all_came_back(long count)
{
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	TEST_CHECK(reclaimed == count);
	TEST_CHECK(detached == attached);
	reclaimed = 0;
	afield_set_backlog_limit(0);
}

static void writers_wait_for_a_reader(void)
{
	struct writer writers[3];
	struct reader reader;
	long before = __atomic_load_n(&detached, __ATOMIC_SEQ_CST);
	long stopped;

	afield_set_backlog_limit(10);
	reader.depth = 1;
	reader_park(&reader);
	for (int i = 0; i < 3; i++)
		start(&writers[i], 200);
	/*
	 * Each of the three is stopped in a retire of its own, which has counted its object. Whose
	 * object was within the limit when it was counted may find it passed when it looks: 11 to
	 * 13.
	 */
	TEST_CHECK(comes_to_rest());
	stopped = (long)afield_backlog();
	TEST_CHECK(stopped >= 11 && stopped <= 13);
	TEST_CHECK(done(&writers[0]) + done(&writers[1]) + done(&writers[2]) == stopped - 3);
	TEST_CHECK(reclaimed == 0);
	TEST_CHECK(__atomic_load_n(&detached, __ATOMIC_SEQ_CST) >= before + 3);
	reader_leave(&reader);
	for (int i = 0; i < 3; i++) {
		pthread_join(writers[i].thread, NULL);
		TEST_CHECK(writers[i].done == 200);
	}
	all_came_back(600);
}

static void a_higher_limit_ends_the_wait(void)
{
	struct writer writer;
	struct reader reader;

	afield_set_backlog_limit(5);
	reader.depth = 1;
	reader_park(&reader);
	start(&writer, 50);
	TEST_CHECK(settles_at(6));
	TEST_CHECK(done(&writer) == 5);
	afield_set_backlog_limit(20);
	TEST_CHECK(settles_at(21));
	TEST_CHECK(done(&writer) == 20);
	afield_set_backlog_bytes(4 * 64); /* an object of no size counts as 64 */
	afield_set_backlog_limit(1000);
	TEST_CHECK(settles_at(21));
	afield_set_backlog_bytes(0);
	pthread_join(writer.thread, NULL); /* while the reader is still inside */
	TEST_CHECK(writer.done == 50);
	reader_leave(&reader);
	all_came_back(50);
}

/* In a section the wait would be for oneself. The reader is this thread. */
static void nobody_waits_inside_a_section(void)
{
	afield_set_backlog_limit(3);
	AFIELD_READ_SECTION
	{
		for (int i = 0; i < 50; i++)
			retire_new();
		TEST_CHECK(afield_backlog() == 50);
	}
	all_came_back(50);
}

static void finalizers_do_not_wait(void)
{
	struct reader reader;

	afield_set_backlog_limit(3);
	reader.depth = 1;
	reader_park(&reader);
	for (int i = 0; i < 50; i++) {
		struct object *object = (struct object *)malloc(sizeof(*object));

		afield_retire_nowait(&object->retired, give_back);
	}
	TEST_CHECK(afield_backlog() == 50);
	reader_leave(&reader);
	all_came_back(50);
}

static void retire_more(struct afield_retired *retired)
{
	for (int i = 0; i < 50; i++)
		retire_new();
	free(retired);
}

/* In a callback the wait would be for the thread that is to end it. */
static void nobody_waits_in_a_callback(void)
{
	struct object *object = (struct object *)malloc(sizeof(*object));

	afield_set_backlog_limit(3);
	afield_retire(&object->retired, retire_more);
	TEST_CHECK(afield_barrier() == 0);
	all_came_back(50);
}

/* A callback that stands still, and the thread of the library with it. */
static pthread_barrier_t stands, goes_on;
static void stand_still(struct afield_retired *retired)
{
	pthread_barrier_wait(&stands);
	pthread_barrier_wait(&goes_on);
	give_back(retired);
}

static void writers_wait_for_a_worker_that_stands_still(void)
{
	struct object *object = (struct object *)malloc(sizeof(*object));
	struct writer writer;

	pthread_barrier_init(&stands, NULL, 2);
	pthread_barrier_init(&goes_on, NULL, 2);
	afield_set_backlog_limit(10);
	afield_retire(&object->retired, stand_still);
	pthread_barrier_wait(&stands);
	start(&writer, 200);
	TEST_CHECK(settles_at(11)); /* the one in its callback counts */
	TEST_CHECK(done(&writer) == 9);
	AFIELD_READ_SECTION
	{
		retire_new(); /* readers do not wait, nor do those who retire in a section */
	}
	pthread_barrier_wait(&goes_on);
	pthread_join(writer.thread, NULL);
	all_came_back(202);
	pthread_barrier_destroy(&stands);
	pthread_barrier_destroy(&goes_on);
}

int main(void)
{
	TEST_CHECK(afield_set_host(&host));
	TEST_RUN(writers_wait_for_a_reader);
	TEST_RUN(a_higher_limit_ends_the_wait);
	TEST_RUN(writers_wait_for_a_worker_that_stands_still);
	TEST_RUN(nobody_waits_inside_a_section);
	TEST_RUN(finalizers_do_not_wait);
	TEST_RUN(nobody_waits_in_a_callback);
	return test_done();
}
