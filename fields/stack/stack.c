/* SPDX-License-Identifier: MIT */
/*
 * stack: values in nodes, and where the nodes come from.
 *
 * A node is one block of magazine.h: its two words, then the value. So popping allocates nothing
 * and cannot fail, and the thread that pops has the node at hand for its next push.
 */
#include "stack.h"

#include <afield/detail/back_off.h>
#include <afield/detail/magazine.h>
#include <afield/reclaim.h>

#include <errno.h>
#include <string.h>

_Static_assert(sizeof(struct afield__block) % 16 == 0, "afield: a stack's values are not aligned");

static void *value_of(struct afield__block *node)
{
	return node + 1;
}

static size_t size_of(const struct afield_element *element)
{
	return sizeof(struct afield__block) + element->value_type.size;
}

static void give(struct afield__block *node, const struct afield_element *element)
{
	afield__block_give(node, size_of(element));
}

static void give_nowait(struct afield__block *node, const struct afield_element *element)
{
	afield__block_give_nowait(node, size_of(element));
}

static struct afield__block *take_all(struct afield__stack_words *stack)
{
	unsigned spins = AFIELD__FIRST_SPINS;
	struct afield__block *taken;

	while (!afield__stack_try_take(stack, &taken))
		afield__back_off(&spins);
	return taken;
}

/*
 * The usual case is a value of one word, a node at hand, and nobody in the way. It calls nothing, and
 * so keeps nothing on the machine's stack: a locked instruction waits for each store before it.
 */
enum { WORD = sizeof(uint64_t), WORD_SIZE = sizeof(struct afield__block) + WORD };

static bool is_word(const struct afield_element *element)
{
	return element->value_type.size == WORD && element->value_type.type_code != AFIELD_OBJECT;
}

/* Nodes that hold a word. NULL for a thread without a record, too. */
static struct afield__magazine *at_hand(void)
{
	return afield__magazine_own(afield__block_size_at(WORD_SIZE));
}

/* The node on top may be popped by another thread while this one looks at its height. */
static __attribute__((noinline)) int push_node(struct afield__stack_words *stack,
					       struct afield__block *node)
{
	unsigned spins = AFIELD__FIRST_SPINS;

	afield_read_lock();
	while (!afield__stack_try_push(stack, node))
		afield__back_off(&spins);
	afield_read_unlock();
	return 0;
}

static __attribute__((noinline)) int
push_any(struct afield__stack_words *stack, const struct afield_element *element, const void *value)
{
	int error = afield_may_keep(&element->value_type, value, "stack");
	struct afield__block *node;

	if (error)
		return error;
	node = afield__block_take(size_of(element));
	if (!node)
		return -ENOMEM;
	memcpy(value_of(node), value, element->value_type.size);
	(void)afield_keep(element, value); /* there is a host */
	return push_node(stack, node);
}

int afield__stack_push(struct afield__stack_words *stack, const struct afield_element *element,
		       const void *value)
{
	struct afield__magazine *magazine = is_word(element) ? at_hand() : NULL;
	struct afield__block *node = magazine ? afield__magazine_take(magazine) : NULL;
	struct afield__self *self = afield__self;
	bool is_done;

	if (!node)
		return push_any(stack, element, value);
	memcpy(value_of(node), value, WORD);
	afield__section_enter(&self->section, &afield__grace);
	is_done = afield__stack_try_push(stack, node);
	afield__section_leave(&self->section);
	return is_done ? 0 : push_node(stack, node);
}

static __attribute__((noinline)) bool pop_any(struct afield__stack_words *stack,
					      const struct afield_element *element, void *value)
{
	unsigned spins = AFIELD__FIRST_SPINS;
	struct afield__block *node;

	/* The node may be popped by another thread while this one looks below it. */
	afield_read_lock();
	while (!afield__stack_try_pop(stack, &node))
		afield__back_off(&spins);
	afield_read_unlock();
	if (!node)
		return false;
	memcpy(value, value_of(node), element->value_type.size);
	give(node, element);
	return true;
}

static __attribute__((noinline)) bool give_slow(struct afield__block *node)
{
	afield__block_give_slow(node, WORD_SIZE, true);
	return true;
}

bool afield__stack_pop(struct afield__stack_words *stack, const struct afield_element *element,
		       void *value)
{
	struct afield__magazine *magazine = is_word(element) ? at_hand() : NULL;
	struct afield__self *self = afield__self;
	struct afield__block *node;
	bool is_done;

	if (!magazine)
		return pop_any(stack, element, value);
	afield__section_enter(&self->section, &afield__grace);
	is_done = afield__stack_try_pop(stack, &node);
	afield__section_leave(&self->section);
	if (!is_done)
		return pop_any(stack, element, value);
	if (!node)
		return false;
	memcpy(value, value_of(node), WORD);
	if (afield__magazine_give(magazine, node,
				  afield__magazine_full(afield__block_size_at(WORD_SIZE))))
		return true;
	return give_slow(node);
}

/* What pop_all still has to do, also when its user throws an exception of C++. */
struct rest {
	struct afield__block *current; /* whose value has gone to the user */
	struct afield__block *below;
	const struct afield_element *element;
};

static void drop_rest(struct rest *rest)
{
	if (rest->current)
		give(rest->current, rest->element);
	while (afield__stack_next(&rest->below, rest->element, NULL))
		;
}

size_t afield__stack_pop_all(struct afield__stack_words *stack,
			     const struct afield_element *element,
			     void (*each)(void *value, void *context), void *context)
{
	struct rest rest __attribute__((cleanup(drop_rest))) = {NULL, take_all(stack), element};
	size_t count = 0;

	while (rest.below) {
		struct afield__block *node = rest.below;

		rest.current = node;
		rest.below = AFIELD_LOAD(&node->next, relaxed);
		if (each)
			each(value_of(node), context);
		else
			afield_drop(element, value_of(node));
		rest.current = NULL;
		give(node, element);
		count++;
	}
	return count;
}

/* Drops the values of all nodes. Never waits. */
static void drop_all(struct afield__block *node, const struct afield_element *element)
{
	while (node) {
		struct afield__block *below = AFIELD_LOAD(&node->next, relaxed);

		afield_drop(element, value_of(node));
		give_nowait(node, element);
		node = below;
	}
}

/* For a collector, which does not wait for the backlog. */
void afield__stack_drop_all(struct afield__stack_words *stack, const struct afield_element *element)
{
	drop_all(take_all(stack), element);
}

struct afield__block *afield__stack_take(struct afield__stack_words *stack)
{
	return take_all(stack);
}

bool afield__stack_next(struct afield__block **rest, const struct afield_element *element,
			void *value)
{
	struct afield__block *node = *rest;

	if (!node)
		return false;
	*rest = AFIELD_LOAD(&node->next, relaxed);
	if (value)
		memcpy(value, value_of(node), element->value_type.size);
	else
		afield_drop(element, value_of(node));
	give(node, element);
	return true;
}

bool afield__stack_is_empty(const struct afield__stack_words *stack)
{
	return afield__stack_has_none(stack);
}

size_t afield__stack_count(const struct afield__stack_words *stack)
{
	size_t count = 0;

	AFIELD_READ_SECTION
	{
		while (!afield__stack_try_count(stack, &count))
			;
	}
	return count;
}

/* The caller has the field alone. Not so its nodes: who popped one from another stack may look at it
 * still. */
void afield__stack_fini(struct afield__stack_words *stack, const struct afield_element *element)
{
	drop_all(take_all(stack), element);
	afield__stack_reset(stack);
}

/* Nobody pushes or pops meanwhile (AFIELD_TYPE of objects, stack.h), so that each link leads on. */
int afield__stack_each(const struct afield__stack_words *stack,
		       int (*visit)(void *object, void *argument), void *argument)
{
	int stopped = 0;

	AFIELD_READ_SECTION
	{
		struct afield__block *node = afield__stack_first(stack);

		for (; node && !stopped; node = AFIELD_LOAD(&node->next, relaxed)) {
			void *object;

			memcpy(&object, value_of(node), sizeof(object));
			if (object)
				stopped = visit(object, argument);
		}
	}
	return stopped;
}
