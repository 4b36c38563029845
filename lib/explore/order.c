/* SPDX-License-Identifier: MIT */
/*
 * Accesses under the C11 memory model. Every location keeps its stores in modification order; a
 * load may read any store that is not older than one the thread already knows of, by having written
 * it, read it, or synchronized with a thread that did. A store may enter the modification order
 * anywhere after the stores it knows of; a read-modify-write follows at once the store it read.
 *
 * The executions are those of RC11 (the C11 model without cycles of program order and reads-from,
 * hence no load buffering and no values out of thin air), with the seq_cst rules kept by
 * sequence.c. A release sequence is its head and read-modify-writes, as in C++20: a later plain
 * store of the same thread does not belong to it.
 */
#include "engine.h"

static const char *order_name(int order)
{
	static const char *const names[] = {"relaxed", "consume", "acquire",
					    "release", "acq_rel", "seq_cst"};

	return names[order];
}

static uint64_t cut(uint64_t value, int size)
{
	return size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1);
}

static void late_flush(struct thread *self)
{
	struct location *location = self->late.location;

	if (!self->late.is_set)
		return;
	self->late.is_set = false;
	event_begin();
	location_ensure(location);
	location_touch(location, true);
	write_commit(location, location->count - 1, self->late.value, self->late.order, false);
	trace("  the store held back takes effect: %s", place(location->address));
}

void order_late(struct thread *thread)
{
	late_flush(thread);
}

/* The running thread is about to do this. Returns when it is chosen to. */
void step(enum pending pending, uintptr_t object)
{
	struct thread *self = run.self;

	if (self->late.is_set && (pending >= LOCK || object == self->late.location->address))
		late_flush(self);
	point(pending, object);
}

/*
 * A loop that loads one store again and again, or several that the thread has all seen, and writes
 * nothing, is waiting: after some rounds it lets the others go on, so that a schedule cannot keep
 * it alone forever. `is_known`: the thread had read this store before.
 */
static void notice_spin(const struct store *store, bool is_known)
{
	struct thread *self = run.self;

	self->known_reads = is_known ? self->known_reads + 1 : 0;
	self->repeats = self->repeated == store ? self->repeats + 1 : 0;
	self->repeated = store;
	if (self->repeats > 2 || self->known_reads > 16)
		step(SPIN, 0);
}

static struct location *access_begin(uintptr_t address, int size, bool is_write)
{
	struct location *location;

	site_note_next();
	event_begin();
	memory_check(address, (size_t)size);
	location = location_of(address, size);
	location_ensure(location);
	location_touch(location, is_write);
	return location;
}

/*
 * The last store here that this thread has written or read, for the mutant that drops a re-check;
 * or -1. No execution without that mutant depends on it.
 */
static int last_known(const struct location *location)
{
	int at = location->count - 1;

	while (at >= 0 && !is_known_to_self(location->history[at]))
		at--;
	return at;
}

uint64_t order_load(uintptr_t address, int size, int order)
{
	int candidates[HISTORY], count = 0, floor, chosen, known;
	struct location *location;
	struct store *store;
	struct thread *self;
	bool was_late = run.self->late.is_set, is_known;

	step(READ, address);
	self = run.self;
	site_run(order);
	order = site_order(order);
	location = access_begin(address, size, false);
	known = last_known(location);
	chosen = site_mutates("stale") ? known : -1;
	if (chosen < 0) {
		floor = self->is_fresh ? location->count - 1
				       : location_floor(location, &self->view);
		for (int i = location->count - 1; i >= floor; i--) {
			struct view after = view_after(self, location->history[i], order);

			if (sequence_allows(location, i, false, order == SEQ_CST, &after))
				candidates[count++] = i;
		}
		chosen = candidates[choose(count, false)];
	}
	store = location->history[chosen];
	if (known >= 0 && known != chosen)
		site_note_news();
	is_known = is_known_to_self(store);
	read_commit(location, chosen, order);
	trace("load %s = %#llx%s", order_name(order), (unsigned long long)store->value,
	      chosen == location->count - 1 ? "" : " (an older store)");
	if (was_late)
		late_flush(self);
	notice_spin(store, is_known);
	return store->value;
}

void order_store(uintptr_t address, int size, uint64_t value, int order)
{
	int candidates[HISTORY], count = 0, floor;
	struct location *location;
	struct thread *self;
	bool was_late = run.self->late.is_set;

	step(WRITE, address);
	self = run.self;
	site_run(order);
	order = site_order(order);
	value = cut(value, size);
	location = access_begin(address, size, true);
	if (site_mutates("skip")) {
		trace("store skipped");
		return;
	}
	if (site_mutates("late")) {
		self->late.is_set = true;
		self->late.location = location;
		self->late.value = value;
		self->late.order = order;
		trace("store held back: %#llx", (unsigned long long)value);
		return;
	}
	floor = location_floor(location, &self->view);
	for (int i = location->count - 1; i >= floor; i--)
		if (!location->history[i]->has_successor &&
		    sequence_allows(location, i, true, order == SEQ_CST, &self->view))
			candidates[count++] = i;
	floor = candidates[choose(count, true)];
	trace("store %s %#llx%s", order_name(order), (unsigned long long)value,
	      floor == location->count - 1 ? "" : " (before a store already there)");
	write_commit(location, floor, value, order, false);
	self->stored_at = run.site;
	if (was_late)
		late_flush(self);
}

static uint64_t apply(const struct request *request, uint64_t old)
{
	switch (request->verb) {
	case ADD:
		return cut(old + request->operand, request->size);
	case SUB:
		return cut(old - request->operand, request->size);
	case AND:
		return old & request->operand;
	case OR:
		return old | request->operand;
	case XOR:
		return old ^ request->operand;
	case NAND:
		return cut(~(old & request->operand), request->size);
	default:
		return cut(request->operand, request->size);
	}
}

/* A mutant: the read and the write of a read-modify-write come apart. */
static uint64_t update_torn(struct request *request, bool *is_done)
{
	uint64_t old = order_load(request->address, request->size, request->order);

	*is_done = request->verb != COMPARE || old == request->expected;
	if (*is_done)
		order_store(request->address, request->size, apply(request, old), request->order);
	return old;
}

/* What a read-modify-write may do: follow a store, or (a compare_exchange) fail on one. */
struct way {
	int at;
	bool is_write, is_spurious;
};

static int update_ways(const struct request *request, struct location *location, struct way *ways)
{
	struct thread *self = run.self;
	int floor = self->is_fresh ? location->count - 1 : location_floor(location, &self->view);
	int count = 0;

	for (int i = location->count - 1; i >= floor; i--) {
		struct store *store = location->history[i];
		bool is_equal = request->verb != COMPARE || store->value == request->expected;
		bool may_fail = request->is_weak && is_equal && !self->is_fresh &&
				run.spurious < options.spurious;
		struct view after = view_after(self, store, request->order);
		struct view failed = view_after(self, store, request->failure_order);

		if (is_equal && !store->has_successor &&
		    sequence_allows(location, i, true, request->order == SEQ_CST, &after))
			ways[count++] = (struct way){i, true, false};
		if ((!is_equal || may_fail) &&
		    sequence_allows(location, i, false, request->failure_order == SEQ_CST, &failed))
			ways[count++] = (struct way){i, false, is_equal};
	}
	return count;
}

uint64_t order_update(struct request *request, bool *is_done)
{
	static const int failure[] = {RELAXED, ACQUIRE, ACQUIRE, RELAXED, ACQUIRE, SEQ_CST};
	struct way ways[2 * HISTORY], *way;
	bool was_late = run.self->late.is_set;
	struct location *location;
	struct thread *self;
	uint64_t old;

	request->expected = cut(request->expected, request->size);
	if (site_mutates("tear"))
		return update_torn(request, is_done);
	step(WRITE, request->address);
	self = run.self;
	site_run(request->order);
	if (site_order(request->order) != request->order) {
		request->order = site_order(request->order);
		request->failure_order = failure[request->order];
	}
	location = access_begin(request->address, request->size, true);
	way = &ways[choose(update_ways(request, location, ways), true)];
	old = location->history[way->at]->value;
	*is_done = way->is_write;
	if (way->is_spurious)
		run.spurious++;
	if (!way->is_write || site_mutates("skip")) {
		read_commit(location, way->at,
			    way->is_write ? request->order : request->failure_order);
		if (site_mutates("claim"))
			*is_done = true;
		trace("%s %#llx, nothing written", *is_done ? "mutant: found" : "failed on",
		      (unsigned long long)old);
	} else {
		uint64_t value = apply(request, old);

		trace("update %s %#llx -> %#llx%s", order_name(request->order),
		      (unsigned long long)old, (unsigned long long)value,
		      way->at == location->count - 1 ? "" : " (an older store)");
		write_commit(location, way->at, value, request->order, true);
	}
	if (was_late)
		late_flush(self);
	if (!*is_done)
		notice_spin(location->history[way->at], true);
	return old;
}

void order_fence(int order)
{
	struct thread *self;

	step(FENCE, 0);
	site_run(order);
	order = site_order(order);
	if (site_mutates("drop")) {
		trace("fence dropped");
		return;
	}
	site_note_next();
	self = event_begin();
	trace("fence %s", order_name(order));
	if (acquires(order))
		view_join(&self->view, &self->acquired);
	if (order == SEQ_CST)
		sequence_fence();
	if (releases(order))
		self->released = self->view;
}
