/* SPDX-License-Identifier: MIT */
/*
 * confined: a value that one thread may touch, and every other thread is refused.
 *
 *	AFIELD_TYPE(parser_confined, confined, struct parser, parser_free);
 *
 *	int error = parser_confined_claim(&object->parser);     // the first to come is the owner
 *	struct parser *parser = parser_confined_get(&object->parser);
 *	if (!parser)
 *		...                                             // another thread's
 *
 * The thread that first claims or stores is the field's owner until fini. When the object dies in
 * another thread, the value is not destroyed there: it goes to the owner, who destroys it at its
 * next access to any confined field, or when it ends.
 *
 * When to use it: for a handle of a library that must be used and freed in the thread that made it
 * (a GUI widget, a database connection in its thread-bound mode, a context of a graphics driver).
 * When not: for a value that threads may use in turn, whoever they are: that is `locked`, and it
 * refuses nobody. For a counter or a struct, atomic and seqlock serve all threads.
 *
 *   1 = get, load, is_mine, owner   2 = claim, store   3 = fini
 *        [1] [2] [3]
 *   [1]   -   -   X     - runs concurrently, in any threads
 *   [2]   -   -   X     X needs the caller's own exclusion: nobody uses the field then or later
 *   [3]   X   X   X
 *
 * What get returned is plain memory of the owner. It stays where it is until it is destroyed.
 *
 * Who a thread is: a number that is never given again (thread.h). A new thread that happens to get
 * the system's id, stack and thread-local storage of an old one is another thread.
 *
 * The owner is gone, when it has ended, or when a fork left it behind: then fini destroys the value
 * in the thread that calls it. There is no better one, and nothing leaks. A library that minds must
 * be shut down before its thread ends.
 *
 * The destructor runs in no host: it must not call Python. It may run inside any access of the
 * owner to any confined field, and must not rely on another field's thread-bound state then.
 */
#ifndef AFIELD_CONFINED_H
#define AFIELD_CONFINED_H

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

#define AFIELD_KIND_confined (AFIELD__CONFINED)

/*
 * AFIELD_TYPE(name, confined, T) or AFIELD_TYPE(name, confined, T, destructor) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   int      name_claim(name *)
 *   T       *name_get(const name *)
 *   bool     name_is_mine(const name *)
 *   uint64_t name_owner(const name *)
 *   int      name_load(const name *, T *)       without a destructor
 *   int      name_store(name *, T)              without a destructor
 *   int      name_reset_orphans(name *)
 *   void     name_fini(name *)
 *   const struct afield_type *name_type(void)
 * `void destructor(T *)` gives back what a value owns; it is not called for a value of zero bytes.
 * With one there is no load and store, for two copies would own one thing. T is aligned to at most
 * 16 bytes.
 */
#define AFIELD__CONFINED(name, ...) \
	AFIELD__CONFINED_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~)
#define AFIELD__CONFINED_(count, ...) AFIELD__JOIN(AFIELD__CONFINED_, count)(__VA_ARGS__)
#define AFIELD__CONFINED_1(name, T, ...)                                                \
	AFIELD__CONFINED_STRUCT(name, T);                                               \
	static const struct afield_inline_value __attribute__((unused))                 \
	name##__inline_value = {AFIELD__CONFINED_VALUE, NULL, NULL};                    \
	AFIELD__CONFINED_TABLE(name, T, afield__confined_load, afield__confined_store); \
	AFIELD__CONFINED_OWNER(name);                                                   \
	AFIELD__CONFINED_BY_VALUE(name, T)
#define AFIELD__CONFINED_2(name, T, destructor, ...)                            \
	AFIELD__CONFINED_STRUCT(name, T);                                       \
	static inline void name##__destroy(void *value)                         \
	{                                                                       \
		destructor((name##_value *)value);                              \
	}                                                                       \
	static const struct afield_inline_value __attribute__((unused))         \
	name##__inline_value = {AFIELD__CONFINED_VALUE, name##__destroy, NULL}; \
	AFIELD__CONFINED_TABLE(name, T, NULL, NULL);                            \
	AFIELD__CONFINED_OWNER(name)

#define AFIELD__CONFINED_STRUCT(name, T)      \
	typedef T name##_value;               \
	AFIELD_VALUE_TYPE_DECLARE(name, T);   \
	typedef struct name {                 \
		struct afield__confined held; \
	} name

#define AFIELD__CONFINED_TABLE(name, T, load, store)                                    \
	AFIELD_TYPE_TABLE(name, "confined", AFIELD_VALUE_TYPE(name, T), 0, load, store, \
			  afield__confined_table_fini, NULL, 0, &name##__inline_value,  \
			  &afield__confined_host_binding)

/*
 * name_claim: makes this thread the owner of a field that has none. The value is zero bytes then.
 *   Concurrent with it: everything but fini. Progress: wait-free, and malloc for the owner.
 *   Ordering: acq_rel. Returns 0 when this thread is the owner, also when it was before; -EPERM
 *   when another is; -ENOMEM.
 *
 * name_get: the value, for the owner, to be read and written as plain memory until fini.
 *   Concurrent with it: everything but fini. Progress: wait-free, and that of the destructors of
 *   values that have come home. Ordering: acquire. Returns NULL when another thread owns it, or
 *   none does.
 *
 * name_is_mine, name_owner: whether this thread owns it; the owner's number, or 0.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: acquire. Never fails.
 *
 * name_reset_orphans: in the child of a fork, makes this thread the owner of a value whose owner
 * the fork left behind, if the library that the value belongs to bears it. The value is as that
 * thread left it. Nobody else may use it: who does not call this is refused, and fini destroys it.
 *   Concurrent with: everything but fini. Progress: wait-free, and malloc for the owner. Ordering:
 *   none: the fork comes before. Returns 1 when there was such a value, otherwise 0; -ENOMEM.
 *
 * name_fini: destroys the value, or hands it to its owner. A zeroed field is left as it is.
 *   Concurrent with it: nobody. Progress: lock-free, and that of the destructor when it runs here.
 *   It never waits and never allocates. Ordering: what this thread did happens before the
 *   destructor.
 */
#define AFIELD__CONFINED_OWNER(name)                                               \
	static inline AFIELD__MUST_CHECK int name##_claim(name *field)             \
	{                                                                          \
		return afield__confined_claim(name##_type(), &field->held);        \
	}                                                                          \
	static inline name##_value *name##_get(const name *field)                  \
	{                                                                          \
		return (name##_value *)afield__confined_get(&field->held);         \
	}                                                                          \
	static inline bool name##_is_mine(const name *field)                       \
	{                                                                          \
		return afield__confined_owner(&field->held) == afield_thread_id(); \
	}                                                                          \
	static inline uint64_t name##_owner(const name *field)                     \
	{                                                                          \
		return afield__confined_owner(&field->held);                       \
	}                                                                          \
	static inline int name##_reset_orphans(name *field)                        \
	{                                                                          \
		return afield__confined_reset_orphans(&field->held);               \
	}                                                                          \
	static inline void name##_fini(name *field)                                \
	{                                                                          \
		afield__confined_fini(&field->held);                               \
	}                                                                          \
	AFIELD__SEMICOLON

/*
 * name_load: copies the value to *value; zero bytes when nobody owns the field.
 *   Concurrent with it: everything but fini. Progress: as name_get. Ordering: acquire.
 *   Returns 0, or -EPERM and *value is as it was, when another thread owns it.
 *
 * name_store: claims the field if nobody owns it, and writes the value.
 *   Concurrent with it: everything but fini. Progress: as name_claim and name_get. Ordering:
 *   acq_rel when it claims. Returns 0, -EPERM or -ENOMEM.
 */
#define AFIELD__CONFINED_BY_VALUE(name, T)                                    \
	static inline int name##_load(const name *field, name##_value *value) \
	{                                                                     \
		return afield__confined_load(name##_type(), field, value);    \
	}                                                                     \
	static inline int name##_store(name *field, name##_value value)       \
	{                                                                     \
		return afield__confined_store(name##_type(), field, &value);  \
	}                                                                     \
	AFIELD__SEMICOLON

#endif
