/* SPDX-License-Identifier: MIT */
/*
 * words.c: memory for the checker, and the words of a history.
 *
 * Every distinct word is stored once and is then a handle, so that models compare values as
 * numbers.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct afield__chunk {
	struct afield__chunk *next;
	size_t used;
	size_t size;
	int64_t bytes[];
};

void *afield__arena_get(struct afield__arena *arena, size_t bytes)
{
	struct afield__chunk *chunk = arena->chunks;
	void *room;

	bytes = (bytes + 15) & ~(size_t)15;
	if (!chunk || chunk->size - chunk->used < bytes) {
		size_t size = chunk ? 65536 : 1024;

		if (size < bytes)
			size = bytes;
		chunk = (struct afield__chunk *)malloc(sizeof(*chunk) + size);
		if (!chunk)
			return NULL;
		chunk->next = arena->chunks;
		chunk->used = 0;
		chunk->size = size;
		arena->chunks = chunk;
		arena->bytes += sizeof(*chunk) + size;
	}
	room = (char *)chunk->bytes + chunk->used;
	chunk->used += bytes;
	return room;
}

void afield__arena_fini(struct afield__arena *arena)
{
	while (arena->chunks) {
		struct afield__chunk *next = arena->chunks->next;

		free(arena->chunks);
		arena->chunks = next;
	}
	arena->bytes = 0;
}

bool afield__grow(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 16;
	void *old, *grown;

	if (count < *capacity)
		return true;
	memcpy(&old, array, sizeof(old));
	grown = realloc(old, wanted * size);
	if (!grown)
		return false;
	memcpy(array, &grown, sizeof(grown));
	*capacity = wanted;
	return true;
}

bool afield__table_grow(struct afield__table *table, size_t count,
			uint64_t (*hash)(const void *owner, size_t number), const void *owner)
{
	struct afield__table grown = {NULL, table->size ? table->size * 2 : 16};

	if (count * 2 < table->size)
		return true;
	grown.places = (uint32_t *)malloc(grown.size * sizeof(*grown.places));
	if (!grown.places)
		return false;
	memset(grown.places, 0xff, grown.size * sizeof(*grown.places));
	for (size_t i = 0; i < count; i++) {
		size_t at = hash(owner, i) & (grown.size - 1);

		while (grown.places[at] != AFIELD__NONE)
			at = (at + 1) & (grown.size - 1);
		grown.places[at] = (uint32_t)i;
	}
	free(table->places);
	*table = grown;
	return true;
}

void afield__table_fini(struct afield__table *table)
{
	free(table->places);
	table->places = NULL;
	table->size = 0;
}

uint64_t afield__mix(uint64_t hash)
{
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93u;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93u;
	hash ^= hash >> 32;
	return hash;
}

struct afield__words *afield__words_create(void)
{
	return (struct afield__words *)calloc(1, sizeof(struct afield__words));
}

void afield__words_free(struct afield__words *words)
{
	if (!words)
		return;
	afield__arena_fini(&words->arena);
	free(words->words);
	afield__table_fini(&words->table);
	free(words->scratch);
	free(words);
}

static uint64_t hash_text(const char *text, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return afield__mix(hash);
}

static uint64_t word_hash(const void *owner, size_t number)
{
	return ((const struct afield__words *)owner)->words[number].hash;
}

/* The handle of the text, or AFIELD_NIL when there is no memory. Numbers and words are apart. */
static afield_value intern(struct afield__words *words, const char *text, size_t length,
			   bool is_number, int64_t number)
{
	uint64_t hash = hash_text(text, length) ^ (is_number ? 1 : 0);
	struct afield__word *word;
	size_t at;
	char *copy;

	if (!afield__table_grow(&words->table, words->count, word_hash, words))
		return AFIELD_NIL;
	at = hash & (words->table.size - 1);
	while (words->table.places[at] != AFIELD__NONE) {
		word = &words->words[words->table.places[at]];
		if (word->hash == hash && word->length == length && word->is_number == is_number &&
		    memcmp(word->text, text, length) == 0)
			return AFIELD__FIRST_WORD + words->table.places[at];
		at = (at + 1) & (words->table.size - 1);
	}
	copy = (char *)afield__arena_get(&words->arena, length + 1);
	if (!copy ||
	    !afield__grow(&words->words, &words->capacity, words->count, sizeof(*words->words)))
		return AFIELD_NIL;
	memcpy(copy, text, length);
	copy[length] = 0;
	word = &words->words[words->count];
	word->text = copy;
	word->length = length;
	word->hash = hash;
	word->number = number;
	word->is_number = is_number;
	words->table.places[at] = (uint32_t)words->count;
	return AFIELD__FIRST_WORD + (int64_t)words->count++;
}

/* Whether the text is how a 64-bit number is written: no sign but minus, no zero in front. */
static bool parse_number(const char *text, size_t length, int64_t *number)
{
	size_t at = length && text[0] == '-';
	uint64_t magnitude = 0, limit = at ? (uint64_t)1 << 63 : INT64_MAX;

	if (at == length || length > 20 || (text[at] == '0' && length > 1))
		return false;
	for (; at < length; at++) {
		unsigned digit = (unsigned)(unsigned char)text[at] - '0';

		if (digit > 9 || magnitude > (limit - digit) / 10)
			return false;
		magnitude = magnitude * 10 + digit;
	}
	*number = (int64_t)(text[0] == '-' ? 0 - magnitude : magnitude);
	return true;
}

static afield_value number_value(struct afield__words *words, int64_t number)
{
	char digits[24];
	int length;

	if (number >= AFIELD_LOWEST)
		return number;
	length = snprintf(digits, sizeof(digits), "%lld", (long long)number);
	return intern(words, digits, (size_t)length, true, number);
}

afield_value afield__value_quoted(struct afield__words *words, const char *text, size_t length)
{
	int64_t number;

	if (length == 0)
		return AFIELD_BLANK;
	if (parse_number(text, length, &number))
		return number_value(words, number);
	return intern(words, text, length, false, 0);
}

static bool is(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

afield_value afield__value_token(struct afield__words *words, const char *text, size_t length)
{
	if (is(text, length, "nil"))
		return AFIELD_NIL;
	if (is(text, length, "empty"))
		return AFIELD_EMPTY;
	if (is(text, length, "ok"))
		return AFIELD_OK;
	if (is(text, length, "fail"))
		return AFIELD_FAIL;
	if (is(text, length, "\"\""))
		return AFIELD_BLANK;
	return afield__value_quoted(words, text, length);
}

afield_value afield_value_word(const struct afield_history *history, const char *text,
			       size_t length)
{
	return afield__value_quoted(history->words, text, length);
}

afield_value afield_value_of(const struct afield_history *history, int64_t number)
{
	return number_value(history->words, number);
}

static const struct afield__word *find(const struct afield_history *history, afield_value value)
{
	if (value < AFIELD__FIRST_WORD ||
	    (uint64_t)value - (uint64_t)AFIELD__FIRST_WORD >= history->words->count)
		return NULL;
	return &history->words->words[(uint64_t)value - (uint64_t)AFIELD__FIRST_WORD];
}

bool afield__is_word(const struct afield_history *history, afield_value value)
{
	const struct afield__word *word = find(history, value);

	return word && !word->is_number;
}

bool afield_value_number(const struct afield_history *history, afield_value value, int64_t *number)
{
	const struct afield__word *word = find(history, value);

	*number = word ? word->number : value;
	if (word)
		return word->is_number;
	return value > AFIELD_BLANK;
}

size_t afield_value_text(const struct afield_history *history, afield_value value, char scratch[24],
			 const char **text)
{
	static const char *const fixed[] = {"nil", "empty", "?", "ok", "fail", ""};
	const struct afield__word *word = find(history, value);

	if (word) {
		*text = word->text;
		return word->length;
	}
	if (value <= AFIELD_BLANK) {
		*text = fixed[(uint64_t)value - (uint64_t)AFIELD_NIL];
		return strlen(*text);
	}
	*text = scratch;
	return (size_t)snprintf(scratch, 24, "%lld", (long long)value);
}

int afield_value_compare(const struct afield_history *history, afield_value a, afield_value b)
{
	int64_t left, right;
	bool left_is = afield_value_number(history, a, &left);
	bool right_is = afield_value_number(history, b, &right);
	char scratch[2][24];
	const char *text[2];
	size_t length[2];
	int order;

	if (left_is && right_is)
		return left < right ? -1 : left > right;
	if (left_is != right_is)
		return left_is ? -1 : 1;
	length[0] = afield_value_text(history, a, scratch[0], &text[0]);
	length[1] = afield_value_text(history, b, scratch[1], &text[1]);
	order = memcmp(text[0], text[1], length[0] < length[1] ? length[0] : length[1]);
	if (order)
		return order;
	return length[0] < length[1] ? -1 : length[0] > length[1];
}

afield_value afield_value_join(const struct afield_history *history, afield_value a, afield_value b)
{
	struct afield__words *words = history->words;
	char scratch[2][24];
	const char *text[2];
	size_t length[2];

	length[0] = afield_value_text(history, a, scratch[0], &text[0]);
	length[1] = afield_value_text(history, b, scratch[1], &text[1]);
	if (length[0] + length[1] > words->scratch_size) {
		size_t size = (length[0] + length[1]) * 2;
		char *grown = (char *)realloc(words->scratch, size);

		if (!grown)
			return AFIELD_NIL;
		words->scratch = grown;
		words->scratch_size = size;
	}
	memcpy(words->scratch, text[0], length[0]);
	memcpy(words->scratch + length[0], text[1], length[1]);
	return afield__value_quoted(words, words->scratch, length[0] + length[1]);
}
