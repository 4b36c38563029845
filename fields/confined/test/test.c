/* SPDX-License-Identifier: MIT */
/*
 * confined, one step after another: owners and strangers, and where values end.
 */
#include <afield/class.h>
#include <afield/confined.h>

#include "child.h"

struct handle {
	int number;
	uint64_t maker;
};

/* What the destructor saw last. */
static int ended;
static int ended_number;
static uint64_t ended_in;
static uint64_t ended_maker;

static void handle_end(struct handle *handle)
{
	ended++;
	ended_number = handle->number;
	ended_maker = handle->maker;
	ended_in = afield_thread_id();
}

AFIELD_TYPE(handle_confined, confined, struct handle, handle_end);
AFIELD_TYPE(number_confined, confined, int);

/* Runs a function in a thread of its own and waits for its end. */
static void elsewhere(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, argument))
		abort();
	pthread_join(thread, NULL);
}

static void set(handle_confined *field, int number)
{
	struct handle *handle;

	TEST_CHECK(handle_confined_claim(field) == 0);
	handle = handle_confined_get(field);
	TEST_CHECK(handle != NULL);
	handle->number = number;
	handle->maker = afield_thread_id();
}

static void zero_is_fresh(void)
{
	handle_confined field;
	number_confined number;
	int value = 5;

	memset(&field, 0, sizeof(field));
	memset(&number, 0, sizeof(number));
	TEST_CHECK(handle_confined_get(&field) == NULL);
	TEST_CHECK(handle_confined_owner(&field) == 0 && !handle_confined_is_mine(&field));
	TEST_CHECK(number_confined_load(&number, &value) == 0 && value == 0);
	ended = 0;
	handle_confined_fini(&field);
	number_confined_fini(&number);
	/* Claimed and never written: there is nothing to destroy. */
	TEST_CHECK(handle_confined_claim(&field) == 0);
	handle_confined_fini(&field);
	TEST_CHECK(ended == 0);
}

static void *be_refused(void *opaque)
{
	handle_confined *confined = (handle_confined *)opaque;

	TEST_CHECK(handle_confined_get(confined) == NULL);
	TEST_CHECK(handle_confined_claim(confined) == -EPERM);
	TEST_CHECK(!handle_confined_is_mine(confined));
	TEST_CHECK(handle_confined_owner(confined) != 0);
	return NULL;
}

static void strangers_are_refused(void)
{
	handle_confined field;

	memset(&field, 0, sizeof(field));
	set(&field, 1);
	elsewhere(be_refused, &field);
	TEST_CHECK(handle_confined_claim(&field) == 0);
	TEST_CHECK(handle_confined_get(&field)->number == 1);
	TEST_CHECK(handle_confined_owner(&field) == afield_thread_id());
	ended = 0;
	handle_confined_fini(&field);
	TEST_CHECK(ended == 1 && ended_number == 1 && ended_in == afield_thread_id());
	handle_confined_fini(&field);
	TEST_CHECK(ended == 1);
}

static void *load_elsewhere(void *opaque)
{
	const struct afield_type *type = number_confined_type();
	int value = 5;

	TEST_CHECK(number_confined_load((number_confined *)opaque, &value) == -EPERM && value == 5);
	TEST_CHECK(number_confined_store((number_confined *)opaque, 6) == -EPERM);
	TEST_CHECK(type->load(type, opaque, &value) == -EPERM);
	TEST_CHECK(type->store(type, opaque, &value) == -EPERM);
	return NULL;
}

static void values_are_copied(void)
{
	const struct afield_type *type = number_confined_type();
	number_confined field;
	int value = 7;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(type->value_type.type_code == AFIELD_I32 &&
		   type->binding->error_mapping_count == 1);
	TEST_CHECK(type->store(type, &field, &value) == 0);
	elsewhere(load_elsewhere, &field);
	TEST_CHECK(number_confined_store(&field, 8) == 0);
	TEST_CHECK(type->load(type, &field, &value) == 0 && value == 8);
	*number_confined_get(&field) = 9;
	TEST_CHECK(number_confined_load(&field, &value) == 0 && value == 9);
	type->fini(type, &field);
	TEST_CHECK(handle_confined_type()->load == NULL && handle_confined_type()->store == NULL);
}

static void *finish(void *field)
{
	handle_confined_fini((handle_confined *)field);
	return NULL;
}

/* The value goes home, and home is any access of the owner to any confined field. */
static void the_owner_destroys_at_its_next_access(void)
{
	handle_confined fields[3];
	number_confined other;
	int value;

	memset(fields, 0, sizeof(fields));
	memset(&other, 0, sizeof(other));
	for (int i = 0; i < 3; i++)
		set(&fields[i], i + 1);
	ended = 0;
	for (int i = 0; i < 3; i++)
		elsewhere(finish, &fields[i]);
	TEST_CHECK(ended == 0);
	TEST_CHECK(number_confined_load(&other, &value) == 0);
	TEST_CHECK(ended == 3 && ended_number == 3);
	TEST_CHECK(ended_in == afield_thread_id() && ended_maker == ended_in);
	number_confined_fini(&other);
}

static void *own_and_hand_to(void *opaque)
{
	set((handle_confined *)opaque, 4);
	elsewhere(finish, opaque);
	TEST_CHECK(ended == 0);
	return NULL;
}

static void the_owner_destroys_at_its_end(void)
{
	handle_confined field;

	memset(&field, 0, sizeof(field));
	ended = 0;
	elsewhere(own_and_hand_to, &field);
	TEST_CHECK(ended == 1 && ended_number == 4);
	TEST_CHECK(ended_in == ended_maker && ended_in != afield_thread_id());
}

static void *own(void *opaque)
{
	set((handle_confined *)opaque, 5);
	return NULL;
}

static void without_an_owner_it_ends_where_it_is(void)
{
	handle_confined field;
	uint64_t owner;

	memset(&field, 0, sizeof(field));
	ended = 0;
	elsewhere(own, &field);
	owner = handle_confined_owner(&field);
	TEST_CHECK(owner != 0 && !handle_confined_is_mine(&field));
	/* A later thread is not the owner, whatever of the old one the system gives it. */
	elsewhere(be_refused, &field);
	handle_confined_fini(&field);
	TEST_CHECK(ended == 1 && ended_number == 5);
	TEST_CHECK(ended_in == afield_thread_id() && ended_maker == owner);
}

/* Runs in a destructor of a thread-local value, when the owner queue may be closed already. */
static handle_confined late;
static pthread_key_t late_key;

static void own_late(void *unused)
{
	(void)unused;
	set(&late, 6);
	elsewhere(finish, &late);
}

static void *own_at_the_end(void *opaque)
{
	set((handle_confined *)opaque, 5);
	pthread_setspecific(late_key, opaque);
	return NULL;
}

static void a_thread_that_is_ending_may_own(void)
{
	handle_confined field;

	memset(&field, 0, sizeof(field));
	ended = 0;
	pthread_key_create(&late_key, own_late);
	elsewhere(own_at_the_end, &field);
	TEST_CHECK(ended == 1 && ended_number == 6 && ended_in == ended_maker);
	pthread_key_delete(late_key);
	handle_confined_fini(&field);
	TEST_CHECK(ended == 2);
}

static handle_confined inherited, waiting;

static void *own_over_a_fork(void *unused)
{
	(void)unused;
	set(&inherited, 7);
	set(&waiting, 8);
	child_hold();
	return NULL;
}

/* In the child the owner is gone: what it had, and what was on its way to it, ends here. */
static int look_in_the_child(void *unused)
{
	(void)unused;
	ended = 0;
	TEST_CHECK(handle_confined_get(&inherited) == NULL);
	handle_confined_fini(&inherited);
	TEST_CHECK(ended == 2 && ended_in == afield_thread_id());
	return 0;
}

static void a_fork_leaves_owners_behind(void)
{
	pthread_t owner;

	pthread_barrier_init(&child_barrier, NULL, 2);
	if (pthread_create(&owner, NULL, own_over_a_fork, NULL))
		abort();
	pthread_barrier_wait(&child_barrier);
	handle_confined_fini(&waiting);
	TEST_CHECK(child_finds(look_in_the_child, NULL));
	ended = 0;
	pthread_barrier_wait(&child_barrier);
	pthread_join(owner, NULL);
	pthread_barrier_destroy(&child_barrier);
	TEST_CHECK(ended == 1 && ended_number == 8 && ended_in == ended_maker);
	handle_confined_fini(&inherited);
	TEST_CHECK(ended == 2);
}

#define WIDGET(field)                  \
	field(handle_confined, handle) \
	field(number_confined, number)
AFIELD_CLASS(widget, WIDGET);

/* A destructor that is a cancellation point, as one that closes a file. */
static void handle_close(struct handle *handle)
{
	pthread_testcancel();
	handle_end(handle);
}

AFIELD_TYPE(closed_confined, confined, struct handle, handle_close);
static closed_confined left[4];
static pthread_barrier_t is_owned, is_left;

static void *own_and_be_cancelled(void *whether_it_passes_by)
{
	for (int i = 0; i < 3; i++) {
		TEST_CHECK(closed_confined_claim(&left[i]) == 0);
		closed_confined_get(&left[i])->number = i + 1;
	}
	pthread_barrier_wait(&is_owned);
	pthread_barrier_wait(&is_left);
	pthread_cancel(pthread_self());
	if (whether_it_passes_by)
		TEST_CHECK(closed_confined_claim(&left[3]) == 0 && ended == 3);
	return NULL;
}

/* It ends what it began: no value is lost, and nobody waits for it forever. */
static void a_cancelled_owner_destroys_all(void *whether_it_passes_by)
{
	pthread_t owner;

	memset(left, 0, sizeof(left));
	ended = 0;
	pthread_barrier_init(&is_owned, NULL, 2);
	pthread_barrier_init(&is_left, NULL, 2);
	if (pthread_create(&owner, NULL, own_and_be_cancelled, whether_it_passes_by))
		abort();
	pthread_barrier_wait(&is_owned);
	for (int i = 0; i < 3; i++)
		closed_confined_fini(&left[i]);
	pthread_barrier_wait(&is_left);
	pthread_join(owner, NULL);
	TEST_CHECK(ended == 3);
	closed_confined_fini(&left[3]);
	TEST_CHECK(afield_barrier() == 0);
}

static void cancelled_owners_destroy_all(void)
{
	a_cancelled_owner_destroys_all(NULL);
	a_cancelled_owner_destroys_all(left);
}

static void class_holds_it(void)
{
	widget object;
	char text[512];

	memset(&object, 0, sizeof(object));
	widget_fini(&object);
	set(&object.handle, 9);
	TEST_CHECK(number_confined_store(&object.number, 1) == 0);
	ended = 0;
	widget_fini(&object);
	TEST_CHECK(ended == 1);
	afield_describe(widget_class(), text, sizeof(text));
	TEST_CHECK(strstr(text, "confined") != NULL);
}

int main(void)
{
	TEST_RUN(zero_is_fresh);
	TEST_RUN(strangers_are_refused);
	TEST_RUN(values_are_copied);
	TEST_RUN(the_owner_destroys_at_its_next_access);
	TEST_RUN(the_owner_destroys_at_its_end);
	TEST_RUN(without_an_owner_it_ends_where_it_is);
	TEST_RUN(a_thread_that_is_ending_may_own);
	TEST_RUN(a_fork_leaves_owners_behind);
	TEST_RUN(cancelled_owners_destroy_all);
	TEST_RUN(class_holds_it);
	return test_done();
}
