/*
 * confined: claiming, copying, and the way home.
 */
#include "confined.h"

#include <stdlib.h>

static const struct afield_refusal refusals[] = {
	{-EPERM, "UnsendableError", "the value belongs to another thread"},
};

const struct afield_hosted afield__confined_hosted = {.refusals = refusals, .refusal_count = 1};

static void *value_of(struct afield__confined_block *block)
{
	return (char *)block + AFIELD__CONFINED_VALUE;
}

static bool is_mine(const struct afield__confined_block *block)
{
	return block->thread == afield_thread_id();
}

int afield__confined_claim(const struct afield_type *type, struct afield__confined *field)
{
	struct afield__confined_block *seen = afield__confined_block(field);
	struct afield__confined_block *block;

	afield_open_parcels();
	if (seen)
		return is_mine(seen) ? 0 : -EPERM;
	block = (struct afield__confined_block *)calloc(1,
							AFIELD__CONFINED_VALUE + type->holds.size);
	if (!block)
		return -ENOMEM;
	block->owner = afield_mailbox_hold();
	if (!block->owner) {
		free(block);
		return -ENOMEM;
	}
	block->thread = afield_thread_id();
	block->type = type;
	/* Release pairs with the acquire of every access: without it another thread could read an
	 * owner's number that is not written yet, and take the value for its own. */
	if (AFIELD_COMPARE_EXCHANGE(&field->block, &seen, block, acq_rel))
		return 0;
	afield_mailbox_release(block->owner);
	free(block);
	return -EPERM;
}

/* The block's end, in whatever thread it is right to be. */
static void end(struct afield__confined_block *block)
{
	afield_inside_fini(block->type, block);
	afield_mailbox_release(block->owner);
	free(block);
}

static void open_block(struct afield_parcel *parcel)
{
	end((struct afield__confined_block *)(void *)parcel);
}

void afield__confined_fini(struct afield__confined *field)
{
	struct afield__confined_block *block = AFIELD_EXCHANGE(&field->block, NULL, acq_rel);
	const struct afield_inside *inside;

	if (!block)
		return;
	inside = (const struct afield_inside *)block->type->detail;
	block->parcel.open = open_block;
	/* Without a destructor it is memory, which any thread may free. */
	if (!inside->destroy || is_mine(block) || !afield_hand_over(block->owner, &block->parcel))
		end(block);
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

	afield_open_parcels();
	if (!block) {
		memset(value, 0, type->holds.size);
		return 0;
	}
	if (!is_mine(block))
		return -EPERM;
	memcpy(value, value_of(block), type->holds.size);
	return 0;
}

int afield__confined_store(const struct afield_type *type, void *field, const void *value)
{
	struct afield__confined *confined = (struct afield__confined *)field;
	int error = afield__confined_claim(type, confined);

	if (!error)
		memcpy(value_of(afield__confined_block(confined)), value, type->holds.size);
	return error;
}
