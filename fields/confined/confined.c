/* SPDX-License-Identifier: MIT */
/*
 * confined: claiming, copying, and the way home.
 */
#include "confined.h"

#include <stdlib.h>

static const struct afield_error_mapping error_mappings[] = {
	{-EPERM, "UnsendableError", "the value belongs to another thread"},
};

static int reset_orphans(const struct afield_type *type, void *field)
{
	(void)type;
	return afield__confined_reset_orphans((struct afield__confined *)field);
}

const struct afield_host_binding afield__confined_host_binding = {
	.error_mappings = error_mappings, .error_mapping_count = 1, .reset_orphans = reset_orphans};

static void *value_of(struct afield__confined_block *block)
{
	return (char *)block + AFIELD__CONFINED_VALUE;
}

static bool is_mine(const struct afield__confined_block *block)
{
	return AFIELD_LOAD(&block->thread, relaxed) == afield_thread_id();
}

int afield__confined_claim(const struct afield_type *type, struct afield__confined *field)
{
	struct afield__confined_block *seen = afield__confined_block(field);
	struct afield__confined_block *block;

	afield_open_messages();
	if (seen)
		return is_mine(seen) ? 0 : -EPERM;
	block = (struct afield__confined_block *)calloc(1, AFIELD__CONFINED_VALUE +
								   type->value_type.size);
	if (!block)
		return -ENOMEM;
	block->owner = afield_owner_queue_retain();
	if (!block->owner) {
		free(block);
		return -ENOMEM;
	}
	AFIELD_STORE(&block->thread, afield_thread_id(), relaxed);
	block->type = type;
	/* Release pairs with the acquire of every access: without it another thread could read an
	 * owner's number that is not written yet, and take the value for its own. */
	if (AFIELD_COMPARE_EXCHANGE(&field->block, &seen, block, release))
		return 0;
	afield_owner_queue_release(block->owner);
	free(block);
	return -EPERM;
}

/* The block's end, in whatever thread it is right to be. */
static void end(struct afield__confined_block *block)
{
	afield_inline_value_fini(block->type, block);
	afield_owner_queue_release(block->owner);
	free(block);
}

static void open_block(struct afield_message *message)
{
	end((struct afield__confined_block *)(void *)message);
}

void afield__confined_fini(struct afield__confined *field)
{
	struct afield__confined_block *block = AFIELD_EXCHANGE(&field->block, NULL, acq_rel);
	const struct afield_inline_value *inside;

	if (!block)
		return;
	inside = (const struct afield_inline_value *)block->type->detail;
	block->message.open = open_block;
	block->message.code = block->type;
	/* Without a destructor it is memory, which any thread may free. */
	if (!inside->destroy || is_mine(block) || !afield_hand_over(block->owner, &block->message))
		end(block);
}

/* The value's hold on an owner queue goes over from the old owner's to the new one's. */
int afield__confined_reset_orphans(struct afield__confined *field)
{
	struct afield__confined_block *block = afield__confined_block(field);
	uint64_t dead = afield__confined_owner(field);
	struct afield_owner_queue *queue, *before;

	if (!block || !afield_thread_is_gone(dead))
		return 0;
	queue = afield_owner_queue_retain();
	if (!queue)
		return -ENOMEM;
	/* Relaxed: the value was written before the fork, which comes before all of this
	 * process. */
	if (!AFIELD_COMPARE_EXCHANGE(&block->thread, &dead, afield_thread_id(), relaxed)) {
		afield_owner_queue_release(queue);
		return 0;
	}
	before = block->owner;
	block->owner = queue;
	afield_owner_queue_release(before);
	return 1;
}

void afield__confined_table_fini(const struct afield_type *type, void *field)
{
	(void)type;
	afield__confined_fini((struct afield__confined *)field);
}

int afield__confined_load(const struct afield_type *type, const void *field, void *value)
{
	struct afield__confined_block *block =
		afield__confined_block((const struct afield__confined *)field);

	afield_open_messages();
	if (!block) {
		memset(value, 0, type->value_type.size);
		return 0;
	}
	if (!is_mine(block))
		return -EPERM;
	memcpy(value, value_of(block), type->value_type.size);
	return 0;
}

int afield__confined_store(const struct afield_type *type, void *field, const void *value)
{
	struct afield__confined *confined = (struct afield__confined *)field;
	int error = afield__confined_claim(type, confined);

	if (!error)
		memcpy(value_of(afield__confined_block(confined)), value, type->value_type.size);
	return error;
}
