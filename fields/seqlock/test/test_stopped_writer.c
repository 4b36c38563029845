/* SPDX-License-Identifier: MIT */
/*
 * A writer that is stopped in the middle of its write.
 *
 * With two slots or more it stops no reader: load goes on and returns the version before. With one
 * slot try_load says false, and load waits. Other writers wait in every case, and go on when the
 * stopped one does. The writer is stopped by a signal handler that blocks, as a thread is that the
 * scheduler has taken off its processor.
 */
#include <afield/seqlock.h>

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

struct pair {
	int64_t first, second;
};
AFIELD_TYPE(pair_one, seqlock, struct pair, 1);
AFIELD_TYPE(pair_two, seqlock, struct pair);
AFIELD_TYPE(pair_four, seqlock, struct pair, 4);

static int leave_handler[2]; /* a pipe: the handler blocks until a byte comes */
static AFIELD_ATOMIC(int) is_inside, is_stopped, is_stored, is_loaded;

static struct pair pair_of(int64_t number)
{
	struct pair pair = {number, -number};

	return pair;
}

static void stop_here(int signal_number)
{
	char byte;

	(void)signal_number;
	if (AFIELD_EXCHANGE(&is_stopped, 1, seq_cst))
		return; /* one stop a test, however many signals */
	while (read(leave_handler[0], &byte, 1) != 1)
		;
}

/* Under the lock: waits for the signal, which stops this thread here. */
static bool be_stopped(struct pair *value, void *argument)
{
	(void)argument;
	AFIELD_STORE(&is_inside, 1, seq_cst);
	while (!AFIELD_LOAD(&is_stopped, seq_cst))
		usleep(100);
	value->first++;
	value->second--;
	return true;
}

#define STOPPED(name)                                                               \
	static void *name##_update_thread(void *field)                              \
	{                                                                           \
		name##_update((name *)field, be_stopped, NULL);                     \
		return NULL;                                                        \
	}                                                                           \
	static void *name##_store_thread(void *field)                               \
	{                                                                           \
		name##_store((name *)field, pair_of(9));                            \
		AFIELD_STORE(&is_stored, 1, seq_cst);                               \
		return NULL;                                                        \
	}                                                                           \
	static void *name##_load_thread(void *field)                                \
	{                                                                           \
		struct pair value = name##_load((name *)field);                     \
		TEST_CHECK(value.first == -value.second);                           \
		AFIELD_STORE(&is_loaded, 1, seq_cst);                               \
		return NULL;                                                        \
	}                                                                           \
	static void name##_with_stopped_writer(void)                                \
	{                                                                           \
		name field;                                                         \
		pthread_t writer, other, reader;                                    \
		struct pair value = {0, 0};                                         \
		bool is_free = sizeof(field) > 16 + sizeof(value);                  \
                                                                                    \
		memset(&field, 0, sizeof(field));                                   \
		name##_store(&field, pair_of(4));                                   \
		reset();                                                            \
		pthread_create(&writer, NULL, name##_update_thread, &field);        \
		stop(writer);                                                       \
		pthread_create(&other, NULL, name##_store_thread, &field);          \
		pthread_create(&reader, NULL, name##_load_thread, &field);          \
		usleep(50 * 1000);                                                  \
		TEST_CHECK(!AFIELD_LOAD(&is_stored, seq_cst));                      \
		for (int i = 0; i < 1000; i++) {                                    \
			TEST_CHECK(name##_try_load(&field, &value) == is_free);     \
			if (is_free)                                                \
				TEST_CHECK(value.first == 4 && value.second == -4); \
		}                                                                   \
		if (is_free) {                                                      \
			pthread_join(reader, NULL);                                 \
			value = name##_load(&field);                                \
			TEST_CHECK(value.first == 4);                               \
		}                                                                   \
		TEST_CHECK(AFIELD_LOAD(&is_loaded, seq_cst) == is_free);            \
		go_on();                                                            \
		pthread_join(writer, NULL);                                         \
		pthread_join(other, NULL);                                          \
		if (!is_free)                                                       \
			pthread_join(reader, NULL);                                 \
		value = name##_load(&field);                                        \
		TEST_CHECK(value.first == 9 && value.second == -9);                 \
	}

static void reset(void)
{
	AFIELD_STORE(&is_inside, 0, seq_cst);
	AFIELD_STORE(&is_stopped, 0, seq_cst);
	AFIELD_STORE(&is_stored, 0, seq_cst);
	AFIELD_STORE(&is_loaded, 0, seq_cst);
}

static void stop(pthread_t writer)
{
	while (!AFIELD_LOAD(&is_inside, seq_cst))
		usleep(100);
	/* More than one, for under ThreadSanitizer a signal may be put off for good. */
	while (!AFIELD_LOAD(&is_stopped, seq_cst)) {
		pthread_kill(writer, SIGUSR1);
		usleep(1000);
	}
}

static void go_on(void)
{
	TEST_CHECK(write(leave_handler[1], "", 1) == 1);
}

STOPPED(pair_one)
STOPPED(pair_two)
STOPPED(pair_four)

/* A write of which the words are there and the publish is not. */
static void half_a_write_is_not_seen(void)
{
	struct afield__seqlock_layout layout = {2, 2};
	pair_two field;
	struct pair value = pair_of(6);
	uint64_t held;

	memset(&field, 0, sizeof(field));
	pair_two_store(&field, pair_of(5));
	TEST_CHECK(afield__seqlock_try_lock(&field.lock.sequence, 1, &held));
	TEST_CHECK(!afield__seqlock_try_lock(&field.lock.sequence, 1, &held));
	afield__seqlock_fill(field.words, layout, held, (afield_raw_word *)(void *)&value,
			     (uintptr_t)value.second);
	TEST_CHECK(pair_two_load(&field).first == 5);
	TEST_CHECK(pair_two_load(&field).second == -5);
	afield__seqlock_publish(&field.lock.sequence, held);
	TEST_CHECK(pair_two_load(&field).first == 6);
	TEST_CHECK(pair_two_load(&field).second == -6);
}

/*
 * A host that asks every waiting thread to stop. Through the table, store and exchange can say that
 * they were stopped; the typed store cannot, and waits on.
 */
static __thread int token;
static void *host_detach(void)
{
	return &token;
}
static void host_attach(void *given)
{
	TEST_CHECK(given == &token);
}
static bool host_interrupted(void)
{
	return true;
}
static const struct afield_host host = {host_detach, host_attach, host_interrupted, NULL, NULL,
					NULL,        NULL};

static void wake_up(int signal_number)
{
	(void)signal_number;
}

static void *table_writer(void *field)
{
	const struct afield_type *type = pair_two_type();
	struct pair value = pair_of(8), before = pair_of(3);
	const void *arguments[1];

	arguments[0] = &value;
	TEST_CHECK(type->store(type, field, &value) == -EINTR);
	TEST_CHECK(type->verbs[0].call(type, field, &before, arguments) == -EINTR);
	TEST_CHECK(before.first == 3); /* untouched */
	AFIELD_STORE(&is_stored, 1, seq_cst);
	pair_two_store((pair_two *)field, pair_of(7));
	AFIELD_STORE(&is_loaded, 1, seq_cst);
	return NULL;
}

static void table_can_say_that_it_was_stopped(void)
{
	pair_two field;
	pthread_t writer;
	uint64_t held;

	memset(&field, 0, sizeof(field));
	reset();
	TEST_CHECK(afield_set_host(&host));
	pair_two_store(&field, pair_of(5));
	TEST_CHECK(afield__seqlock_try_lock(&field.lock.sequence, 1, &held));
	pthread_create(&writer, NULL, table_writer, &field);
	while (!AFIELD_LOAD(&is_stored, seq_cst)) {
		pthread_kill(writer, SIGUSR2);
		usleep(1000);
	}
	for (int i = 0; i < 20; i++) {
		pthread_kill(writer, SIGUSR2);
		usleep(1000);
	}
	TEST_CHECK(!AFIELD_LOAD(&is_loaded, seq_cst));
	TEST_CHECK(pair_two_load(&field).first == 5);
	afield__seqlock_cancel(&field.lock, held);
	pthread_join(writer, NULL);
	TEST_CHECK(pair_two_load(&field).first == 7);
}

int main(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = stop_here;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = wake_up;
	sigaction(SIGUSR2, &action, NULL);
	TEST_CHECK(pipe(leave_handler) == 0);
	TEST_RUN(pair_one_with_stopped_writer);
	TEST_RUN(pair_two_with_stopped_writer);
	TEST_RUN(pair_four_with_stopped_writer);
	TEST_RUN(half_a_write_is_not_seen);
	TEST_RUN(table_can_say_that_it_was_stopped);
	return test_done();
}
