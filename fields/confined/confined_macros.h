/* SPDX-License-Identifier: MIT */
/*
 * confined_macros: what AFIELD_TYPE(name, confined, ...) writes, and the functions behind it.
 *
 * When to use it: through confined.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of confined.h.
 */
#ifndef AFIELD_CONFINED_MACROS_H
#define AFIELD_CONFINED_MACROS_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/detail/inline_value.h>
#include <afield/detail/owner_queue.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>
#include <afield/thread.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* In front of the value, in one block of the heap. Constant but for the message and what is
 * said. */
struct afield__confined_block {
	struct afield_message message;    /* written by fini, when nobody else uses the field */
	struct afield_owner_queue *owner; /* written by who has become the owner, read by fini */
	AFIELD_ATOMIC(uint64_t) thread;   /* the owner's number; an orphan's until reset_orphans */
	const struct afield_type *type;
};
#define AFIELD__CONFINED_VALUE ((sizeof(struct afield__confined_block) + 15) / 16 * 16)

/* NULL: nobody owns it, and the value is zero. Written once, by the owner. */
struct afield__confined {
	AFIELD_ATOMIC(struct afield__confined_block *) block;
};

AFIELD_EXPORT int afield__confined_claim(const struct afield_type *type,
					 struct afield__confined *field);
AFIELD_EXPORT void afield__confined_fini(struct afield__confined *field);
AFIELD_EXPORT int afield__confined_reset_orphans(struct afield__confined *field);
AFIELD_EXPORT int afield__confined_load(const struct afield_type *type, const void *field,
					void *value);
AFIELD_EXPORT int afield__confined_store(const struct afield_type *type, void *field,
					 const void *value);
AFIELD_EXPORT void afield__confined_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__confined_host_binding;

/* Acquire pairs with claim: a thread that is not the owner reads the owner's number. */
static inline struct afield__confined_block *
afield__confined_block(const struct afield__confined *field)
{
	return AFIELD_LOAD(&field->block, acquire);
}

static inline void *afield__confined_get(const struct afield__confined *field)
{
	struct afield__confined_block *block = afield__confined_block(field);

	afield_open_messages();
	/* Relaxed: a thread that reads its own number has written it. */
	if (!block || AFIELD_LOAD(&block->thread, relaxed) != afield_thread_id())
		return NULL;
	return (char *)block + AFIELD__CONFINED_VALUE;
}

static inline uint64_t afield__confined_owner(const struct afield__confined *field)
{
	struct afield__confined_block *block = afield__confined_block(field);

	return block ? AFIELD_LOAD(&block->thread, relaxed) : 0;
}

#ifdef __cplusplus
}
#endif

#define AFIELD__CONFINED_TABLE(name, T, load, store)                                    \
	AFIELD_TYPE_TABLE(name, "confined", AFIELD_VALUE_TYPE(name, T), 0, load, store, \
			  afield__confined_table_fini, NULL, 0, &name##__inline_value,  \
			  &afield__confined_host_binding)

#define AFIELD__CONFINED_OWNER(name)                                                       \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_claim(name *field),                   \
		       return afield__confined_claim(name##_type(), &field->held));        \
	AFIELD__INLINE(name##_value *name##_get(const name *field),                        \
		       return (name##_value *)afield__confined_get(&field->held));         \
	AFIELD__INLINE(bool name##_is_mine(const name *field),                             \
		       return afield__confined_owner(&field->held) == afield_thread_id()); \
	AFIELD__INLINE(uint64_t name##_owner(const name *field),                           \
		       return afield__confined_owner(&field->held));                       \
	AFIELD__INLINE(int name##_reset_orphans(name *field),                              \
		       return afield__confined_reset_orphans(&field->held));               \
	AFIELD__INLINE(void name##_fini(name *field), afield__confined_fini(&field->held))

#define AFIELD__CONFINED_BY_VALUE(name)                                            \
	AFIELD__INLINE(int name##_load(const name *field, name##_value *value),    \
		       return afield__confined_load(name##_type(), field, value)); \
	AFIELD__INLINE(int name##_store(name *field, name##_value value),          \
		       return afield__confined_store(name##_type(), field, &value))

#endif
