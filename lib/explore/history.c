/* SPDX-License-Identifier: MIT */
/*
 * The stores of each location in modification order, and how a load or a store of the running
 * thread enters them.
 */
#include "engine.h"

static struct store stores[STORES];
static int store_count;

void history_begin(void)
{
	store_count = 0;
}

static void know(struct store *store)
{
	store->knowers |= UINT32_C(1) << self_index();
}

bool is_known_to_self(const struct store *store)
{
	return store->knowers >> self_index() & 1;
}

void know_nothing(int thread)
{
	for (int i = 0; i < store_count; i++)
		stores[i].knowers &= ~(UINT32_C(1) << thread);
}

void view_join(struct view *view, const struct view *other)
{
	for (int i = 0; i < THREADS; i++)
		if (view->clock[i] < other->clock[i])
			view->clock[i] = other->clock[i];
	set_join(&view->departed, &other->departed);
	set_join(&view->fences, &other->fences);
}

/* A new event of the running thread: its last one is now followed by something. */
struct thread *event_begin(void)
{
	struct thread *self = run.self;

	self->view.clock[self_index()]++;
	if (self->last_event >= 0)
		set_add(&self->view.departed, self->last_event);
	self->last_event = -1;
	return self;
}

/* The index of the last store that happens before the view, or was read before it. */
int location_floor(const struct location *location, const struct view *view)
{
	for (int i = location->count - 1; i > 0; i--) {
		const struct store *store = location->history[i];

		if (view->clock[store->thread] >= store->epoch)
			return i;
		for (int thread = 0; thread < run.threads; thread++)
			if (store->first_read[thread] &&
			    view->clock[thread] >= store->first_read[thread])
				return i;
	}
	return 0;
}

/* The last store is also what the program's memory holds, for plain reads and for the debugger. */
static void memory_set(uintptr_t address, int size, uint64_t value)
{
	memcpy((void *)address, &value, (size_t)size);
}

static void insert(struct location *location, int at, struct store *store)
{
	if (location->count == HISTORY)
		run_end(BLOCKED);
	for (int i = location->count; i > at; i--)
		location->history[i] = location->history[i - 1];
	location->history[at] = store;
	if (at == location->count++)
		memory_set(location->address, location->size, store->value);
}

static struct store *store_new(void)
{
	struct store *store;

	if (store_count == STORES)
		run_end(BLOCKED);
	store = &stores[store_count++];
	memset(store, 0, sizeof(*store));
	store->event = -1;
	return store;
}

void location_ensure(struct location *location)
{
	struct store *store;

	if (location->count)
		return;
	store = store_new();
	memcpy(&store->value, (void *)location->address, (size_t)location->size);
	location->history[0] = store;
	location->count = 1;
}

/* The view after reading a store. */
struct view view_after(const struct thread *self, const struct store *store, int order)
{
	struct view view = self->view;

	if (acquires(order))
		view_join(&view, &store->message);
	return view;
}

void read_commit(struct location *location, int at, int order)
{
	struct thread *self = run.self;
	struct store *store = location->history[at];
	struct view after = view_after(self, store, order);
	struct set left;
	int event = order == SEQ_CST ? sequence_event() : -1;

	sequence_add(location, at, false, event, &after, &left);
	set_join(&store->left_read, &left);
	if (event >= 0)
		set_add(&store->readers, event);
	self->last_event = event;
	self->view = after;
	if (!acquires(order))
		view_join(&self->acquired, &store->message);
	know(store);
	if (!store->first_read[self_index()])
		store->first_read[self_index()] = self->view.clock[self_index()];
}

void write_commit(struct location *location, int below, uint64_t value, int order, bool is_update)
{
	struct thread *self = run.self;
	struct store *store = store_new();
	struct store *before = location->history[below];
	struct view after = is_update ? view_after(self, before, order) : self->view;
	int event = order == SEQ_CST ? sequence_event() : -1;

	sequence_add(location, below, true, event, &after, &store->left_write);
	store->event = event;
	if (is_update) {
		before->has_successor = true;
		know(before);
		if (!before->first_read[self_index()])
			before->first_read[self_index()] = self->view.clock[self_index()];
		if (!acquires(order))
			view_join(&self->acquired, &before->message);
	}
	self->view = after;
	store->value = value;
	store->thread = self_index();
	know(store);
	store->epoch = self->view.clock[store->thread];
	store->message = releases(order) ? self->view : self->released;
	if (is_update)
		view_join(&store->message, &before->message);
	self->last_event = event;
	insert(location, below + 1, store);
	run.writes++;
	self->is_fresh = false;
	self->repeats = self->known_reads = 0;
	self->repeated = NULL;
}
