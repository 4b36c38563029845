/* SPDX-License-Identifier: MIT */
/*
 * seqlock in one thread: every verb, every size from one byte to several pages, one slot to four,
 * through the typed functions and through the table.
 */
#include <afield/class.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#include "test.h"

#define LIMITS(member) member(int64_t, low) member(int64_t, high, "the largest allowed value")
AFIELD_RECORD(limits, LIMITS);

AFIELD_TYPE(limits_seq, seqlock, struct limits);
AFIELD_TYPE(limits_one, seqlock, struct limits, 1);
AFIELD_TYPE(limits_three, seqlock, struct limits, 3);
AFIELD_TYPE(number_seq, seqlock, int32_t);

static struct limits limits(int64_t low, int64_t high)
{
	struct limits value = {low, high};

	return value;
}

static bool widen(struct limits *value, void *argument)
{
	int64_t by = *(int64_t *)argument;

	value->low -= by;
	value->high += by;
	return by != 0;
}

/* Seven versions, so that every slot is used again. */
#define VERBS(name)                                                          \
	static void name##_verbs(void)                                       \
	{                                                                    \
		name field;                                                  \
		struct limits value;                                         \
		int64_t by = 10;                                             \
                                                                             \
		memset(&field, 0, sizeof(field));                            \
		value = name##_load(&field);                                 \
		TEST_CHECK(value.low == 0 && value.high == 0);               \
		for (int64_t i = 1; i <= 5; i++) {                           \
			name##_store(&field, limits(i, i + 100));            \
			value = name##_load(&field);                         \
			TEST_CHECK(value.low == i && value.high == i + 100); \
		}                                                            \
		value = name##_exchange(&field, limits(20, 30));             \
		TEST_CHECK(value.low == 5 && value.high == 105);             \
		TEST_CHECK(name##_update(&field, widen, &by) == 1);          \
		by = 0;                                                      \
		TEST_CHECK(!name##_update(&field, widen, &by));              \
		TEST_CHECK(name##_try_load(&field, &value));                 \
		TEST_CHECK(value.low == 10 && value.high == 40);             \
		value = limits(3, 4);                                        \
		name##_store_from(&field, &value);                           \
		value = limits(0, 0);                                        \
		name##_load_into(&field, &value);                            \
		TEST_CHECK(value.low == 3 && value.high == 4);               \
	}
VERBS(limits_seq)
VERBS(limits_one)
VERBS(limits_three)

/* A value of `size` bytes between two guards that no copy may touch. */
#define SIZES(size)                                                                                \
	struct bytes_##size {                                                                      \
		unsigned char bytes[size];                                                         \
	};                                                                                         \
	AFIELD_TYPE(bytes_##size##_seq, seqlock, struct bytes_##size);                             \
	static void bytes_##size##_are_kept(void)                                                  \
	{                                                                                          \
		static struct {                                                                    \
			unsigned char low;                                                         \
			struct bytes_##size value;                                                 \
			unsigned char high;                                                        \
		} guarded;                                                                         \
		static bytes_##size##_seq field;                                                   \
		struct bytes_##size in, out;                                                       \
                                                                                                   \
		guarded.low = guarded.high = 0xa5;                                                 \
		for (int round = 0; round < 5; round++) {                                          \
			for (size_t i = 0; i < (size); i++)                                        \
				in.bytes[i] = (unsigned char)(i * 7 + (size_t)round + 1);          \
			bytes_##size##_seq_store(&field, in);                                      \
			out = bytes_##size##_seq_load(&field);                                     \
			TEST_CHECK(memcmp(&in, &out, sizeof(in)) == 0);                            \
			bytes_##size##_seq_load_into(&field, &guarded.value);                      \
			TEST_CHECK(memcmp(&in, &guarded.value, sizeof(in)) == 0);                  \
			TEST_CHECK(guarded.low == 0xa5 && guarded.high == 0xa5);                   \
			in.bytes[0] ^= 0xff;                                                       \
			out = bytes_##size##_seq_exchange(&field, in);                             \
			TEST_CHECK(memcmp(&out, &guarded.value, sizeof(in)) == 0);                 \
			out = bytes_##size##_seq_load(&field);                                     \
			TEST_CHECK(memcmp(&in, &out, sizeof(in)) == 0);                            \
			TEST_CHECK(bytes_##size##_seq_type()->store(bytes_##size##_seq_type(),     \
								    &field, &guarded.value) == 0); \
			TEST_CHECK(bytes_##size##_seq_type()->load(bytes_##size##_seq_type(),      \
								   &field, &out) == 0);            \
			TEST_CHECK(memcmp(&out, &guarded.value, sizeof(in)) == 0);                 \
		}                                                                                  \
		TEST_CHECK(sizeof(field) == 16 + 2 * (((size) + 7) / 8) * 8);                      \
		TEST_CHECK(bytes_##size##_seq_type()->alignment <= 16);                            \
	}
SIZES(1)
SIZES(2)
SIZES(3)
SIZES(7)
SIZES(8)
SIZES(9)
SIZES(16)
SIZES(23)
SIZES(64)
SIZES(255)
SIZES(4096)
SIZES(10001)

static void words_end_in_zero(void)
{
	bytes_3_seq bytes;
	struct bytes_3 value;
	const unsigned char *slot;

	memset(&bytes, 0, sizeof(bytes));
	memset(&value, 0xff, sizeof(value));
	bytes_3_seq_store(&bytes, value);
	slot = (const unsigned char *)&bytes.words[1];
	TEST_CHECK(slot[0] == 0xff && slot[2] == 0xff);
	TEST_CHECK(slot[3] == 0 && slot[7] == 0);
}

static void scalars_keep_their_shape(void)
{
	number_seq field;

	memset(&field, 0, sizeof(field));
	number_seq_store(&field, -5);
	TEST_CHECK(number_seq_exchange(&field, 6) == -5);
	TEST_CHECK(number_seq_load(&field) == 6);
	TEST_CHECK(number_seq_type()->value_type.type_code == AFIELD_I32);
	TEST_CHECK(number_seq_type()->value_type.size == 4);
}

static void table_reads_and_writes(void)
{
	const struct afield_type *type = limits_three_type();
	const struct afield_verb *exchange = &type->verbs[0];
	limits_three field;
	struct limits value = {7, 8}, next = {9, 10}, before = {0, 0};
	const void *arguments[1];

	memset(&field, 0, sizeof(field));
	arguments[0] = &next;
	TEST_CHECK(strcmp(type->name, "limits_three") == 0 && strcmp(type->kind, "seqlock") == 0);
	TEST_CHECK(type->size == sizeof(field) && type->size == 16 + 3 * 16);
	TEST_CHECK(type->value_type.type_code == AFIELD_STRUCT && type->value_type.size == 16);
	TEST_CHECK(type->value_type.record && strcmp(type->value_type.record->name, "limits") == 0);
	TEST_CHECK(type->traits & AFIELD_IS_HOT);
	TEST_CHECK(type->fini == NULL);
	TEST_CHECK(type->verb_count == 1 && strcmp(exchange->name, "exchange") == 0);
	TEST_CHECK(type->store(type, &field, &value) == 0);
	TEST_CHECK(exchange->call(type, &field, &before, arguments) == 0);
	TEST_CHECK(before.low == 7 && before.high == 8);
	TEST_CHECK(type->load(type, &field, &value) == 0);
	TEST_CHECK(value.low == 9 && value.high == 10);
}

/* A mark is one byte and not 0, and that of 255 generations one after the other is each another. */
static void marks_are_bytes(void)
{
	bool is_taken[256] = {false};

	for (uint64_t generation = 1000; generation < 1255; generation++) {
		uint64_t mark = afield__seqlock_mark(generation);

		TEST_CHECK(mark >= 1 && mark <= 255 && !is_taken[mark]);
		is_taken[mark & 255] = true;
	}
}

/* At the end of its range the sequence starts again from zero; slots are a power of two here. */
static void sequence_wraps(void)
{
	limits_seq field;
	struct limits value = {0, 0};

	memset(&field, 0, sizeof(field));
	AFIELD_STORE(&field.lock.sequence, 0 - 2 * AFIELD__SEQLOCK_VERSION, relaxed);
	for (int64_t i = 1; i <= 4; i++) {
		limits_seq_store(&field, limits(i, -i));
		TEST_CHECK(limits_seq_try_load(&field, &value));
		TEST_CHECK(value.low == i && value.high == -i);
	}
	TEST_CHECK(AFIELD_LOAD(&field.lock.sequence, relaxed) == 2 * AFIELD__SEQLOCK_VERSION);
}

#define ACCOUNT(field)                                           \
	field(limits_seq, limits, AFIELD_READONLY, "The limits") \
	field(number_seq, number)
AFIELD_CLASS(account, ACCOUNT);

static void class_holds_it(void)
{
	account object;
	char text[512];

	memset(&object, 0, sizeof(object));
	account_fini(&object);
	limits_seq_store(&object.limits, limits(1, 2));
	number_seq_store(&object.number, 3);
	TEST_CHECK(limits_seq_load(&object.limits).high == 2);
	account_fini(&object);
	afield_describe(account_class(), text, sizeof(text));
	TEST_CHECK(strstr(text, "seqlock") && strstr(text, "limits"));
}

int main(void)
{
	TEST_RUN(limits_seq_verbs);
	TEST_RUN(limits_one_verbs);
	TEST_RUN(limits_three_verbs);
	TEST_RUN(bytes_1_are_kept);
	TEST_RUN(bytes_2_are_kept);
	TEST_RUN(bytes_3_are_kept);
	TEST_RUN(bytes_7_are_kept);
	TEST_RUN(bytes_8_are_kept);
	TEST_RUN(bytes_9_are_kept);
	TEST_RUN(bytes_16_are_kept);
	TEST_RUN(bytes_23_are_kept);
	TEST_RUN(bytes_64_are_kept);
	TEST_RUN(bytes_255_are_kept);
	TEST_RUN(bytes_4096_are_kept);
	TEST_RUN(bytes_10001_are_kept);
	TEST_RUN(words_end_in_zero);
	TEST_RUN(scalars_keep_their_shape);
	TEST_RUN(table_reads_and_writes);
	TEST_RUN(marks_are_bytes);
	TEST_RUN(sequence_wraps);
	TEST_RUN(class_holds_it);
	return test_done();
}
