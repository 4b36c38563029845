/* SPDX-License-Identifier: MIT */
/*
 * self: the pool of records, one for each thread.
 *
 * A record is free, or has an owner: a thread, by its number at the system, and behind it a count
 * of owners, so that the same number at another time is another owner. A thread that needs a record
 * takes a free one by a compare-and-swap; when there is none, it takes one whose thread is no
 * longer there; when there is none of these either, it adds a chunk of them. Chunks stay.
 *
 * No lock and no malloc: a signal handler may be the first of its thread to read, and a child that
 * was forked in the middle finds nothing half done. A record that a thread of the parent was about
 * to take is taken by nobody in the child.
 */
#define _GNU_SOURCE
#include <afield/detail/self.h>

#include "forks.h"
#include "self.h"
#include "signals.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread struct afield__self *afield__self AFIELD__STATIC_TLS;

#define FIRST 64
#define CHUNK_SIZE ((size_t)1 << 17)

/* Neighbours are other threads': each record has its lines to itself. */
struct place {
	_Alignas(128) struct afield__self self;
};
struct chunk {
	AFIELD_ATOMIC(struct chunk *) next;  /* written once */
	AFIELD_ATOMIC(size_t) first_unknown; /* those before it were taken when last looked at */
	AFIELD_ATOMIC(size_t) used;          /* those from it on have no owner; only grows */
	size_t count;
	struct place *places;
};

static struct place first_places[FIRST];
static struct chunk first = {{NULL}, {0}, {0}, FIRST, first_places};

struct afield__overflow afield__overflow;

#define NUMBER UINT64_C(0xffffffff)
#define ONE_OWNER (NUMBER + 1)

static uint64_t own_number(void)
{
	return (uint64_t)syscall(SYS_gettid);
}

/* The thread that has taken a record is gone: the system does not know its number. One that ends
 * at this moment is still known, and so is another that was given the number meanwhile. */
static bool is_over(uint64_t owner)
{
	int before = errno;
	bool is = syscall(SYS_tgkill, getpid(), (int)(owner & NUMBER), 0) != 0 && errno == ESRCH;

	errno = before;
	return is;
}

/* From `seen` to a new owner. Acquire: pairs with the release of who gave it up. */
static bool take(struct afield__self *self, uint64_t seen, uint64_t number)
{
	return AFIELD_COMPARE_EXCHANGE(&self->owner, &seen, ((seen & ~NUMBER) + ONE_OWNER) | number,
				       acq_rel);
}

static void wipe(struct afield__self *self)
{
	/* Acquire: pairs with the release of the thread before, when it left its last section.
	 * Release: pairs with the acquire in afield__section_is_before. Without the first, what
	 * that thread read would not be before the callback, but for what the system knows of its
	 * end. */
	(void)AFIELD_LOAD(&self->section, acquire);
	AFIELD_STORE(&self->section, 0, release);
	AFIELD_STORE(&self->id, 0, relaxed);
	AFIELD_STORE(&self->pthread, 0, relaxed);
	AFIELD_STORE(&self->queue, NULL, relaxed);
	AFIELD_STORE(&self->held_locks, NULL, relaxed);
	AFIELD_STORE(&self->refused_by, 0, relaxed);
	AFIELD_STORE(&self->stack_size, 0, relaxed);
	AFIELD_STORE(&self->detached, NULL, relaxed);
	AFIELD_STORE(&self->is_hostless, false, relaxed);
	AFIELD_STORE(&self->gives_at_end, false, relaxed);
	AFIELD_STORE(&self->read_count, 0, relaxed);
	for (size_t at = 0; at < AFIELD__MAGAZINE_SIZES; at++)
		afield__magazine_adopt(&self->magazines[at]);
	for (size_t size = 0; size < AFIELD__BLOCK_SIZES; size++)
		AFIELD_TSAN_ACQUIRE(&self->returned[size]);
}

/* Release: whoever takes it next finds it wiped. */
static void give_up(struct afield__self *self)
{
	struct afield_owner_queue *queue = AFIELD_LOAD(&self->queue, relaxed);

	if (queue)
		afield__owner_queue_orphan(queue);
	wipe(self);
	AFIELD_STORE(&self->owner, AFIELD_LOAD(&self->owner, relaxed) & ~NUMBER, release);
}

static struct chunk *next_of(const struct chunk *chunk)
{
	return AFIELD_LOAD(&chunk->next, acquire);
}

/*
 * Before a record has an owner. Seq_cst, as the look in afield__self_each: what the owner does later,
 * to be found in its record, is seq_cst or has a fence behind it, and who looks for that does so
 * behind seq_cst accesses or a fence of his own. Weaker, he might not look into this record.
 */
static void note_use(struct chunk *chunk, size_t used)
{
	size_t seen = AFIELD_LOAD(&chunk->used, relaxed);

	while (seen < used && !AFIELD_COMPARE_EXCHANGE_WEAK(&chunk->used, &seen, used, seq_cst))
		;
}

/* Every record that a thread may have used. */
bool afield__self_each(bool (*visit)(struct afield__self *self, void *argument), void *argument)
{
	for (struct chunk *chunk = &first; chunk; chunk = next_of(chunk))
		for (size_t i = 0, used = AFIELD_LOAD(&chunk->used, seq_cst); i < used; i++)
			if (visit(&chunk->places[i].self, argument))
				return true;
	return false;
}

void afield__self_each_unused(bool (*wants)(const struct afield__self *self),
			      void (*visit)(struct afield__self *self))
{
	for (struct chunk *chunk = &first; chunk; chunk = next_of(chunk))
		for (size_t i = 0; i < chunk->count; i++) {
			struct afield__self *self = &chunk->places[i].self;
			uint64_t owner = AFIELD_LOAD(&self->owner, relaxed);

			if (wants(self) && ((owner & NUMBER) == 0 || is_over(owner)) &&
			    take(self, owner, own_number())) {
				visit(self);
				give_up(self);
			}
		}
}

static struct afield__self *take_free(struct chunk *chunk, uint64_t number)
{
	for (size_t i = AFIELD_LOAD(&chunk->first_unknown, relaxed); i < chunk->count; i++) {
		struct afield__self *self = &chunk->places[i].self;
		uint64_t owner = AFIELD_LOAD(&self->owner, relaxed);

		/* A guess: whoever writes an older one only makes the next ones look again. */
		AFIELD_STORE(&chunk->first_unknown, i + 1, relaxed);
		if ((owner & NUMBER) != 0)
			continue;
		note_use(chunk, i + 1);
		if (take(self, owner, number))
			return self;
	}
	return NULL;
}

/* The last chunk that was looked into is at *last. */
static struct afield__self *take_any_free(uint64_t number, struct chunk **last)
{
	struct afield__self *self = NULL;

	for (struct chunk *chunk = &first; chunk && !self; chunk = next_of(chunk)) {
		*last = chunk;
		self = take_free(chunk, number);
	}
	return self;
}

/* Whether a record is free, or has been freed here. This thread has none; one with its number is
 * that of a thread before it. */
static bool free_orphan(struct afield__self *self, uint64_t number)
{
	uint64_t owner = AFIELD_LOAD(&self->owner, relaxed);

	if ((owner & NUMBER) == 0)
		return true;
	if (((owner & NUMBER) != number && !is_over(owner)) || !take(self, owner, number))
		return false;
	give_up(self);
	return true;
}

/* Whether at least a quarter of all is free now. With fewer, the next threads would soon be here
 * again, and ask the system for all of them. */
static bool free_orphans(uint64_t number)
{
	size_t count = 0, freed = 0;

	for (struct chunk *chunk = &first; chunk; chunk = next_of(chunk)) {
		for (size_t i = 0; i < chunk->count; i++)
			freed += free_orphan(&chunk->places[i].self, number);
		AFIELD_STORE(&chunk->first_unknown, 0, relaxed);
		count += chunk->count;
	}
	return freed * 4 >= count;
}

/* LeakSanitizer's, where that is in the process, whether or not it instruments this library. */
extern void __lsan_register_root_region(const void *memory, size_t size) __attribute__((weak));

/* What records lead to waits there, and is no leak. A leak checker does not look into memory from
 * mmap by itself. */
static void tell_leak_checker(const char *memory)
{
	if (__lsan_register_root_region)
		__lsan_register_root_region(memory, CHUNK_SIZE);
}

/* Behind the one that was the last. Of many threads that come at once, one adds: every grace period
 * looks at all records there are. False when out of memory. */
static bool add_chunk(struct chunk *last)
{
	struct chunk *next = NULL, *fresh;
	char *memory;

	if (next_of(last))
		return true;
	memory = (char *)mmap(NULL, CHUNK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
	if (memory == (char *)MAP_FAILED)
		return false;
	fresh = (struct chunk *)(void *)memory;
	fresh->places = (struct place *)(void *)(memory + sizeof(struct place));
	fresh->count = CHUNK_SIZE / sizeof(struct place) - 1;
	/* Release: pairs with the acquire of who walks; weaker, he finds no count. */
	if (AFIELD_COMPARE_EXCHANGE(&last->next, &next, fresh, acq_rel))
		tell_leak_checker(memory);
	else
		munmap(memory, CHUNK_SIZE);
	return true;
}

/* What was free, or was made, may be taken by others before this thread looks again. Then it begins
 * anew, and they have got what they came for. */
static struct afield__self *take_any(uint64_t number)
{
	struct chunk *last;
	struct afield__self *self;

	while (!(self = take_any_free(number, &last)))
		if (!free_orphans(number) && !add_chunk(last))
			return take_any_free(number, &last);
	return self;
}

/* Signals are blocked: a handler that reads, too, would take a second record. A child of vfork, in
 * which a handler may run, takes none: its parent would go on with the record of a process that is
 * gone. */
struct afield__self *afield__self_make(void)
{
	struct afield__self *self = afield__self;
	sigset_t before;

	if (self) /* a record, or a section that was opened without one: it stays so */
		return afield__is_record(self) ? self : NULL;
	signals_block(&before);
	self = afield__self;
	if (!self && afield__is_in_order()) {
		self = take_any(own_number());
		if (self) {
			wipe(self);
			AFIELD_STORE(&self->pthread, (uint64_t)(uintptr_t)pthread_self(), relaxed);
			AFIELD_STORE(&self->id, afield__number_next(), relaxed);
			afield__self = self;
		}
	}
	signals_restore(&before);
	return afield__is_record(self) ? self : NULL;
}

bool afield__self_is_over(struct afield__self *self)
{
	uint64_t owner = AFIELD_LOAD(&self->owner, relaxed);

	if ((owner & NUMBER) == 0)
		return true;
	if (!is_over(owner))
		return false;
	/* As whoever comes, but it is free at once. */
	if (take(self, owner, own_number()))
		give_up(self);
	return true;
}

static bool free_other(struct afield__self *self, void *own)
{
	if (self != own && (AFIELD_LOAD(&self->owner, relaxed) & NUMBER) != 0)
		give_up(self);
	return false;
}

void afield__self_child(void)
{
	struct afield__self *own = afield__self;

	if (!afield__is_record(own))
		own = NULL;
	afield__self_each(free_other, own);
	AFIELD_STORE(&afield__overflow.readers, 0, relaxed);
	if (own)
		AFIELD_STORE(&own->owner,
			     (AFIELD_LOAD(&own->owner, relaxed) & ~NUMBER) | own_number(), relaxed);
	else if (afield__self)
		AFIELD_STORE(&afield__overflow.readers, 1, relaxed);
	afield__owner_queues_child();
}
