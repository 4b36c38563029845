/* SPDX-License-Identifier: MIT */
/*
 * flags alone: what each operation does and returns, 64 bits, the names, the table.
 */
#include <afield/class.h>

#include "child.h"
#include "doors.h"
#include "table.h"
#include "test.h"

#include <errno.h>

#define HOUSE(field)             \
	field(door_flags, front) \
	field(door_flags, back)
AFIELD_CLASS(house, HOUSE);

static void zero_has_none(void)
{
	door_flags state;

	memset(&state, 0, sizeof(state));
	TEST_CHECK(door_flags_load(&state) == 0);
	TEST_CHECK(!door_flags_test(&state, door_open));
	TEST_CHECK(door_flags_test(&state, 0)); /* all of none */
	TEST_CHECK(sizeof(state) == 8 && door_flags_type()->fini == NULL);
}

static void constants_are_bits_in_order(void)
{
	TEST_CHECK(door_open == 1 && door_locked == 2 && door_dirty == 4);
	TEST_CHECK(door_open_bit == 0 && door_dirty_bit == 2);
	TEST_CHECK(wide_a0 == 1 && wide_h7 == UINT64_C(1) << 63);
}

static void bits_change_alone(void)
{
	door_flags state;

	memset(&state, 0, sizeof(state));
	door_flags_set(&state, door_open | door_dirty);
	TEST_CHECK(door_flags_load(&state) == (door_open | door_dirty));
	door_flags_set(&state, door_open);
	TEST_CHECK(door_flags_load(&state) == (door_open | door_dirty));
	TEST_CHECK(door_flags_test(&state, door_open | door_dirty));
	TEST_CHECK(!door_flags_test(&state, door_open | door_locked)); /* all of them, not any */
	door_flags_clear(&state, door_open | door_locked);
	TEST_CHECK(door_flags_load(&state) == door_dirty);
	door_flags_toggle(&state, door_dirty | door_locked);
	TEST_CHECK(door_flags_load(&state) == door_locked);
	door_flags_store(&state, door_open);
	TEST_CHECK(door_flags_load(&state) == door_open);
}

static void asking_tells_what_was_set(void)
{
	door_flags state;

	memset(&state, 0, sizeof(state));
	TEST_CHECK(door_flags_test_and_set(&state, door_open) == 0);
	TEST_CHECK(door_flags_test_and_set(&state, door_open) == door_open);
	TEST_CHECK(door_flags_test_and_set(&state, door_open | door_locked) == door_open);
	TEST_CHECK(door_flags_load(&state) == (door_open | door_locked));
	TEST_CHECK(door_flags_test_and_clear(&state, door_locked | door_dirty) == door_locked);
	TEST_CHECK(door_flags_test_and_clear(&state, door_locked) == 0);
	TEST_CHECK(door_flags_load(&state) == door_open);
}

static void sixty_four_bits_fit(void)
{
	wide_flags state;
	size_t count = 0;

	memset(&state, 0, sizeof(state));
	wide_flags_set(&state, wide_h7);
	TEST_CHECK(wide_flags_load(&state) == UINT64_C(1) << 63);
	wide_flags_toggle(&state, UINT64_MAX);
	TEST_CHECK(wide_flags_load(&state) == UINT64_MAX >> 1);
	(void)wide_members(&count);
	TEST_CHECK(count == 64);
}

static int call(const char *verb, door_flags *field, void *result, uint64_t bits)
{
	const struct afield_type *type = door_flags_type();
	const void *arguments[] = {&bits};

	return table_verb(type, verb)->call(type, field, result, arguments);
}

static const struct afield_member *members_63(size_t *count)
{
	*count = 63;
	return NULL;
}

/* The bits that have no name are refused: of 63 names, one. */
static void bits_without_a_name_are_refused(void)
{
	struct afield_record record = *door_flags_type()->value_type.record;
	struct afield_type type = *door_flags_type();
	uint64_t last = UINT64_C(1) << 62, beyond = UINT64_C(1) << 63;
	const void *named[] = {&last}, *unnamed[] = {&beyond};
	bool is_set = true;
	door_flags flags;

	memset(&flags, 0, sizeof(flags));
	record.members = members_63;
	type.value_type.record = &record;
	TEST_CHECK(table_verb(&type, "test")->call(&type, &flags, &is_set, named) == 0 && !is_set);
	TEST_CHECK(table_verb(&type, "test")->call(&type, &flags, &is_set, unnamed) == -EINVAL);
}

static void the_table_does_the_same(void)
{
	const struct afield_type *type = house_class()->rows[1].type();
	size_t count = 0;
	const struct afield_member *rows = type->value_type.record->members(&count);
	house object;
	uint64_t bits = door_dirty;
	bool is_set = false;

	memset(&object, 0, sizeof(object));
	TEST_CHECK(count == 3 && strcmp(type->value_type.record->name, "door") == 0);
	TEST_CHECK(strcmp(rows[1].name, "locked") == 0 && rows[1].offset == 1);
	TEST_CHECK(rows[1].doc && strcmp(rows[1].doc, "Nobody comes in.") == 0 && !rows[0].doc);
	TEST_CHECK(type->value_type.type_code == AFIELD_U64 && rows[0].type_code == AFIELD_BOOL);
	TEST_CHECK(type->store(type, &object.back, &bits) == 0);
	TEST_CHECK(call("set", &object.back, NULL, door_open) == 0);
	TEST_CHECK(call("toggle", &object.back, NULL, door_locked) == 0);
	TEST_CHECK(call("clear", &object.back, NULL, door_dirty) == 0);
	TEST_CHECK(call("test", &object.back, &is_set, door_open | door_locked) == 0 && is_set);
	TEST_CHECK(call("test", &object.back, &is_set, door_open) == 0 && is_set);
	TEST_CHECK(call("test", &object.back, &is_set, door_dirty) == 0 && !is_set);
	TEST_CHECK(call("test_and_set", &object.back, &bits, door_dirty | door_open) == 0);
	TEST_CHECK(bits == door_open);
	TEST_CHECK(call("test_and_clear", &object.back, &bits, door_locked) == 0);
	TEST_CHECK(bits == door_locked);
	TEST_CHECK(call("load", &object.back, &bits, 0) == 0);
	TEST_CHECK(bits == (door_open | door_dirty));
	TEST_CHECK(type->load(type, &object.back, &bits) == 0 && bits == (door_open | door_dirty));
	TEST_CHECK(door_flags_load(&object.front) == 0);
	house_fini(&object);
}

static void the_table_refuses_bits_without_a_name(void)
{
	static const char *const verbs[] = {"set",  "clear",        "toggle",
					    "test", "test_and_set", "test_and_clear"};
	const struct afield_type *type = door_flags_type();
	door_flags state;
	uint64_t bits = 8;

	memset(&state, 0, sizeof(state));
	for (size_t i = 0; i < 6; i++) {
		TEST_CHECK(call(verbs[i], &state, &bits, 8) == -EINVAL && bits == 8);
		TEST_CHECK(call(verbs[i], &state, &bits, UINT64_C(1) << 63 | 1) == -EINVAL);
	}
	TEST_CHECK(type->store(type, &state, &bits) == -EINVAL);
	TEST_CHECK(door_flags_load(&state) == 0);
	bits = UINT64_MAX;
	TEST_CHECK(wide_flags_type()->store(wide_flags_type(), &state, &bits) == 0);
}

static door_flags shared;
static int toggle_in_child(void *unused)
{
	(void)unused;
	door_flags_toggle(&shared, door_open | door_locked);
	return door_flags_load(&shared) != door_locked;
}

static void a_child_has_the_word_alone(void)
{
	door_flags_set(&shared, door_open);
	TEST_CHECK(child_finds(toggle_in_child, NULL));
	TEST_CHECK(door_flags_load(&shared) == door_open);
}

int main(void)
{
	TEST_RUN(zero_has_none);
	TEST_RUN(constants_are_bits_in_order);
	TEST_RUN(bits_change_alone);
	TEST_RUN(asking_tells_what_was_set);
	TEST_RUN(sixty_four_bits_fit);
	TEST_RUN(the_table_does_the_same);
	TEST_RUN(bits_without_a_name_are_refused);
	TEST_RUN(the_table_refuses_bits_without_a_name);
	TEST_RUN(a_child_has_the_word_alone);
	return test_done();
}
