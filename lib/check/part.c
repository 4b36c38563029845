/* SPDX-License-Identifier: MIT */
/*
 * part.c: splits a history into parts that can be checked alone, and lays out a part's events.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

bool afield__observes(const struct afield_model *model, const struct afield_operation *operation)
{
	if (model->observes)
		return model->observes(model, operation);
	return model->verbs[operation->verb].flags & AFIELD_VERB_OBSERVES;
}

/* Keys to numbers, joined where one operation touches several. */
struct keys {
	uint32_t *parent;
	afield_value *names;
	size_t count;
	size_t parent_capacity;
	size_t name_capacity;
	struct afield__table table;
};

static uint32_t root(struct keys *keys, uint32_t key)
{
	while (keys->parent[key] != key) {
		keys->parent[key] = keys->parent[keys->parent[key]];
		key = keys->parent[key];
	}
	return key;
}

static uint64_t key_hash(const void *owner, size_t number)
{
	return afield__mix((uint64_t)((const struct keys *)owner)->names[number]);
}

static uint32_t find_key(struct keys *keys, afield_value name)
{
	struct afield__table *table = &keys->table;
	size_t at;

	if (!afield__table_grow(table, keys->count, key_hash, keys))
		return AFIELD__NONE;
	for (at = afield__mix((uint64_t)name) & (table->size - 1);
	     table->places[at] != AFIELD__NONE; at = (at + 1) & (table->size - 1)) {
		if (keys->names[table->places[at]] == name)
			return table->places[at];
	}
	if (!afield__grow(&keys->parent, &keys->parent_capacity, keys->count,
			  sizeof(*keys->parent)) ||
	    !afield__grow(&keys->names, &keys->name_capacity, keys->count, sizeof(*keys->names)))
		return AFIELD__NONE;
	table->places[at] = (uint32_t)keys->count;
	keys->parent[keys->count] = (uint32_t)keys->count;
	keys->names[keys->count] = name;
	return (uint32_t)keys->count++;
}

enum { MOST_KEYS = 64 };

/* Fills `key` for each operation. 1: split; 0: one part; -1: no memory. */
static int assign_keys(const struct afield_history *history, struct keys *keys, uint32_t *key)
{
	const struct afield_model *model = history->model;
	afield_value names[MOST_KEYS];

	if (!model->keys)
		return 0;
	for (size_t i = 0; i < history->count; i++) {
		size_t count = model->keys(model, &history->operations[i], names, MOST_KEYS);

		if (count > MOST_KEYS)
			return 0;
		/* An operation that touches nothing may go with any key. */
		if (count == 0)
			names[count++] = 0;
		key[i] = find_key(keys, names[0]);
		if (key[i] == AFIELD__NONE)
			return -1;
		for (size_t j = 1; j < count; j++) {
			uint32_t other = find_key(keys, names[j]);

			if (other == AFIELD__NONE)
				return -1;
			keys->parent[root(keys, other)] = root(keys, key[i]);
		}
	}
	return 1;
}

/* Operations in the order of their calls, then grouped by key without changing that order. */
static bool split(struct afield__parts *parts, const struct afield_history *history,
		  struct keys *keys, const uint32_t *key)
{
	uint32_t *number = (uint32_t *)malloc((keys->count + 1) * sizeof(*number));
	uint32_t *end = (uint32_t *)calloc(keys->count + 1, sizeof(*end));
	bool fits = false;

	if (!number || !end)
		goto out;
	memset(number, 0xff, (keys->count + 1) * sizeof(*number));
	for (size_t i = 0; i < history->count; i++) {
		uint32_t at = root(keys, key[parts->order[i]]);

		if (number[at] == AFIELD__NONE)
			number[at] = parts->count++;
		end[number[at]]++;
	}
	parts->parts = (struct afield__part *)calloc(parts->count + 1, sizeof(*parts->parts));
	parts->storage = (uint32_t *)malloc((history->count + 1) * sizeof(*parts->storage));
	if (!parts->parts || !parts->storage)
		goto out;
	for (uint32_t i = 0, start = 0; i < parts->count; i++) {
		parts->parts[i].history = history;
		parts->parts[i].operations = parts->storage + start;
		parts->parts[i].count = end[i];
		start += end[i];
		end[i] = start - end[i];
	}
	for (size_t i = 0; i < history->count; i++) {
		uint32_t at = number[root(keys, key[parts->order[i]])];

		parts->storage[end[at]++] = parts->order[i];
	}
	fits = true;
out:
	free(number);
	free(end);
	return fits;
}

bool afield__parts_init(struct afield__parts *parts, const struct afield_history *history)
{
	struct afield__keyed *items =
		(struct afield__keyed *)malloc((history->count + 1) * sizeof(*items));
	uint32_t *key = (uint32_t *)malloc((history->count + 1) * sizeof(*key));
	struct keys keys = {0};
	int kind = -1;
	bool fits = false;

	memset(parts, 0, sizeof(*parts));
	parts->order = (uint32_t *)malloc((history->count + 1) * sizeof(*parts->order));
	if (!items || !key || !parts->order)
		goto out;
	for (size_t i = 0; i < history->count; i++) {
		items[i].key = history->operations[i].call;
		items[i].index = (uint32_t)i;
	}
	afield__sort(items, history->count);
	for (size_t i = 0; i < history->count; i++)
		parts->order[i] = items[i].index;
	kind = assign_keys(history, &keys, key);
	if (kind == 1) {
		fits = split(parts, history, &keys, key);
	} else if (kind == 0) {
		parts->parts = (struct afield__part *)calloc(1, sizeof(*parts->parts));
		fits = parts->parts;
		if (fits) {
			parts->parts[0].history = history;
			parts->parts[0].operations = parts->order;
			parts->parts[0].count = (uint32_t)history->count;
			parts->count = 1;
		}
	}
out:
	free(items);
	free(key);
	free(keys.parent);
	free(keys.names);
	afield__table_fini(&keys.table);
	return fits;
}

void afield__parts_fini(struct afield__parts *parts)
{
	free(parts->parts);
	free(parts->order);
	free(parts->storage);
}

static bool alike(const struct afield_operation *a, const struct afield_operation *b)
{
	unsigned results = a->pending ? 0 : a->result_count;

	if (a->verb != b->verb || a->pending != b->pending ||
	    a->argument_count != b->argument_count || (!a->pending && results != b->result_count))
		return false;
	for (unsigned i = 0; i < a->argument_count + results; i++) {
		if (a->values[i] != b->values[i])
			return false;
	}
	return true;
}

static uint64_t hash_operation(const struct afield_operation *operation)
{
	uint64_t hash = operation->verb * 2u + operation->pending;
	unsigned count = operation->argument_count;

	if (!operation->pending)
		count += operation->result_count;
	for (unsigned i = 0; i < count; i++)
		hash = afield__mix(hash ^ (uint64_t)operation->values[i]) + i;
	return afield__mix(hash);
}

/*
 * When two operations are alike in everything and one is both called and returned no later than the
 * other, any order in which the other comes first stays right when they change places. So only
 * orders in which the earlier one comes first need to be tried. The same holds for pending
 * operations: the earlier of two alike may take effect wherever the later does.
 */
static bool find_twins(struct afield__events *events)
{
	size_t size = 16;
	uint32_t *table;

	while (size < (size_t)events->count * 2)
		size *= 2;
	table = (uint32_t *)malloc(size * sizeof(*table));
	if (!table)
		return false;
	memset(table, 0xff, size * sizeof(*table));
	for (uint32_t i = 0; i < events->count; i++) {
		const struct afield_operation *operation = events->operations[i];
		size_t at = hash_operation(operation) & (size - 1);

		while (table[at] != AFIELD__NONE &&
		       !alike(events->operations[table[at]], operation))
			at = (at + 1) & (size - 1);
		if (table[at] != AFIELD__NONE) {
			const struct afield_operation *last = events->operations[table[at]];

			if (operation->pending || last->ret <= operation->ret)
				events->before[i] = table[at];
		}
		table[at] = i;
	}
	free(table);
	return true;
}

/* Gives every operation the lowest slot that is free at its call. */
static bool assign_slots(struct afield__events *events)
{
	uint64_t *used = NULL;
	size_t words = 0;

	for (uint32_t i = 0; i < events->event_count; i++) {
		uint32_t operation = events->event[i] / 2;
		uint32_t slot;

		if (events->event[i] & 1) {
			slot = events->slot[operation];
			used[slot / 64] &= ~((uint64_t)1 << slot % 64);
			continue;
		}
		for (slot = 0; slot < words && used[slot] == UINT64_MAX; slot++)
			;
		if (slot == words) {
			uint64_t *grown =
				(uint64_t *)realloc(used, (words * 2 + 1) * sizeof(*used));

			if (!grown) {
				free(used);
				return false;
			}
			used = grown;
			memset(used + words, 0, (words + 1) * sizeof(*used));
			words = words * 2 + 1;
		}
		slot = slot * 64 + (uint32_t)__builtin_ctzll(~used[slot]);
		used[slot / 64] |= (uint64_t)1 << slot % 64;
		events->slot[operation] = slot;
		if (slot >= events->slots)
			events->slots = slot + 1;
	}
	free(used);
	return true;
}

/* Calls come sorted; returns are sorted and merged, a call before a return of the same stamp. */
static void merge_events(struct afield__events *events, const struct afield__keyed *returns)
{
	uint32_t call = 0, ret = 0;

	while (call < events->count || ret < events->returns) {
		if (call < events->count && (ret == events->returns ||
					     events->operations[call]->call <= returns[ret].key)) {
			events->event[events->event_count++] = call++ * 2;
		} else {
			events->return_order[ret] = returns[ret].index;
			events->event[events->event_count++] = returns[ret++].index * 2 + 1;
		}
	}
}

bool afield__events_init(struct afield__events *events, const struct afield__part *part, bool plain)
{
	const struct afield_history *history = part->history;
	size_t room = part->count ? part->count : 1;
	struct afield__keyed *returns;
	bool fits;

	memset(events, 0, sizeof(*events));
	events->history = history;
	events->operations = (const struct afield_operation **)afield__arena_get(
		&events->arena, room * sizeof(*events->operations));
	events->event = (uint32_t *)afield__arena_get(&events->arena, room * 2 * sizeof(uint32_t));
	events->return_order =
		(uint32_t *)afield__arena_get(&events->arena, room * sizeof(uint32_t));
	events->slot = (uint32_t *)afield__arena_get(&events->arena, room * sizeof(uint32_t));
	events->before = (uint32_t *)afield__arena_get(&events->arena, room * sizeof(uint32_t));
	events->resets = (uint32_t *)afield__arena_get(&events->arena, room * sizeof(uint32_t));
	events->observer = (bool *)afield__arena_get(&events->arena, room);
	returns = (struct afield__keyed *)malloc(room * sizeof(*returns));
	if (!events->operations || !events->event || !events->return_order || !events->slot ||
	    !events->before || !events->resets || !events->observer || !returns) {
		free(returns);
		return false;
	}
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation =
			&history->operations[part->operations[i]];
		bool observes = !plain && afield__observes(history->model, operation);

		/* A pending operation that changes nothing may as well not have taken effect. */
		if (observes && operation->pending)
			continue;
		if (history->model->verbs[operation->verb].flags & AFIELD_VERB_RESETS)
			events->resets[events->reset_count++] = events->count;
		events->observer[events->count] = observes;
		events->before[events->count] = AFIELD__NONE;
		events->operations[events->count] = operation;
		if (!operation->pending) {
			returns[events->returns].key = operation->ret;
			returns[events->returns++].index = events->count;
		}
		events->count++;
	}
	afield__sort(returns, events->returns);
	merge_events(events, returns);
	free(returns);
	fits = assign_slots(events) && (plain || find_twins(events));
	return fits;
}

void afield__events_fini(struct afield__events *events)
{
	afield__arena_fini(&events->arena);
}
