/*
 * inside: a value that lives in its field, and a destructor for it.
 *
 * Kinds that guard a struct in place (locked, rwlocked, once, cell) end their field with a member
 * `value` and describe it with AFIELD_INSIDE: where it is, and the function that gives back what it
 * owns, if the user named one as the last argument of AFIELD_TYPE. One function then finishes a
 * value of any of these kinds.
 *
 *	AFIELD_TYPE(stream_locked, locked, struct stream, stream_free);
 *
 * When to use it: in a kind. When not: in a kind that copies values or points to them.
 *
 * The destructor is `void stream_free(struct stream *value)`, called once, by fini, for a value
 * that is not all zero bytes: bytes of zero are a fresh field, which owns nothing. A field type
 * with a destructor has no load and no store by value, for two copies would own one thing.
 *
 * Synchronization: the table is constant. afield_inside_fini needs the field alone.
 */
#ifndef AFIELD_INSIDE_H
#define AFIELD_INSIDE_H

#include <stddef.h>

#include "export.h"
#include "field.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The `detail` of a struct afield_type whose kind keeps its value inside. */
struct afield_inside {
	size_t offset;                /* of the value, from the start of the field */
	void (*destroy)(void *value); /* or NULL */
};

/* The value of a field. Whether this thread may look at it is the kind's matter. */
static inline void *afield_inside(const struct afield_type *type, const void *field)
{
	const struct afield_inside *inside = (const struct afield_inside *)type->detail;

	return (char *)(uintptr_t)field
	+inside->offset;
}

/*
 * Destroys the value unless it is all zero bytes, and leaves zero bytes.
 *   Beside it: nobody uses the field. Progress: that of the destructor. Ordering: none; the caller
 *   has the field alone. Returns nothing.
 */
AFIELD_EXPORT void afield_inside_fini(const struct afield_type *type, void *field);

#ifdef __cplusplus
}
#endif

/*
 * For the maker of a kind that takes T and perhaps a destructor, and knows how many of the two it
 * was given (AFIELD__COUNT). AFIELD_INSIDE stands behind the struct `name` with its member `value`;
 * out comes `name__inside`, a constant struct afield_inside. AFIELD_UNLESS_OWNED is its second
 * argument where there is no destructor, otherwise its third.
 */
#define AFIELD_INSIDE(count, name, T, destructor) \
	AFIELD__JOIN(AFIELD__INSIDE_, count)(name, T, destructor)
#define AFIELD_UNLESS_OWNED(count, plain, owner) \
	AFIELD__JOIN(AFIELD__UNLESS_OWNED_, count)(plain, owner)

#define AFIELD__INSIDE_1(name, T, none)                           \
	AFIELD__INSIDE_CHECK(name, T);                            \
	static const struct afield_inside __attribute__((unused)) \
	name##__inside = {offsetof(name, value), NULL}
#define AFIELD__INSIDE_2(name, T, destructor)                     \
	AFIELD__INSIDE_CHECK(name, T);                            \
	static inline void name##__destroy(void *value)           \
	{                                                         \
		destructor((name##_value *)value);                \
	}                                                         \
	static const struct afield_inside __attribute__((unused)) \
	name##__inside = {offsetof(name, value), name##__destroy}
#define AFIELD__UNLESS_OWNED_1(plain, owner) plain
#define AFIELD__UNLESS_OWNED_2(plain, owner) owner

#ifdef __cplusplus
#define AFIELD__INSIDE_COPYABLE(name, T)           \
	AFIELD__ASSERT(__is_trivially_copyable(T), \
		       "afield: '" #name "' holds a '" #T "', which is not trivially copyable")
#else
#define AFIELD__INSIDE_COPYABLE(name, T) AFIELD__ASSERT(1, "")
#endif
#define AFIELD__INSIDE_CHECK(name, T)                                                       \
	AFIELD__INSIDE_COPYABLE(name, T);                                                   \
	AFIELD__ASSERT(AFIELD__ALIGNOF(name) <= 16,                                         \
		       "afield: '" #name "' holds a '" #T "', which asks for more than 16 " \
		       "bytes of alignment")

#endif
