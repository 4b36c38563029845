/* SPDX-License-Identifier: MIT */
/*
 * map_node: nodes before and after their time in the table, and the hash of bytes.
 */
#include "map_hash_table.h"

#include <stdlib.h>
#include <string.h>

#include <afield/host.h>
#include <afield/detail/type_code.h>

#include <urcu/rculfhash.h>

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

bool afield__map_is_gone(const struct afield__map_layout *layout, struct afield__map_node *node)
{
	return afield__map_is_in_place(layout)
		       ? afield__map_value_has_ended(&node->value)
		       : cds_lfht_is_node_deleted(afield__map_link_of(node)) != 0;
}

/* liburcu keeps the bits of a hash in reverse. */
uint64_t afield__map_hash_of(const struct afield__map_node *node)
{
	uint64_t word = ((const struct cds_lfht_node *)(const void *)node->link)->reverse_hash;

	word = __builtin_bswap64(word);
	word = (word >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) | (word & UINT64_C(0x0f0f0f0f0f0f0f0f))
								    << 4;
	word = (word >> 2 & UINT64_C(0x3333333333333333)) | (word & UINT64_C(0x3333333333333333))
								    << 2;
	return (word >> 1 & UINT64_C(0x5555555555555555)) | (word & UINT64_C(0x5555555555555555))
								    << 1;
}

/* Who ends an element takes its node out of the chain; nobody else does. */
bool afield__map_take(struct afield__map_table *table, const struct afield__map_layout *layout,
		      struct afield__map_node *node)
{
	if (!afield__map_is_in_place(layout))
		return cds_lfht_del(table->hash, afield__map_link_of(node)) == 0;
	if (!afield__map_value_end(&node->value))
		return false;
	AFIELD_PAUSE("map: ended");
	(void)cds_lfht_del(table->hash, afield__map_link_of(node));
	return true;
}

struct same_key {
	const struct afield__map_layout *layout;
	const struct afield__map_node *node;
};

/* Two nodes of one element: a key object is the same one, for an element keeps its first. */
static int has_same_key(struct cds_lfht_node *link, const void *opaque)
{
	const struct same_key *same = (const struct same_key *)opaque;
	const struct afield__map_layout *layout = same->layout;
	const struct afield__map_node *node = afield__map_node_of(link);

	AFIELD_TSAN_ACQUIRE(link);
	if (afield__map_has_integers(layout))
		return 1; /* liburcu has compared the hash */
	if (layout->key.type_code == AFIELD_OBJECT)
		return node->object == same->node->object;
	return node->name == same->node->name &&
	       memcmp(afield__map_bytes(layout, node), afield__map_bytes(layout, same->node),
		      afield__map_size(layout, node)) == 0;
}

/*
 * liburcu replaces a node by making its link, marked and from then on constant, lead to the new
 * one, which has the same hash: so the heir is the next of the same key. The new one may be marked
 * in turn; the search goes on from link to link. A node that was deleted leads to another key.
 */
struct afield__map_node *afield__map_heir(struct afield__map_table *table,
					  const struct afield__map_layout *layout,
					  struct afield__map_node *node)
{
	struct same_key same = {layout, node};
	struct cds_lfht_iter iter;

	if (afield__map_is_in_place(layout))
		return afield__map_value_has_ended(&node->value) ? NULL : node;
	memset(&iter, 0, sizeof(iter));
#ifdef CONFIG_CDS_LFHT_ITER_DEBUG
	iter.lfht = table->hash;
#endif
	/* The search begins with the node itself, passes it by its mark, and follows its link. */
	iter.node = afield__map_link_of(node);
	iter.next = iter.node;
	cds_lfht_next_duplicate(table->hash, has_same_key, &same, &iter);
	return iter.node ? afield__map_node_of(iter.node) : NULL;
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

static void node_free(struct afield_retired *retired)
{
	free(afield__map_node_of_retired(retired));
}

void afield__map_node_give_key(const struct afield__map_layout *layout,
			       struct afield__map_node *node, void *object, uint32_t tag,
			       const void *data, size_t size)
{
	if (afield__map_has_integers(layout))
		return;
	node->name = (uint64_t)tag << 32 | (uint32_t)size;
	if (layout->key.type_code == AFIELD_OBJECT)
		node->object = (uintptr_t)object;
	if (size)
		memcpy(afield__map_bytes(layout, node), data, size);
}

struct afield__map_node *afield__map_node_new(const struct afield__map_layout *layout,
					      const struct afield__map_key *key, const void *value,
					      size_t capacity)
{
	struct afield__map_node *node =
		(struct afield__map_node *)malloc(afield__map_bytes_at(layout) + capacity);

	if (!node)
		return NULL;
	afield__map_node_give_key(layout, node, key->object, key->tag, key->data, key->size);
	if (afield__map_is_in_place(layout))
		afield__map_value_start(&node->value, afield__map_word_of(layout, value));
	else
		memcpy((char *)node + layout->value_at, value, layout->value.size);
	if (key->object)
		afield__retain_object(key->object);
	return node;
}

void afield__map_node_discard(const struct afield__map_layout *layout,
			      struct afield__map_node *node)
{
	if (!node)
		return;
	if (afield__map_object(layout, node))
		afield__release_object(afield__map_object(layout, node));
	free(node);
}

void afield__map_node_retire(const struct afield__map_layout *layout, struct afield__map_node *node,
			     bool may_wait)
{
	size_t bytes = afield__map_bytes_at(layout) + afield__map_size(layout, node);

	if (may_wait)
		afield_retire_bytes(&node->retired, bytes, node_free);
	else
		afield_retire_bytes_nowait(&node->retired, bytes, node_free);
}

void afield__map_node_drop(const struct afield__map_layout *layout, struct afield__map_node *node,
			   void *object, void *old, bool may_wait)
{
	uint64_t copy;
	const void *value = afield__map_value(layout, node, &copy);

	if (old)
		memcpy(old, value, layout->value.size);
	else
		afield_release(&layout->value, value);
	if (object)
		afield__release_object(object);
	afield__map_node_retire(layout, node, may_wait);
}
