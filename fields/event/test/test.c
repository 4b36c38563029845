/* SPDX-License-Identifier: MIT */
/*
 * event alone: what each operation does and returns, the table, and the child of a fork.
 */
#include <afield/class.h>
#include <afield/event.h>

#include "child.h"
#include "table.h"
#include "test.h"

#include <errno.h>
#include <math.h>

#define SERVER(field)              \
	field(afield_event, ready) \
	field(afield_event, stopping)
AFIELD_CLASS(server, SERVER);
AFIELD_TYPE(own_event, event, bool);

static const struct timespec past = {0, 0};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void zero_is_not_set(void)
{
	own_event event;

	memset(&event, 0, sizeof(event));
	TEST_CHECK(!own_event_is_set(&event));
	TEST_CHECK(own_event_wait(&event, &past) == -ETIMEDOUT);
	own_event_clear(&event);
	TEST_CHECK(!own_event_is_set(&event));
	TEST_CHECK(sizeof(event) == 16 && own_event_type()->fini == NULL);
}

static void set_stays_until_clear(void)
{
	afield_event event;

	memset(&event, 0, sizeof(event));
	for (int i = 0; i < 3; i++) {
		afield_event_set(&event);
		afield_event_set(&event);
		TEST_CHECK(afield_event_is_set(&event));
		TEST_CHECK(afield_event_wait(&event, NULL) == 0);
		TEST_CHECK(afield_event_wait(&event, &past) == 0);
		afield_event_clear(&event);
		afield_event_clear(&event);
		TEST_CHECK(!afield_event_is_set(&event));
		TEST_CHECK(afield_event_wait(&event, &past) == -ETIMEDOUT);
	}
}

static void deadlines_pass_in_time(void)
{
	afield_event event;
	struct timespec deadline;
	int64_t begin = now_ms();

	memset(&event, 0, sizeof(event));
	TEST_CHECK(afield_event_wait(&event, afield_deadline(0.05, &deadline)) == -ETIMEDOUT);
	TEST_CHECK(now_ms() - begin >= 49);
	begin = now_ms();
	TEST_CHECK(afield_event_wait(&event, afield_deadline(0, &deadline)) == -ETIMEDOUT);
	TEST_CHECK(now_ms() - begin < 5000);
}

static void seconds_become_deadlines(void)
{
	struct timespec now, deadline;

	TEST_CHECK(afield_deadline(HUGE_VAL, &deadline) == NULL);
	TEST_CHECK(afield_deadline((double)NAN, &deadline) == NULL);
	TEST_CHECK(afield_deadline(-1, &deadline) == NULL);
	TEST_CHECK(afield_deadline(1e300, &deadline) == NULL);
	clock_gettime(CLOCK_MONOTONIC, &now);
	for (double part = 0; part < 1; part += 0.0625) {
		TEST_CHECK(afield_deadline(7 + part, &deadline) == &deadline);
		TEST_CHECK(deadline.tv_nsec >= 0 && deadline.tv_nsec < 1000000000);
		TEST_CHECK(deadline.tv_sec >= now.tv_sec + 7 && deadline.tv_sec <= now.tv_sec + 20);
	}
	TEST_CHECK(afield_deadline(1e-9 * 999999999, &deadline) == &deadline);
	TEST_CHECK(deadline.tv_nsec >= 0 && deadline.tv_nsec < 1000000000);
}

static int call(const char *verb, afield_event *event, void *result, const double *timeout)
{
	const struct afield_type *type = afield_event_type();
	const void *arguments[] = {timeout};

	return table_verb(type, verb)->call(type, event, result, arguments);
}

static void the_table_does_the_same(void)
{
	const struct afield_type *type = server_class()->rows[0].type();
	const double soon = 0.001, never = -1;
	server object;
	bool value = true;

	memset(&object, 0, sizeof(object));
	TEST_CHECK(strcmp(type->kind, "event") == 0 && type->value_type.type_code == AFIELD_BOOL);
	TEST_CHECK(type->load(type, &object.ready, &value) == 0 && !value);
	TEST_CHECK(call("wait", &object.ready, &value, &soon) == 0 && !value);
	TEST_CHECK(call("set", &object.ready, NULL, NULL) == 0);
	TEST_CHECK(call("is_set", &object.ready, &value, NULL) == 0 && value);
	TEST_CHECK(!afield_event_is_set(&object.stopping));
	value = false;
	TEST_CHECK(call("wait", &object.ready, &value, &never) == 0 && value);
	TEST_CHECK(call("clear", &object.ready, NULL, NULL) == 0);
	TEST_CHECK(!afield_event_is_set(&object.ready));
	value = true;
	TEST_CHECK(type->store(type, &object.ready, &value) == 0);
	TEST_CHECK(afield_event_is_set(&object.ready));
	value = false;
	TEST_CHECK(type->store(type, &object.ready, &value) == 0);
	TEST_CHECK(!afield_event_is_set(&object.ready));
	server_fini(&object);
}

static afield_event shared_event;
static void *wait_in_parent(void *unused)
{
	TEST_CHECK(afield_event_wait(&shared_event, NULL) == 0);
	return unused;
}

static int set_in_child(void *unused)
{
	struct timespec soon;

	(void)unused;
	if (afield_event_wait(&shared_event, afield_deadline(0.002, &soon)) != -ETIMEDOUT)
		return 1;
	afield_event_set(&shared_event); /* wakes nobody: the waiter is not in this process */
	return afield_event_wait(&shared_event, NULL) == 0 ? 0 : 2;
}

/* The child is forked while another thread waits, counted in, in the parent. */
static void a_child_has_the_event_alone(void)
{
	pthread_t waiter;

	memset(&shared_event, 0, sizeof(shared_event));
	if (pthread_create(&waiter, NULL, wait_in_parent, NULL))
		abort();
	usleep(20000);
	TEST_CHECK(child_finds(set_in_child, NULL));
	TEST_CHECK(!afield_event_is_set(&shared_event));
	afield_event_set(&shared_event);
	pthread_join(waiter, NULL);
}

int main(void)
{
	TEST_RUN(zero_is_not_set);
	TEST_RUN(set_stays_until_clear);
	TEST_RUN(deadlines_pass_in_time);
	TEST_RUN(seconds_become_deadlines);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(a_child_has_the_event_alone);
	return test_done();
}
