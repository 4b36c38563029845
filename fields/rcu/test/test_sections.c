/* SPDX-License-Identifier: MIT */
/*
 * rcu: each access to a version that another thread may retire is inside a read section.
 */
#define _GNU_SOURCE
#include <afield/rcu.h>

#include "sections.h"

struct pair {
	int64_t left, right;
};
AFIELD_TYPE(pairs, rcu, struct pair);

static void publish(void *field, int64_t number)
{
	struct pair pair = {number, number};
	struct pair *version = pairs_new(&pair);

	TEST_CHECK(version != NULL);
	pairs_store((pairs *)field, version);
}

static void fill(void *field)
{
	publish(field, 1);
}
static void renew(void *field)
{
	publish(field, 2);
}
static void finish(void *field)
{
	pairs_fini((pairs *)field);
}

static void load(void *field)
{
	AFIELD_READ_SECTION
	{
		const struct pair *pair = pairs_load((pairs *)field);

		TEST_CHECK(pair && pair->left == pair->right);
	}
}
static void read_copy(void *field)
{
	struct pair pair = {0, 0};

	TEST_CHECK(pairs_read((pairs *)field, &pair) && pair.left == pair.right && pair.left > 0);
}
static void store(void *field)
{
	publish(field, 3);
}
static void exchange(void *field)
{
	struct pair *before = pairs_exchange((pairs *)field, NULL);

	TEST_CHECK(!before || before->left == before->right);
	pairs_retire(before);
}
static void compare_exchange(void *field)
{
	struct pair *version = pairs_new(NULL);

	AFIELD_READ_SECTION
	{
		const struct pair *seen = pairs_load((pairs *)field);

		while (!pairs_compare_exchange((pairs *)field, &seen, version))
			TEST_CHECK(seen && seen->left == seen->right);
	}
}
static bool next(struct pair *pair, void *unused)
{
	(void)unused;
	TEST_CHECK(pair->left == pair->right);
	pair->left = ++pair->right;
	return true;
}
static void update(void *field)
{
	TEST_CHECK(pairs_update((pairs *)field, next, NULL) == 0);
}
static bool keep(struct pair *pair, void *unused)
{
	(void)unused;
	TEST_CHECK(pair->left == pair->right);
	return false;
}
static void update_of_nothing(void *field)
{
	TEST_CHECK(pairs_update((pairs *)field, keep, NULL) == -ECANCELED);
}
static void load_by_table(void *field)
{
	const struct afield_type *type = pairs_type();
	struct pair pair = {0, 1};

	TEST_CHECK(type->load(type, field, &pair) == 0 && pair.left == pair.right);
}

static const struct section_operation operations[] = {
	{"load", load},
	{"read", read_copy},
	{"store", store},
	{"exchange", exchange},
	{"compare_exchange", compare_exchange},
	{"update", update},
	{"update_of_nothing", update_of_nothing},
	{"load_by_table", load_by_table},
};
static const struct section_field rcu = {sizeof(pairs), fill, renew, finish, operations, 8};

/* Left too early: the version is read behind the section. */
static void read_late(void *field)
{
	const struct pair *pair = NULL;

	AFIELD_READ_SECTION
	pair = pairs_load((pairs *)field);
	TEST_CHECK(pair->left == pair->right);
}
/* Entered too late: the version is loaded before the section. */
static void load_early(void *field)
{
	const struct pair *pair = pairs_load((pairs *)field);

	AFIELD_READ_SECTION
	TEST_CHECK(pair->left == pair->right);
}
static const struct section_operation late = {"a section left early", read_late},
				      early = {"a section entered late", load_early};

static void a_short_section_is_caught(void)
{
	TEST_CHECK(sections_catch(&rcu, &late));
	TEST_CHECK(sections_catch(&rcu, &early));
}

static void accesses_are_in_sections(void)
{
	sections_hold(&rcu);
}

int main(void)
{
	sections_begin("afield__rcu_read");
	TEST_RUN(a_short_section_is_caught);
	TEST_RUN(accesses_are_in_sections);
	return test_done();
}
