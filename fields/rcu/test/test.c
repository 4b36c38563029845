/* SPDX-License-Identifier: MIT */
/*
 * rcu in one thread: what each operation does and what it gives back. Every version owns a block of
 * memory of its own, so that a destructor that runs twice or never is seen by the counts here and
 * by AddressSanitizer.
 */
#include <afield/class.h>
#include <afield/rcu.h>
#include <afield/record.h>

#include "test.h"

#include <errno.h>
#include <time.h>

struct profile {
	char *name;
	long limit;
};

static long made, destroyed; /* destroyed: written by the reclaiming thread, read after barriers */

static char *copy_text(const char *text)
{
	char *copy = (char *)malloc(strlen(text) + 1);

	strcpy(copy, text);
	return copy;
}

static void profile_free(struct profile *profile)
{
	free(profile->name);
	profile->name = NULL;
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}

AFIELD_TYPE(profile_rcu, rcu, struct profile, profile_free);

#define LIMITS(member) member(int64_t, low) member(int64_t, high)
AFIELD_RECORD(limits, LIMITS);
AFIELD_TYPE(limits_rcu, rcu, struct limits);
AFIELD_TYPE(level_rcu, rcu, double);

static struct profile *make(const char *name, long limit)
{
	struct profile value;

	value.name = copy_text(name);
	value.limit = limit;
	made++;
	return profile_rcu_new(&value);
}

static void everything_came_back(void)
{
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(made == destroyed);
	TEST_CHECK(afield_backlog() == 0);
}

static void a_zeroed_field_is_empty(void)
{
	profile_rcu field;
	struct profile copy = {NULL, 5};

	memset(&field, 0, sizeof(field));
	TEST_CHECK(!profile_rcu_read(&field, &copy));
	TEST_CHECK(copy.limit == 5);
	AFIELD_READ_SECTION
	{
		TEST_CHECK(profile_rcu_load(&field) == NULL);
	}
	TEST_CHECK(profile_rcu_exchange(&field, NULL) == NULL);
	profile_rcu_store(&field, NULL);
	profile_rcu_fini(&field);
	profile_rcu_retire(NULL);
	profile_rcu_discard(NULL);
	everything_came_back();
}

static void a_version_is_a_copy_or_zero(void)
{
	struct profile *zero = profile_rcu_new(NULL);
	struct profile *copy = make("copy", 7);

	made++;
	TEST_CHECK(zero->name == NULL && zero->limit == 0);
	TEST_CHECK(strcmp(copy->name, "copy") == 0 && copy->limit == 7);
	TEST_CHECK(((uintptr_t)copy & 15) == 0);
	profile_rcu_discard(zero);
	profile_rcu_discard(copy);
	TEST_CHECK(made == destroyed); /* at once, without a grace period */
}

static void store_and_exchange_replace(void)
{
	profile_rcu field;
	struct profile *first = make("first", 1);
	struct profile copy;

	memset(&field, 0, sizeof(field));
	profile_rcu_store(&field, first);
	AFIELD_READ_SECTION
	{
		TEST_CHECK(profile_rcu_load(&field) == first);
	}
	TEST_CHECK(profile_rcu_exchange(&field, make("second", 2)) == first);
	TEST_CHECK(strcmp(first->name, "first") == 0); /* still ours */
	profile_rcu_retire(first);
	profile_rcu_store(&field, make("third", 3));
	TEST_CHECK(profile_rcu_read(&field, &copy) && copy.limit == 3);
	profile_rcu_store(&field, NULL);
	TEST_CHECK(!profile_rcu_read(&field, &copy));
	profile_rcu_fini(&field);
	everything_came_back();
}

static void a_version_outlives_its_place_for_a_reader(void)
{
	profile_rcu field;
	long before;

	memset(&field, 0, sizeof(field));
	profile_rcu_store(&field, make("held", 4));
	AFIELD_READ_SECTION
	{
		const struct profile *held = profile_rcu_load(&field);
		const struct timespec pause = {0, 50000000};

		before = __atomic_load_n(&destroyed, __ATOMIC_RELAXED);
		profile_rcu_fini(&field);
		nanosleep(&pause, NULL); /* several rounds of the reclaiming thread */
		TEST_CHECK(__atomic_load_n(&destroyed, __ATOMIC_RELAXED) == before);
		TEST_CHECK(strcmp(held->name, "held") == 0);
	}
	everything_came_back();
}

static void compare_exchange_compares_identity(void)
{
	profile_rcu field;
	const struct profile *expected = NULL;
	struct profile *first = make("same", 1), *twin = make("same", 1);

	memset(&field, 0, sizeof(field));
	AFIELD_READ_SECTION
	{
		TEST_CHECK(profile_rcu_compare_exchange(&field, &expected, first));
		expected = NULL;
		TEST_CHECK(!profile_rcu_compare_exchange(&field, &expected, twin));
		TEST_CHECK(expected == first);
		expected = twin;
		TEST_CHECK(!profile_rcu_compare_exchange(&field, &expected, twin));
		TEST_CHECK(expected == first);
		TEST_CHECK(profile_rcu_compare_exchange(&field, &expected, twin));
		TEST_CHECK(strcmp(first->name, "same") == 0); /* retired, and we are inside */
		expected = profile_rcu_load(&field);
		TEST_CHECK(profile_rcu_compare_exchange(&field, &expected, NULL));
	}
	profile_rcu_fini(&field);
	everything_came_back();
}

/* What a change does on its way; the field is stored to from inside to make the attempt fail. */
struct plan {
	profile_rcu *field;
	int calls;
	int losses;   /* attempts that another store spoils */
	bool refuses; /* the last call returns false */
};

static bool rename_and_raise(struct profile *next, void *argument)
{
	struct plan *plan = (struct plan *)argument;

	plan->calls++;
	if (plan->losses > 0) {
		plan->losses--;
		profile_rcu_store(plan->field, make("intruder", 100));
	} else if (plan->refuses) {
		return false;
	}
	next->name = copy_text("changed");
	next->limit++;
	made++; /* each attempt that is a value is destroyed one day */
	return true;
}

static void update_copies_and_changes(void)
{
	profile_rcu field;
	struct plan plan = { &field, 0, 0, false };
	struct profile copy;

	memset(&field, 0, sizeof(field));
	TEST_CHECK(profile_rcu_update(&field, rename_and_raise, &plan) == 0);
	TEST_CHECK(profile_rcu_read(&field, &copy) && copy.limit == 1);
	plan.losses = 2;
	TEST_CHECK(profile_rcu_update(&field, rename_and_raise, &plan) == 0);
	TEST_CHECK(plan.calls == 4);
	TEST_CHECK(profile_rcu_read(&field, &copy) && copy.limit == 101);
	plan.losses = 1;
	plan.refuses = true;
	TEST_CHECK(profile_rcu_update(&field, rename_and_raise, &plan) == -ECANCELED);
	TEST_CHECK(plan.calls == 6);
	TEST_CHECK(profile_rcu_read(&field, &copy) && copy.limit == 100);
	profile_rcu_fini(&field);
	everything_came_back();
}

#define HOLDER(field)               \
	field(limits_rcu, limits)   \
	field(profile_rcu, profile) \
	field(level_rcu, level)
AFIELD_CLASS(holder, HOLDER);

static void the_table_copies_in_and_out(void)
{
	const struct afield_type *type = limits_rcu_type();
	struct limits value = {3, 4}, seen = {0, 0};
	double level = 2.5;
	holder object;

	memset(&object, 0, sizeof(object));
	TEST_CHECK(strcmp(type->kind, "rcu") == 0 && type->size == sizeof(void *));
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT &&
		   type->value_type.record->members != NULL);
	TEST_CHECK(type->value_type.size == sizeof(struct limits));
	TEST_CHECK(type->load(type, &object.limits, &seen) == -ENODATA);
	TEST_CHECK(type->store(type, &object.limits, &value) == 0);
	TEST_CHECK(type->load(type, &object.limits, &seen) == 0 && seen.high == 4);
	value.high = 9;
	TEST_CHECK(type->store(type, &object.limits, &value) == 0);
	TEST_CHECK(limits_rcu_read(&object.limits, &seen) && seen.low == 3 && seen.high == 9);
	TEST_CHECK(level_rcu_type()->value_type.type_code == AFIELD_F64);
	TEST_CHECK(level_rcu_type()->store(level_rcu_type(), &object.level, &level) == 0);
	profile_rcu_store(&object.profile, make("in a class", 1));
	holder_fini(&object);
	holder_fini(&object); /* finished is fresh again */
	everything_came_back();
}

int main(void)
{
	printf("backend: %s\n", afield_rcu_backend());
	TEST_RUN(a_zeroed_field_is_empty);
	TEST_RUN(a_version_is_a_copy_or_zero);
	TEST_RUN(store_and_exchange_replace);
	TEST_RUN(a_version_outlives_its_place_for_a_reader);
	TEST_RUN(compare_exchange_compares_identity);
	TEST_RUN(update_copies_and_changes);
	TEST_RUN(the_table_copies_in_and_out);
	return test_done();
}
