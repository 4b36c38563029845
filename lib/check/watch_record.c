/* SPDX-License-Identifier: MIT */
/*
 * watch_record.c: the half of a watched verb that runs while a window is open.
 */
#include <afield/detail/watch_verbs.h>

afield__watch_pointer afield__watch_current;

/* A column of the history for each thread. */
static uint64_t thread_number(void)
{
	static AFIELD_ATOMIC(uint64_t) numbers;
	static __thread uint64_t number;

	if (number == 0)
		number = AFIELD_FETCH_ADD(&numbers, 1, relaxed) + 1;
	return number;
}

static uint64_t mix(uint64_t hash)
{
	hash ^= hash >> 32;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* Two lanes with different constants, of which one alone would be weak against patterned bytes. */
uint64_t afield__watch_hash(const void *value, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)value;
	uint64_t one = size, two = ~(uint64_t)size;

	while (size) {
		uint64_t word = 0;
		size_t part = size < sizeof(word) ? size : sizeof(word);

		memcpy(&word, bytes, part);
		one = mix(one ^ word);
		two = mix(two + word * UINT64_C(0x9e3779b97f4a7c15));
		bytes += part;
		size -= part;
	}
	return mix(one ^ (two << 32 | two >> 32));
}

struct afield__watch_token afield__watch_begin_slow(struct afield__watch_window *window,
						    const void *field, uint32_t verb,
						    uint16_t argument_count, uint64_t first,
						    uint64_t second)
{
	struct afield__watch_operation operation = {
		verb, argument_count, 0, {first, second}, {0, 0}};

	return afield__watch_begin_at(window, field, &operation, thread_number());
}

void afield__watch_end_slow(const void *field, struct afield__watch_token token, uint32_t verb,
			    bool is_kept, uint16_t argument_count, uint64_t first, uint64_t second,
			    uint16_t result_count, uint64_t result, uint64_t other)
{
	struct afield__watch_operation operation = {
		verb, argument_count, result_count, {first, second}, {result, other}};

	afield__watch_end_at(&afield__watch_current, field, token, &operation, is_kept,
			     thread_number());
}
