/* SPDX-License-Identifier: MIT */
/*
 * The seq_cst accesses and fences, by the rules of RC11. There is no order as long as the program
 * runs, only what must come before what; an access that would close a cycle is not allowed. So the
 * order of execution forbids nothing by itself.
 *
 * With A and B accesses of any order, one of them may be a fence; X and Y seq_cst fences:
 *   (1) A before B where both are seq_cst and A is sequenced before B, or A is sequenced before
 *       something that happens before something sequenced before B, or A happens before B and both
 *       access one object;
 *   (2) where A is older than B in the modification order, or read a store older than B: A before
 *       B if both are seq_cst, A before Y if B happens before Y, X before B if X happens before A,
 *       X before Y if both;
 *   (3) X before Y where X happens before A, B happens before Y, and A is related to B by any chain
 *       of reads-from and the relations of (2); or X happens before Y.
 * This is as weak as the standards' wordings or weaker: C++20 also orders two seq_cst loads by what
 * a third thread's relaxed store lets them see.
 *
 * Complete for programs with at most 256 seq_cst events in one execution; a longer execution is
 * counted as blocked. One difference: RC11 takes "sequenced before something" in (1) as something
 * on another object, which matters only where one thread accesses an object seq_cst and otherwise.
 */
#include "engine.h"

static struct set reach[EVENTS]; /* what each event comes before; transitively closed */
static struct {
	int event;
	struct view view;
} fences[EVENTS];
static int fence_count;
static struct {
	int thread;
	uint32_t epoch;
} events[EVENTS];

void sequence_begin(void)
{
	fence_count = 0;
}

int sequence_event(void)
{
	if (run.events == EVENTS)
		run_end(BLOCKED);
	memset(&reach[run.events], 0, sizeof(reach[0]));
	events[run.events].thread = self_index();
	events[run.events].epoch = run.self->view.clock[self_index()];
	return run.events++;
}

/* The fences that the write, or one of the reads, of a store happens before. */
static void fences_after(const struct store *store, bool is_read, struct set *right)
{
	for (int i = 0; i < fence_count; i++) {
		const uint32_t *clock = fences[i].view.clock;
		bool is_before = !is_read && clock[store->thread] >= store->epoch;

		for (int thread = 0; is_read && thread < run.threads; thread++)
			is_before |= store->first_read[thread] &&
				     clock[thread] >= store->first_read[thread];
		if (is_before)
			set_add(right, fences[i].event);
	}
}

/* Everything after the events of `right`, and they themselves. */
static void close_over(struct set *right)
{
	struct set from = *right;

	for (int i = 0; i < run.events; i++)
		if (set_has(&from, i))
			set_join(right, &reach[i]);
}

/* What a new access stands between. */
struct place {
	struct set before; /* it comes after these, if it is seq_cst */
	struct set fences; /* these happen before it */
	struct set after;  /* it and its fences come before these, by (2) */
	struct set chain;  /* its fences come before these, by (3) */
};

/* A seq_cst read comes after what happens before it and accesses the same object. */
static void before_read(const struct location *location, int below, const struct view *view,
			struct set *before)
{
	for (int i = 0; i <= below; i++) {
		const struct store *store = location->history[i];

		if (view->clock[store->thread] >= store->epoch)
			set_join(before, &store->left_write);
		for (int event = 0; event < run.events; event++)
			if (set_has(&store->readers, event) &&
			    view->clock[events[event].thread] >= events[event].epoch)
				set_add(before, event);
	}
}

/*
 * The place of a read of history[below], or of a write just above it, by the running thread, whose
 * view is `view` afterwards.
 */
static void place_find(const struct location *location, int below, bool is_write, bool is_sc,
		       const struct view *view, struct place *place)
{
	memset(place, 0, sizeof(*place));
	place->fences = view->fences;
	for (int i = below + 1; i < location->count; i++) {
		const struct store *store = location->history[i];

		if (store->event >= 0)
			set_add(&place->after, store->event);
		fences_after(store, false, &place->after);
		fences_after(store, true, &place->chain);
	}
	close_over(&place->after);
	close_over(&place->chain);
	if (!is_sc)
		return;
	place->before = run.self->view.departed;
	if (!is_write) {
		before_read(location, below, view, &place->before);
		return;
	}
	for (int i = 0; i <= below; i++) {
		set_join(&place->before, &location->history[i]->left_write);
		set_join(&place->before, &location->history[i]->left_read);
	}
}

bool sequence_allows(const struct location *location, int below, bool is_write, bool is_sc,
		     const struct view *view)
{
	struct place place;

	if (run.events == 0 || below == location->count - 1)
		return true;
	place_find(location, below, is_write, is_sc, view, &place);
	return !set_meets(&place.after, &place.before) && !set_meets(&place.after, &place.fences) &&
	       !set_meets(&place.chain, &place.fences);
}

/* After `from` comes `event` (if any) and everything in `right`. */
static void order_after(const struct set *from, int event, const struct set *right)
{
	for (int i = 0; i < run.events; i++) {
		if (!set_has(from, i) && !set_meets(&reach[i], from))
			continue;
		set_join(&reach[i], right);
		if (event >= 0 && i != event)
			set_add(&reach[i], event);
	}
}

/* Enters an access that is allowed. `left` is what a later access in relation (2) to it follows. */
void sequence_add(const struct location *location, int below, bool is_write, int event,
		  const struct view *view, struct set *left)
{
	struct place place;

	*left = view->fences;
	if (run.events == 0)
		return;
	place_find(location, below, is_write, event >= 0, view, &place);
	if (event >= 0) {
		order_after(&place.before, event, &place.after);
		set_join(&reach[event], &place.after);
		set_add(left, event);
	}
	set_join(&place.chain, &place.after);
	order_after(&place.fences, -1, &place.chain);
}

/* What comes before a fence that these accesses to a location happen before. */
static void before_fence(const struct location *location, const struct view *view,
			 const struct set *all_fences, struct set *before)
{
	struct set chain = {{0}};
	int write = 0, read = -1;

	for (int i = 0; i < location->count; i++) {
		const struct store *store = location->history[i];

		if (view->clock[store->thread] >= store->epoch)
			write = i;
		for (int thread = 0; thread < run.threads; thread++)
			if (store->first_read[thread] &&
			    view->clock[thread] >= store->first_read[thread])
				read = i;
	}
	for (int i = 0; i < write; i++) {
		set_join(before, &location->history[i]->left_write);
		set_join(before, &location->history[i]->left_read);
	}
	for (int i = 0; i <= read; i++) {
		set_join(&chain, &location->history[i]->left_write);
		if (i < read)
			set_join(&chain, &location->history[i]->left_read);
	}
	set_cut(&chain, all_fences);
	set_join(before, &chain);
}

/* A seq_cst fence of the running thread, whose view is already joined with what it acquires. */
void sequence_fence(void)
{
	struct thread *self = run.self;
	struct set before = self->view.departed, all_fences = {{0}}, none = {{0}};
	int event = sequence_event();

	for (int i = 0; i < fence_count; i++)
		set_add(&all_fences, fences[i].event);
	set_join(&before, &self->view.fences);
	for (struct location *location = run.locations; location; location = location->all)
		if (location->count)
			before_fence(location, &self->view, &all_fences, &before);
	order_after(&before, event, &none);
	fences[fence_count].event = event;
	fences[fence_count++].view = self->view;
	set_add(&self->view.fences, event);
	self->last_event = event;
}
