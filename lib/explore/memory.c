/* SPDX-License-Identifier: MIT */
/*
 * The program's memory: races between plain accesses by vector clocks, blocks of the heap that are
 * freed, overrun or left behind, and the values that globals had before an execution, which are
 * put back after it.
 *
 * A plain access and an access to the same bytes by another thread, one of them a write, race when
 * neither happens before the other. Freeing a block is a write of all its bytes.
 */
#include "engine.h"

#include <afield/explore.h>

#include <stdlib.h>
#include <sys/mman.h>

enum {
	GRANULES = 1 << 14,
	ARENA = 1 << 22,
	BLOCKS = 4096,
	SAVED = 1 << 16,
	GAP = 16, /* between two blocks */
};

struct block {
	uintptr_t begin;
	size_t size;
	bool is_freed;
	uintptr_t allocated_at, freed_at;
};

static struct granule *granules;
static struct location *locations;
static int location_count;
static char *arena;
static uint16_t *owner; /* of each 16 bytes of the arena: a block's index + 1 */
static size_t arena_used;
static struct block blocks[BLOCKS];
static int block_count;
static struct {
	uint64_t *word;
	uint64_t value;
} saved[SAVED];
static int saved_count;

static void *map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

void memory_begin(void)
{
	if (!arena) {
		arena = map(ARENA);
		owner = map(ARENA / 16 * sizeof(*owner));
		granules = map(GRANULES * sizeof(*granules));
		locations = map(LOCATIONS * sizeof(*locations));
	}
	memset(owner, 0, (arena_used / 16 + 1) * sizeof(*owner));
	arena_used = 0;
	block_count = 0;
	location_count = 0;
	saved_count = 0;
	run.locations = NULL;
	run.generation++;
}

/* Puts the globals back as they were before main began. */
void memory_end(void)
{
	while (saved_count > 0) {
		saved_count--;
		*saved[saved_count].word = saved[saved_count].value;
	}
}

static bool in_arena(uintptr_t address)
{
	return address - (uintptr_t)arena < ARENA;
}

static struct block *block_of(uintptr_t address)
{
	uint16_t index = owner[(address - (uintptr_t)arena) / 16];

	return index ? &blocks[index - 1] : NULL;
}

/* Fails unless the program may touch these bytes. */
void memory_check(uintptr_t address, size_t size)
{
	const struct block *block;

	if (address < 4096 || address >> 47)
		fail("access to address %#lx", (unsigned long)address);
	if (!in_arena(address))
		return;
	block = block_of(address);
	if (!block || address < block->begin || address + size > block->begin + block->size)
		fail("access outside any allocated block, at %#lx", (unsigned long)address);
	if (block->is_freed)
		fail("use after free, freed at %s", place(block->freed_at));
}

static struct granule *granule_of(uintptr_t address)
{
	uintptr_t key = address >> 3;
	size_t slot = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 50) % GRANULES;

	for (size_t probes = 0; probes < GRANULES; probes++) {
		struct granule *granule = &granules[slot];

		if (granule->generation != run.generation) {
			memset(granule, 0, sizeof(*granule));
			granule->generation = run.generation;
			granule->key = key;
			return granule;
		}
		if (granule->key == key)
			return granule;
		slot = (slot + 1) % GRANULES;
	}
	run_end(BLOCKED);
}

/* Notes the value of a global before its first write, unless the explorer's own memory holds it. */
static void save(struct granule *granule)
{
	uintptr_t address = granule->key << 3;
	uint64_t value;

	if (granule->is_saved)
		return;
	granule->is_saved = true;
	if (in_arena(address) || address_is_ours(address))
		return;
	if (saved_count == SAVED)
		run_end(BLOCKED);
	value = *(volatile uint64_t *)address; /* may end the execution here */
	saved[saved_count].word = (uint64_t *)address;
	saved[saved_count++].value = value;
}

static void race(const char *what, const char *other, int thread, uintptr_t site)
{
	fail("data race: %s, and an unordered %s by T%d%s%s", what, other, thread,
	     site ? " at " : "", site ? place(site) : "");
}

/* The location's last accesses by others, against a plain access now. */
static void check_atomics(const struct granule *granule, uintptr_t begin, uintptr_t end,
			  bool is_write)
{
	const uint32_t *clock = run.self->view.clock;

	for (const struct location *at = granule->locations; at; at = at->next) {
		if (at->address >= end || at->address + (uintptr_t)at->size <= begin)
			continue;
		for (int thread = 0; thread < run.threads; thread++) {
			if (thread == self_index())
				continue;
			if (clock[thread] < at->write_epoch[thread])
				race(is_write ? "plain write" : "plain read", "atomic write",
				     thread, 0);
			if (is_write && clock[thread] < at->read_epoch[thread])
				race("plain write", "atomic read", thread, 0);
		}
	}
}

/* Bytes begin .. end - 1 of a granule, against the plain accesses of others. */
static void check_plain(const struct granule *granule, unsigned begin, unsigned end, bool is_write,
			const char *what)
{
	const uint32_t *clock = run.self->view.clock;
	int me = self_index();

	for (unsigned byte = begin; byte < end; byte++) {
		int writer = granule->write_thread[byte];

		if (writer != me && clock[writer] < granule->write_epoch[byte])
			race(what, "plain write", writer, granule->write_site);
	}
	if (!is_write)
		return;
	for (int thread = 0; thread < run.threads; thread++)
		for (unsigned byte = begin; thread != me && byte < end; byte++)
			if (clock[thread] < granule->read_epoch[thread][byte])
				race(what, "plain read", thread, granule->read_site[thread]);
}

static void plain(uintptr_t address, unsigned size, uintptr_t pc, bool is_write)
{
	struct granule *granule = granule_of(address);
	unsigned begin = address & 7, end = begin + size;
	int me = self_index();
	uint32_t epoch = run.self->view.clock[me] + 1; /* the next event publishes it */

	check_plain(granule, begin, end, is_write, is_write ? "plain write" : "plain read");
	if (granule->locations)
		check_atomics(granule, address, address + size, is_write);
	if (!is_write) {
		for (unsigned byte = begin; byte < end; byte++)
			granule->read_epoch[me][byte] = epoch;
		granule->read_site[me] = pc;
		return;
	}
	save(granule);
	for (unsigned byte = begin; byte < end; byte++) {
		granule->write_thread[byte] = (uint8_t)me;
		granule->write_epoch[byte] = epoch;
	}
	granule->write_site = pc;
	for (struct location *at = granule->locations; at; at = at->next)
		if (at->address < address + size && at->address + (uintptr_t)at->size > address)
			at->count = 0; /* begins anew with what is written here */
}

static void each_granule(uintptr_t address, size_t size, uintptr_t pc, bool is_write)
{
	run.pc = pc;
	memory_check(address, size);
	if (address_is_private(address))
		return;
	while (size) {
		size_t here = 8 - (address & 7);

		if (here > size)
			here = size;
		plain(address, (unsigned)here, pc, is_write);
		address += here;
		size -= here;
	}
}

/* A plain access of the program's. The explorer's own copies may come here too, and are nothing. */
void memory_read(uintptr_t address, size_t size, uintptr_t pc)
{
	if (!enter())
		return;
	each_granule(address, size, pc, false);
	leave();
}

void memory_write(uintptr_t address, size_t size, uintptr_t pc)
{
	if (!enter())
		return;
	each_granule(address, size, pc, true);
	leave();
}

struct location *location_of(uintptr_t address, int size)
{
	struct granule *granule = granule_of(address);
	struct location *location = granule->locations;

	while (location && location->address != address)
		location = location->next;
	if (location) {
		if (location->size != size && location->count)
			fail("an atomic object is accessed with two sizes");
		location->size = size;
		return location;
	}
	if (location_count == LOCATIONS)
		run_end(BLOCKED);
	save(granule);
	location = &locations[location_count++];
	memset(location->read_epoch, 0, sizeof(location->read_epoch));
	memset(location->write_epoch, 0, sizeof(location->write_epoch));
	location->address = address;
	location->size = size;
	location->count = 0;
	location->next = granule->locations;
	location->all = run.locations;
	granule->locations = location;
	run.locations = location;
	return location;
}

/* An atomic access of the running thread, whose event has begun. */
void location_touch(struct location *location, bool is_write)
{
	unsigned begin = location->address & 7;
	int me = self_index();

	check_plain(granule_of(location->address), begin, begin + (unsigned)location->size,
		    is_write, is_write ? "atomic write" : "atomic read");
	(is_write ? location->write_epoch : location->read_epoch)[me] = run.self->view.clock[me];
}

static void *block_new(size_t size, uintptr_t pc)
{
	size_t room = (size + GAP + 15) / 16 * 16;
	struct block *block = &blocks[block_count];

	if (block_count == BLOCKS || arena_used + room > ARENA)
		run_end(BLOCKED);
	block_count++;
	block->begin = (uintptr_t)arena + arena_used;
	block->size = size;
	block->is_freed = false;
	block->allocated_at = pc;
	for (size_t i = arena_used / 16; i < (arena_used + room - GAP) / 16; i++)
		owner[i] = (uint16_t)block_count;
	arena_used += room;
	return (void *)block->begin;
}

static struct block *block_reused(size_t size)
{
	for (int i = block_count - 1; options.wants_reuse && i >= 0; i--)
		if (blocks[i].is_freed && blocks[i].size == size)
			return &blocks[i];
	return NULL;
}

void *afield_explore_malloc(size_t size)
{
	uintptr_t pc = (uintptr_t)__builtin_return_address(0);
	struct block *block;
	void *memory;

	if (!run.self)
		return malloc(size);
	enter();
	run.site = NULL;
	run.pc = pc;
	block = block_reused(size);
	if (block) {
		block->is_freed = false;
		memory = (void *)block->begin;
	} else {
		memory = block_new(size, pc);
	}
	memset(memory, 0xa5, size);
	each_granule((uintptr_t)memory, size, pc, true);
	trace("malloc(%zu) = %p", size, memory);
	leave();
	return memory;
}

void *afield_explore_calloc(size_t count, size_t size)
{
	void *memory;

	if (!run.self)
		return calloc(count, size);
	if (size && count > SIZE_MAX / size)
		return NULL;
	memory = afield_explore_malloc(count * size);
	memset(memory, 0, count * size);
	return memory;
}

void afield_explore_free(void *memory)
{
	uintptr_t pc = (uintptr_t)__builtin_return_address(0);
	struct block *block;

	if (!run.self || (memory && !in_arena((uintptr_t)memory))) {
		free(memory);
		return;
	}
	if (!memory)
		return;
	enter();
	run.site = NULL;
	run.pc = pc;
	block = block_of((uintptr_t)memory);
	if (!block || block->begin != (uintptr_t)memory)
		fail("free of %p, which malloc did not return", memory);
	if (block->is_freed)
		fail("double free, freed before at %s", place(block->freed_at));
	each_granule(block->begin, block->size, pc, true);
	trace("free(%p)", memory);
	block->is_freed = true;
	block->freed_at = pc;
	leave();
}

void memory_check_leaks(void)
{
	if (!options.wants_leaks)
		return;
	for (int i = 0; i < block_count; i++)
		if (!blocks[i].is_freed)
			fail("leak: %zu bytes allocated at %s", blocks[i].size,
			     place(blocks[i].allocated_at));
}
