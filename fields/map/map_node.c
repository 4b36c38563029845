/* SPDX-License-Identifier: MIT */
/*
 * map_node: nodes and boxes before and after their time in the table, and the hash of bytes.
 */
#include "map_table.h"

#include <string.h>

#include <afield/detail/blocks.h>
#include <afield/detail/type_code.h>
#include <afield/host.h>

/* Multiplies to 128 bits and folds the halves together. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t afield__map_hash(const void *data, size_t size, uint64_t seed)
{
	const char *next = (const char *)data;
	uint64_t hash = seed ^ size * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t word;

	for (size_t left = size; left > 0; next += sizeof(word)) {
		size_t part = left < sizeof(word) ? left : sizeof(word);

		word = 0;
		memcpy(&word, next, part);
		hash = fold(hash ^ word, UINT64_C(0xa0761d6478bd642f)) + seed;
		left -= part;
	}
	return afield__map_mix(hash);
}

bool afield__map_take(struct afield__map_table *table, uint64_t hash, struct afield__map_node *node,
		      struct afield__map_place *place)
{
	if (!afield__map_value_end(&node->value))
		return false;
	AFIELD_PAUSE("map: ended");
	afield__map_leave(&table->buckets, hash, node, place);
	return true;
}

bool afield__map_take_as(struct afield__map_table *table, uint64_t hash,
			 struct afield__map_node *node, uint64_t word)
{
	if (!afield__map_value_end_as(&node->value, word))
		return false;
	afield__map_leave(&table->buckets, hash, node, NULL);
	return true;
}

bool afield__map_is_same(const struct afield_value_type *value_type, const void *value,
			 const void *other)
{
	const struct afield_member *rows = NULL;
	size_t count = 0;

	if (value_type->record && value_type->record->members)
		rows = value_type->record->members(&count);
	if (!rows)
		return memcmp(value, other, value_type->size) == 0;
	for (size_t i = 0; i < count; i++)
		if (memcmp((const char *)value + rows[i].offset,
			   (const char *)other + rows[i].offset,
			   afield_scalar_size(rows[i].type_code)) != 0)
			return false;
	return true;
}

static size_t box_bytes(const struct afield__map_layout *layout)
{
	return AFIELD__MAP_BOX + layout->value.size;
}

bool afield__map_word_new(const struct afield__map_layout *layout, const void *value,
			  uint64_t *word)
{
	void *box;

	*word = 0;
	if (afield__map_is_in_place(layout)) {
		afield__map_copy(word, value, layout->value.size);
		return true;
	}
	box = afield__block_new(box_bytes(layout));
	if (!box)
		return false;
	*word = (uintptr_t)box;
	memcpy(afield__map_in_box(*word), value, layout->value.size);
	return true;
}

void afield__map_word_discard(const struct afield__map_layout *layout, uint64_t word)
{
	if (!afield__map_is_in_place(layout))
		afield__block_free((void *)(uintptr_t)word, box_bytes(layout));
}

static void give_up(const struct afield__map_layout *layout, uint64_t word, void *old)
{
	if (old)
		afield__map_copy(old, afield__map_value(layout, &word), layout->value.size);
	else
		afield_release(&layout->value, &word);
}

static void retire_box(const struct afield__map_layout *layout, uint64_t word, bool may_wait)
{
	if (!afield__map_is_in_place(layout))
		afield__block_retire((struct afield_retired *)(uintptr_t)word, box_bytes(layout),
				     may_wait);
}

void afield__map_word_drop(const struct afield__map_layout *layout, uint64_t word, void *old)
{
	give_up(layout, word, old);
	retire_box(layout, word, true);
}

static size_t node_bytes(const struct afield__map_layout *layout,
			 const struct afield__map_node *node)
{
	return afield__map_node_size(layout) + afield__map_key_size(layout, node);
}

static void give_key(const struct afield__map_layout *layout, struct afield__map_node *node,
		     const struct afield__map_key *key)
{
	node->name = (uint64_t)key->tag << 32 | (uint32_t)key->size;
	if (layout->key.type_code == AFIELD_OBJECT) {
		node->object = (uintptr_t)key->object;
		afield__retain_object(key->object);
	}
	if (key->size)
		memcpy(afield__map_bytes(layout, node), key->data, key->size);
}

struct afield__map_node *afield__map_node_new(const struct afield__map_layout *layout,
					      const struct afield__map_key *key, uint64_t hash,
					      uint64_t word)
{
	size_t bytes = afield__map_node_size(layout) + key->size;
	struct afield__map_node *node = (struct afield__map_node *)afield__block_new(bytes);

	if (!node)
		return NULL;
	if (!afield__map_has_integers(layout))
		give_key(layout, node, key);
	afield__map_value_start(&node->value, hash, word);
	return node;
}

void afield__map_node_discard(const struct afield__map_layout *layout,
			      struct afield__map_node *node)
{
	if (!node)
		return;
	if (afield__map_object(layout, node))
		afield__release_object(afield__map_object(layout, node));
	afield__block_free(node, node_bytes(layout, node));
}

void afield__map_node_retire(const struct afield__map_layout *layout, struct afield__map_node *node,
			     bool may_wait)
{
	retire_box(layout, afield__map_value_load(&node->value), may_wait);
	afield__block_retire(&node->retired, node_bytes(layout, node), may_wait);
}

void afield__map_node_drop(const struct afield__map_layout *layout, struct afield__map_node *node,
			   void *old, bool may_wait)
{
	void *object = afield__map_object(layout, node);

	give_up(layout, afield__map_value_load(&node->value), old);
	if (object)
		afield__release_object(object);
	afield__map_node_retire(layout, node, may_wait);
}
