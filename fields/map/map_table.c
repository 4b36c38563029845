/* SPDX-License-Identifier: MIT */
/*
 * map_table: makes, grows, shrinks and ends the tables of maps. See map_table.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include "map_table.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Buckets of a large part. */
#if defined(__SANITIZE_ADDRESS__)
#define MAPPED UINT64_MAX
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAPPED UINT64_MAX
#endif
#endif
#ifndef MAPPED
#define MAPPED ((uint64_t)8192)
#endif

/* Not by the C library's function: that is a cancellation point, where the table would be lost. */
static uint64_t seed(const void *address)
{
	struct timespec now = {0, 0};
	uint64_t random = 0;

	if (syscall(SYS_getrandom, &random, sizeof(random), GRND_NONBLOCK) == sizeof(random))
		return random;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uintptr_t)address;
}

/*
 * A large part comes from the system: malloc would first sort all that was freed before, which takes
 * it a tenth of a second after a million. AddressSanitizer looks for pointers in what is malloc's.
 */
static bool is_mapped(unsigned at)
{
	return afield__map_part_begins(at) >= MAPPED;
}

static size_t part_bytes(unsigned at)
{
	return (size_t)afield__map_part_begins(at) * sizeof(struct afield__map_bucket);
}

/* Of zero bytes; NULL when out of memory. */
static struct afield__map_bucket *part_new(unsigned at)
{
	void *part;

	if (!is_mapped(at))
		return (struct afield__map_bucket *)calloc(1, part_bytes(at));
	part = mmap(NULL, part_bytes(at), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	return part == MAP_FAILED ? NULL : (struct afield__map_bucket *)part;
}

static void part_free(struct afield__map_bucket *part, unsigned at)
{
	if (part && is_mapped(at))
		(void)munmap(part, part_bytes(at));
	else
		free(part);
}

static struct afield__map_table *table_new(const struct afield__map_layout *layout)
{
	struct afield__map_table *table = (struct afield__map_table *)calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	afield__map_start_list(&table->buckets);
	table->seed = seed(table);
	table->layout = layout;
	AFIELD_STORE(&table->generation, afield_fork_generation(), relaxed);
	AFIELD_STORE(&table->room, AFIELD__MAP_LEAST, relaxed);
	AFIELD_STORE(&table->users, 1, relaxed);
	return table;
}

/* Nobody knows the table any more, and no section is open that did. */
static void table_free(struct afield__map_table *table)
{
	struct afield__map_walk walk;
	struct afield__map_node *next, *node = afield__map_first(&table->buckets, &walk);

	for (; node; node = next) {
		next = afield__map_next(&walk);
		afield__map_word_discard(table->layout, afield__map_value_load(&node->value));
		free(node);
	}
	for (unsigned at = 1; at < AFIELD__MAP_PARTS; at++)
		part_free(afield__map_take_part(&table->buckets, at), at);
	free(table);
}

struct afield__map_table *afield__map_table_of(struct afield__map *map)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);

	if (table && !afield__map_is_ours(table))
		afield__map_adopt(map, table);
	return table;
}

struct afield__map_table *afield__map_table_make(struct afield__map *map,
						 const struct afield__map_layout *layout)
{
	struct afield__map_table *table = afield__map_table_of(map);
	struct afield__map_table *fresh;

	if (table)
		return table;
	fresh = table_new(layout);
	if (!fresh)
		return NULL;
	/* Release: pairs with the loads of the field; weaker, a reader follows a pointer to a table
	 * that is not made yet. Acquire when it fails: the same, for another thread's table. */
	if (AFIELD_COMPARE_EXCHANGE(&map->table, &table, fresh, acq_rel))
		return fresh;
	table_free(fresh);
	return table;
}

uint64_t afield__map_right_size(const struct afield__map_table *table, int64_t count)
{
	uint64_t size = AFIELD_LOAD(&table->reserved, relaxed);

	if (size < AFIELD__MAP_LEAST)
		size = AFIELD__MAP_LEAST;
	while ((int64_t)size < 2 * count && size < (uint64_t)1 << AFIELD__MAP_MOST_ORDER)
		size *= 2;
	return size;
}

static void release(struct afield__map_table *table)
{
	/* Both halves: who is last sees all that the others did to the table. */
	if (AFIELD_FETCH_SUB(&table->users, 1, acq_rel) == 1)
		table_free(table);
}

/* Memory for one part: false when there is none. In the section in which no shrink was under way. */
static bool has_part(struct afield__map_table *table, unsigned at)
{
	struct afield__map_bucket *part;

	if (afield__map_part(&table->buckets, at))
		return true;
	part = part_new(at);
	if (!part)
		return false;
	if (afield__map_give_part(&table->buckets, at, part))
		AFIELD_FETCH_ADD(&table->room, afield__map_part_begins(at), relaxed);
	else
		part_free(part, at);
	return true;
}

/*
 * Doubles the table as long as there are more elements than buckets. In a section: one that a shrink
 * does not wait for before its first step began behind the request, and sees it. Acquire: pairs with
 * `finish`; weaker, a part could be found that a shrink has freed.
 */
static void grow(struct afield__map_table *table, int64_t count)
{
	uint64_t size;

	if (AFIELD_LOAD(&table->is_requested, acquire))
		return;
	size = AFIELD_LOAD(&table->buckets.size, relaxed);
	for (; count > (int64_t)size; size *= 2) {
		if (size >> AFIELD__MAP_MOST_ORDER || !has_part(table, afield__map_part_of(size)))
			return;
		afield__map_double(&table->buckets, size);
	}
}

/* Memory for all that is reserved: 0 or -ENOMEM. In the section in which no shrink was under way. */
static int make_room(struct afield__map_table *table, uint64_t reserved)
{
	for (unsigned at = 1; afield__map_part_begins(at) < reserved; at++)
		if (!has_part(table, at))
			return -ENOMEM;
	return 0;
}

/*
 * What a shrink leaves to do: what came while nobody could double. Seq_cst: who reserves, writes
 * that and then looks whether a shrink is under way; this writes that it is over and then looks what
 * is reserved. Weaker, both could miss the other, and the room that is said to be there is not. The
 * count may be old, which does no harm: the next element's writer doubles.
 */
static void finish(struct afield__map_table *table)
{
	AFIELD_STORE(&table->is_requested, false, seq_cst);
	AFIELD_READ_SECTION
	{
		uint64_t reserved = AFIELD_LOAD(&table->reserved, seq_cst);

		if (!AFIELD_LOAD(&table->is_requested, acquire))
			(void)make_room(table, reserved);
		grow(table, AFIELD_LOAD(&table->count, relaxed));
	}
}

static void run(struct afield_retired *retired);
static void shrink_if_empty(struct afield__map_table *table, int64_t count);

/* The next callback of a shrink. */
static void go_on(struct afield__map_table *table, struct afield__map_request *request,
		  enum afield__map_step step)
{
	AFIELD_STORE(&table->step, step, relaxed);
	AFIELD_STORE(&table->runner, 0, relaxed);
	afield_retire_nowait(&request->retired, run);
}

/* Whether it is to go on. */
static bool lower(struct afield__map_table *table)
{
	uint64_t wanted = afield__map_right_size(table, AFIELD_LOAD(&table->count, relaxed));

	AFIELD_STORE(&table->wanted, wanted, relaxed);
	if (wanted >= AFIELD_LOAD(&table->room, relaxed))
		return false;
	if (wanted < AFIELD_LOAD(&table->buckets.size, relaxed))
		afield__map_lower(&table->buckets, wanted);
	return true;
}

static void free_parts(struct afield__map_table *table)
{
	unsigned at = afield__map_part_of(AFIELD_LOAD(&table->wanted, relaxed));

	for (; at < AFIELD__MAP_PARTS; at++) {
		struct afield__map_bucket *part = afield__map_take_part(&table->buckets, at);

		if (part)
			AFIELD_FETCH_SUB(&table->room, afield__map_part_begins(at), relaxed);
		part_free(part, at);
	}
}

/* One step of a shrink, on the thread that reclaims. A process that has forked since begins anew
 * (map_fork.c). */
static void run(struct afield_retired *retired)
{
	struct afield__map_request *request = (struct afield__map_request *)(void *)retired;
	struct afield__map_table *table = request->table;
	bool is_over = AFIELD_LOAD(&table->users, relaxed) == 1;

	if (request->generation != afield_fork_generation()) {
		free(request);
		release(table);
		return;
	}
	AFIELD_STORE(&table->runner, afield_thread_id(), relaxed);
	if (!is_over && AFIELD_LOAD(&table->step, relaxed) == AFIELD__MAP_LOWER) {
		if (lower(table)) {
			go_on(table, request, AFIELD__MAP_SWEEP);
			return;
		}
	} else if (!is_over && AFIELD_LOAD(&table->step, relaxed) == AFIELD__MAP_SWEEP) {
		AFIELD_READ_SECTION
		{
			afield__map_sweep(&table->buckets, AFIELD_LOAD(&table->wanted, relaxed));
		}
		go_on(table, request, AFIELD__MAP_FREE);
		return;
	} else if (!is_over) {
		free_parts(table);
	}
	free(request);
	AFIELD_STORE(&table->step, AFIELD__MAP_LOWER, relaxed);
	AFIELD_STORE(&table->runner, 0, relaxed);
	if (!is_over) {
		finish(table);
		shrink_if_empty(table, AFIELD_LOAD(&table->count, relaxed));
	}
	release(table);
}

/* Begins a shrink with that step; false without memory for the request. */
static bool shrink(struct afield__map_table *table, enum afield__map_step step)
{
	struct afield__map_request *request =
		(struct afield__map_request *)malloc(sizeof(*request));

	if (!request)
		return false;
	request->table = table;
	request->generation = afield_fork_generation();
	AFIELD_FETCH_ADD(&table->users, 1, relaxed);
	go_on(table, request, step);
	return true;
}

/* Asks once: whoever finds a shrink under way leaves it to that one, or to the next writer. */
static void shrink_once(struct afield__map_table *table)
{
	/* Acquire: pairs with the store of `finish`; the words of a shrink are ours from here on. */
	if (AFIELD_LOAD(&table->is_requested, relaxed) ||
	    AFIELD_EXCHANGE(&table->is_requested, true, acquire))
		return;
	AFIELD_PAUSE("map: a shrink is claimed");
	if (!shrink(table, AFIELD__MAP_LOWER))
		finish(table);
}

/* Where buckets have begun to leave, and there is no memory, nobody ever doubles the table. */
void afield__map_shrink_on(struct afield__map_table *table)
{
	if (!AFIELD_LOAD(&table->is_requested, relaxed))
		return;
	if (AFIELD_LOAD(&table->step, relaxed) == AFIELD__MAP_LOWER)
		finish(table);
	else
		(void)shrink(table, AFIELD__MAP_SWEEP);
}

/* An eighth of the room is used, or less: a map that swings about a size is not resized back and
 * forth. */
static void shrink_if_empty(struct afield__map_table *table, int64_t count)
{
	uint64_t room = AFIELD_LOAD(&table->room, relaxed);

	if (count < (int64_t)(room / 8) && room > afield__map_right_size(table, 0))
		shrink_once(table);
}

void afield__map_added(struct afield__map_table *table)
{
	int64_t count = AFIELD_FETCH_ADD(&table->count, 1, relaxed) + 1;

	if (count > (int64_t)AFIELD_LOAD(&table->buckets.size, relaxed))
		grow(table, count);
	if (count > (int64_t)AFIELD__MAP_LEAST)
		afield__map_ready(&table->buckets, (uint64_t)count - 1);
	shrink_if_empty(table, count);
}

void afield__map_removed(struct afield__map_table *table)
{
	shrink_if_empty(table, AFIELD_FETCH_SUB(&table->count, 1, relaxed) - 1);
}

int afield__map_table_reserve(struct afield__map_table *table, size_t count)
{
	uint64_t reserved = AFIELD__MAP_LEAST;
	int error = 0;

	if (count > (size_t)1 << AFIELD__MAP_MOST_ORDER)
		return -E2BIG;
	while (reserved < count)
		reserved *= 2;
	/* Seq_cst: this comes before the look for a shrink; see `finish`. */
	AFIELD_STORE(&table->reserved, reserved, seq_cst);
	AFIELD_READ_SECTION
	{
		if (!AFIELD_LOAD(&table->is_requested, seq_cst))
			error = make_room(table, reserved);
	}
	return error;
}

static void end(struct afield_retired *retired)
{
	release((struct afield__map_table *)(void *)((char *)retired -
						     offsetof(struct afield__map_table, end)));
}

void afield__map_table_end(struct afield__map_table *table)
{
	afield_retire_nowait(&table->end, end);
}
