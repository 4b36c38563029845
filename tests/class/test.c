/* SPDX-License-Identifier: MIT */
/*
 * class: the struct, the table, its walks and their words, with one of the library's kinds and
 * two that only this test knows.
 */
#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/list.h>
#include <afield/record.h>

#include "kinds.h"
#include "test.h"

#define LIMITS(member) member(int64_t, low) member(double, high, "the largest allowed value")
AFIELD_RECORD(limits, LIMITS);

AFIELD_TYPE(step, trace, int);
AFIELD_TYPE(limits_wide, wide, struct limits);

#define ACCOUNT(field)                                                          \
	field(afield_i64, hits)                                                 \
	field(step, first, AFIELD_READONLY)                                     \
	field(step, second, 0, "the second step")                               \
	field(afield_bool, open, AFIELD_VERBS | AFIELD_HIDDEN, NULL, "is_open") \
	field(limits_wide, limits)
AFIELD_CLASS(account, ACCOUNT);

#define SINGLE(field) field(afield_u8, only)
AFIELD_CLASS(single, SINGLE);

static void the_table_says_what_the_struct_is(void)
{
	const struct afield_class *table = account_class();

	TEST_CHECK(table == account_class());
	TEST_CHECK(strcmp(table->name, "account") == 0);
	TEST_CHECK(table->size == sizeof(account));
	TEST_CHECK(table->row_count == 5);
	TEST_CHECK(strcmp(table->rows[0].name, "hits") == 0);
	TEST_CHECK(table->rows[0].type() == afield_i64_type());
	TEST_CHECK(table->rows[0].offset == offsetof(account, hits));
	TEST_CHECK(table->rows[4].offset == offsetof(account, limits));
	TEST_CHECK(strcmp(table->rows[1].type()->kind, "trace") == 0);
	TEST_CHECK(table->rows[1].type()->value_type.type_code == AFIELD_I32);
	TEST_CHECK(single_class()->row_count == 1 && single_class()->size == 1);
}

static void optional_arguments_default(void)
{
	const struct afield_row *rows = account_class()->rows;

	TEST_CHECK(rows[0].flags == 0 && !rows[0].doc && !rows[0].python_name);
	TEST_CHECK(rows[1].flags == AFIELD_READONLY && !rows[1].doc && !rows[1].python_name);
	TEST_CHECK(rows[2].flags == 0 && strcmp(rows[2].doc, "the second step") == 0);
	TEST_CHECK(rows[3].flags == (AFIELD_VERBS | AFIELD_HIDDEN) && !rows[3].doc);
	TEST_CHECK(strcmp(rows[3].python_name, "is_open") == 0);
}

static void rows_are_found_by_name(void)
{
	TEST_CHECK(afield_row(account_class(), "second") == &account_class()->rows[2]);
	TEST_CHECK(afield_row(account_class(), "is_open") == NULL);
	TEST_CHECK(afield_row(account_class(), "") == NULL);
}

static void every_field_keeps_its_alignment(void)
{
	TEST_CHECK(account_class()->alignment == 16);
	TEST_CHECK(single_class()->alignment == 1);
	TEST_CHECK(offsetof(account, limits) % 16 == 0);
	for (size_t i = 0; i < account_class()->row_count; i++) {
		const struct afield_row *row = &account_class()->rows[i];

		TEST_CHECK(row->offset % row->type()->alignment == 0);
		TEST_CHECK(row->offset + row->type()->size <= sizeof(account));
	}
}

static void fields_of_any_kind_work_through_the_table(void)
{
	account object;
	const struct afield_row *row = afield_row(account_class(), "limits");
	struct limits in = {-5, 2.5}, out = {0, 0};

	memset(&object, 0, sizeof(object));
	TEST_CHECK(row->type()->store(row->type(), (char *)&object + row->offset, &in) == 0);
	TEST_CHECK(row->type()->load(row->type(), (char *)&object + row->offset, &out) == 0);
	TEST_CHECK(out.low == -5 && out.high == 2.5);
	TEST_CHECK(object.limits.value.low == -5);
	account_fini(&object);
}

static void a_record_shows_its_members(void)
{
	const struct afield_record *record = limits_wide_type()->value_type.record;
	const struct afield_member *members;
	size_t count = 0;

	TEST_CHECK(limits_wide_type()->value_type.type_code == AFIELD_STRUCT);
	TEST_CHECK(record != NULL && strcmp(record->name, "limits") == 0);
	members = record->members(&count);
	TEST_CHECK(count == 2 && record->size == sizeof(struct limits));
	TEST_CHECK(strcmp(members[0].name, "low") == 0 && members[0].type_code == AFIELD_I64);
	TEST_CHECK(members[1].type_code == AFIELD_F64);
	TEST_CHECK(members[1].offset == offsetof(struct limits, high));
	TEST_CHECK(!members[0].doc && strcmp(members[1].doc, "the largest allowed value") == 0);
}

static void fini_goes_in_the_order_of_the_rows(void)
{
	account object;

	memset(&object, 0, sizeof(object));
	trace_length = 0;
	account_fini(&object);
	TEST_CHECK(trace_length == 0); /* a fresh object has nothing to give back */
	object.second.value = 2;
	object.first.value = 1;
	account_fini(&object);
	TEST_CHECK(trace_length == 2 && trace_log[0] == 1 && trace_log[1] == 2);
}

/* The whole text, as a user sees it. */
static void describe_writes_every_row_and_warns(void)
{
	static const char expected[] =
		"class account: 5 fields, 48 bytes, alignment 16\n"
		"  hits             atomic     holds i64        offset    0  size    8  line 0  "
		"hot\n"
		"  first            trace      holds i32        offset    8  size    4  line 0  "
		"read-only\n"
		"  second           trace      holds i32        offset   12  size    4  line 0  "
		"the "
		"second step\n"
		"  open             atomic     holds bool       offset   16  size    1  line 0  "
		"hot\n"
		"  limits           wide       holds limits     offset   32  size   16  line 0  "
		"hot\n"
		"  warning: hits and open are hot and share line 0; put a padding between them or "
		"one of them elsewhere\n"
		"  warning: open and limits are hot and share line 0; put a padding between them "
		"or one of them elsewhere\n";
	char text[2048];
	char little[10];
	size_t length = afield_describe(account_class(), text, sizeof(text));

	TEST_CHECK(length == strlen(text));
	TEST_CHECK(strcmp(text, expected) == 0);
	if (strcmp(text, expected) != 0)
		printf("%s", text);
	TEST_CHECK(afield_describe(account_class(), NULL, 0) == length);
	TEST_CHECK(afield_describe(account_class(), little, sizeof(little)) == length);
	TEST_CHECK(strcmp(little, "class acc") == 0);
	afield_describe(single_class(), text, sizeof(text));
	TEST_CHECK(strstr(text, "warning") == NULL);
}

AFIELD_TYPE(int_list, list, int);
#define SHELF(field)            \
	field(afield_i32, code) \
	field(int_list, books, 0, "By number")
AFIELD_CLASS(shelf, SHELF);

static void describe_counts_the_elements_of_an_object(void)
{
	char text[1024];
	shelf one;

	memset(&one, 0, sizeof(one));
	TEST_CHECK(int_list_append(&one.books, 7) == 0);
	TEST_CHECK(afield_describe_object(shelf_class(), &one, text, sizeof(text)) < sizeof(text));
	TEST_CHECK(strstr(text, "  1 element  By number\n") != NULL);
	TEST_CHECK(int_list_append(&one.books, 8) == 0);
	TEST_CHECK(afield_describe_object(shelf_class(), &one, text, sizeof(text)) < sizeof(text));
	TEST_CHECK(strstr(text, "  2 elements  By number\n") != NULL);
	TEST_CHECK(afield_describe(shelf_class(), text, sizeof(text)) < sizeof(text));
	TEST_CHECK(strstr(text, "element") == NULL);
	shelf_fini(&one);
}

int main(void)
{
	TEST_RUN(the_table_says_what_the_struct_is);
	TEST_RUN(optional_arguments_default);
	TEST_RUN(rows_are_found_by_name);
	TEST_RUN(every_field_keeps_its_alignment);
	TEST_RUN(fields_of_any_kind_work_through_the_table);
	TEST_RUN(a_record_shows_its_members);
	TEST_RUN(fini_goes_in_the_order_of_the_rows);
	TEST_RUN(describe_writes_every_row_and_warns);
	TEST_RUN(describe_counts_the_elements_of_an_object);
	return test_done();
}
