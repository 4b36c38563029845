/* SPDX-License-Identifier: MIT */
/*
 * class: a struct of fields, and the table that describes it.
 *
 *	#define ACCOUNT(field)                                            \
 *		field(afield_i64,  hits)                                  \
 *		field(limits_seq,  limits, AFIELD_READONLY, "The limits") \
 *		field(profile_rcu, profile)
 *	AFIELD_CLASS(account, ACCOUNT);
 *
 * makes `struct account` (and the type name `account`), `account_class()` and `account_fini()`.
 * Bytes of zero are a fresh object, so there is no init; in C++ `account a;` is zero, static or
 * not, and an object is neither copied nor moved. A class needs no borrow check: each field is
 * lock-free or waits its turn, and no two threads are ever told to go away.
 *
 * A row is a field type, a name, and up to three optional arguments in this order:
 *   flags        AFIELD_READONLY, AFIELD_VERBS, AFIELD_HIDDEN, AFIELD_FROZEN, AFIELD_GUARDS, or 0;
 *                joined by |
 *   doc          a string: what the field means, for describe and for Python
 *   python_name  a string: the attribute's name in Python where it is not the field's
 *
 * When to use it: for any struct whose members threads share. When not: for a struct that one field
 * holds as a value; that is a record (record.h). Two fields that must change together belong in one
 * field that holds a record; the class gives no atomicity across rows.
 *
 * Synchronization: the table is constant. Each field keeps its own contract. `account_fini` needs
 * the object alone: no other thread uses it then or later.
 */
#ifndef AFIELD_CLASS_H
#define AFIELD_CLASS_H

#include <afield/field.h>
#include <afield/detail/export.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The flags of a row. */
enum afield_row_flag {
	AFIELD_READONLY = 1, /* Python and other holders of the table read it and never change it */
	AFIELD_VERBS = 2,    /* Python offers the kind's verbs as methods: hits_fetch_add; of a row
			      * that is read-only or frozen those that leave it as it is */
	AFIELD_HIDDEN = 4,   /* Python does not see it */
	AFIELD_FROZEN = 8,   /* Python sets it in the constructor, once, and then reads it */
	AFIELD_GUARDS = 16,  /* Python offers the kind's locks: with account.stream_lock() */
};

/* One row of a class: a field, where it is, and what its author says of it. */
struct afield_row {
	const char *name;
	const struct afield_type *(*type)(void);
	size_t offset; /* in bytes, from the start of the object */
	unsigned flags;
	const char *doc;         /* may be NULL */
	const char *python_name; /* NULL: the same as name */
};

/* The table of a class. */
struct afield_class {
	const char *name;
	size_t size;
	size_t alignment;
	const struct afield_row *rows;
	size_t row_count;
};

/*
 * Finishes every field of an object, in the order of the rows. A zeroed object is left as it is.
 *   Concurrent with it: nobody. The object is not used then or later.
 *   Progress: that of each kind's fini; none waits for readers.
 *   Ordering: none; the caller has the object alone.
 *   Returns nothing.
 */
AFIELD_EXPORT void afield_fini(const struct afield_class *table, void *object);

/*
 * For the tp_traverse and tp_clear, or what their host calls so, of a type that was not made by
 * afield: they go through the fields that keep references to the host's objects, as struct
 * afield_host_binding of field.h says. `object` points to the class's struct, wherever that lies in
 * the host's object. The last step is afield_fini, in the function that ends the object.
 *
 * afield_class_traverse: calls visit(object, argument) for each reference, and returns at once what
 *   is not 0, otherwise 0. It never waits, allocates or counts references.
 *   Concurrent with it: as the kinds' traverse; in a collection only. Progress: that of `visit`.
 *   Ordering: none. Never fails; in a debug build without a host it is a misuse (misuse.h).
 *
 * afield_class_clear: gives the references up and leaves the fields empty and usable.
 *   Concurrent with it: every operation of the fields but fini; in a thread that is attached to the
 *   host.
 *   Progress: that of what the last references set off. Ordering: that of each kind. Never fails.
 */
AFIELD_EXPORT int afield_class_traverse(const struct afield_class *table, void *object,
					int (*visit)(void *object, void *argument), void *argument);
AFIELD_EXPORT void afield_class_clear(const struct afield_class *table, void *object);

/*
 * In the child of a fork: takes back what threads left in the object's fields that the child does
 * not have: locks, borrows, a value half made. fields/forks.md says for each kind what that is, and
 * what is right without this call. The values stay as those threads left them; whoever calls this
 * knows that the program can go on with them. The place for it is the beginning of the child,
 * before it starts threads, in the thread that forked and outside its own locks and borrows.
 *   Concurrent with: every operation of the fields but fini. Progress: that of each kind's reset;
 *   none waits. Ordering: what happened before it is seen by who takes a lock that it gave back.
 *   Returns how many fields had something left in them; or a negative errno, of the first field
 *   that could not be put right (-EPERM, -ENOMEM: see name_reset_orphans of its kind),
 *   when the others are put right.
 */
AFIELD_EXPORT int afield_class_reset_orphans(const struct afield_class *table, void *object);

/*
 * The row with this name, or NULL.
 *   Concurrent with it: anyone. Progress: wait-free. Ordering: none; tables are constant.
 */
AFIELD_EXPORT const struct afield_row *afield_row(const struct afield_class *table,
						  const char *name);

/*
 * Writes a description of the class into `text`, at most `size` bytes with the final zero: one line
 * for each field (name, kind, what it holds, offset, size, cache lines of 64 bytes when the object
 * starts at one), and one warning for each pair of neighbouring hot fields that share a line. A
 * field is hot when its kind says that many threads write it and its row is not read-only.
 *   Concurrent with it: anyone. Progress: wait-free. Ordering: none; tables are constant.
 *   Returns the length of the whole description, as snprintf does; text may be NULL if size is 0.
 *
 * afield_describe_object: the same of one object, with the number of elements in each collection.
 *   Concurrent with it: every operation of the fields but fini. Progress: that of counting; a queue
 *   counts by going through what is in it. Ordering: that of each kind's count. Returns the same.
 */
AFIELD_EXPORT size_t afield_describe(const struct afield_class *table, char *text, size_t size);
AFIELD_EXPORT size_t afield_describe_object(const struct afield_class *table, const void *object,
					    char *text, size_t size);

#ifdef __cplusplus
}
#endif

/*
 * AFIELD_CLASS(name, LIST) at file scope, or in a namespace of C++, for a class that one
 * translation unit uses. It declares
 *   typedef struct name {...} name;
 *   static inline const struct afield_class *name_class(void);
 *   static inline void name_fini(name *object);
 *
 * A class that several translation units share has one table: AFIELD_CLASS_DECLARE(name, LIST) in a
 * header, C or C++, and AFIELD_CLASS_DEFINE(name, LIST) in one source file. The functions are the
 * same, with external linkage and C names.
 */
#define AFIELD_CLASS(name, LIST)          \
	AFIELD__CLASS_STRUCT(name, LIST); \
	AFIELD__CLASS_FUNCTIONS(static inline __attribute__((unused)), name, LIST)

#define AFIELD_CLASS_DECLARE(name, LIST)                                 \
	AFIELD__CLASS_STRUCT(name, LIST);                                \
	AFIELD__C_LINKAGE const struct afield_class *name##_class(void); \
	AFIELD__C_LINKAGE void name##_fini(name *object)

#define AFIELD_CLASS_DEFINE(name, LIST) AFIELD__CLASS_FUNCTIONS(AFIELD__C_LINKAGE, name, LIST)

#ifdef __cplusplus
#define AFIELD__C_LINKAGE extern "C"
#else
#define AFIELD__C_LINKAGE
#endif

#define AFIELD__CLASS_STRUCT(name, LIST)                               \
	AFIELD__IN_NAMESPACE(AFIELD_CLASS);                            \
	AFIELD__ASSERT(0 LIST(AFIELD__ROW_COUNT) > 0,                  \
		       "afield: the class '" #name "' has no fields"); \
	typedef struct name {                                          \
		LIST(AFIELD__ROW_MEMBER)                               \
	} name;                                                        \
	AFIELD__ASSERT(AFIELD__ALIGNOF(name) <= 16,                    \
		       "afield: a field of '" #name "' asks for more than 16 bytes of alignment")

#define AFIELD__CLASS_FUNCTIONS(linkage, name, LIST)                                             \
	linkage const struct afield_class *name##_class(void)                                    \
	{                                                                                        \
		typedef name afield__self;                                                       \
		static const struct afield_row rows[] = {LIST(AFIELD__ROW)};                     \
		static const struct afield_class table = {                                       \
			#name, sizeof(name), AFIELD__ALIGNOF(name), rows, AFIELD__LENGTH(rows)}; \
		return &table;                                                                   \
	}                                                                                        \
	linkage void name##_fini(name *object)                                                   \
	{                                                                                        \
		afield_fini(name##_class(), object);                                             \
	}                                                                                        \
	AFIELD__SEMICOLON

#define AFIELD__ROW_COUNT(...) +1

/* In C++ an object is zero when it is declared. C has no word for that in a struct. */
#ifdef __cplusplus
#define AFIELD__ROW_ZERO \
	{                \
	}
#else
#define AFIELD__ROW_ZERO
#endif

/* A row of the list as a member of the struct. */
#define AFIELD__ROW_MEMBER(...) AFIELD__ROW_MEMBER_(AFIELD__COUNT(__VA_ARGS__), __VA_ARGS__, 0)
#define AFIELD__ROW_MEMBER_(count, ...) AFIELD__JOIN(AFIELD__ROW_MEMBER_, count)(__VA_ARGS__)
#define AFIELD__ROW_MEMBER_1(type, ...)                                             \
	AFIELD__ASSERT(0, "afield: field(" #type ") lacks a type or a name; write " \
			  "field(afield_i64, hits)");
#define AFIELD__ROW_MEMBER_2(type, name, ...)      \
	AFIELD__ROW_IS_WHOLE("field", type, name); \
	type name AFIELD__ROW_ZERO;
#define AFIELD__ROW_MEMBER_3(type, name, ...) AFIELD__ROW_MEMBER_2(type, name, ~)
#define AFIELD__ROW_MEMBER_4(type, name, ...) AFIELD__ROW_MEMBER_2(type, name, ~)
#define AFIELD__ROW_MEMBER_5(type, name, ...) AFIELD__ROW_MEMBER_2(type, name, ~)
#define AFIELD__ROW_MEMBER_6(type, name, ...)          \
	AFIELD__ASSERT(0, "afield: the row of '" #name \
			  "' has more than flags, a doc and a Python name behind its name");

/* The same row in the table. */
#define AFIELD__ROW(...) AFIELD__ROW_(__VA_ARGS__, 0, NULL, NULL, ~)
#define AFIELD__ROW_(type, name, flags, doc, python_name, ...) \
	{#name, type##_type, offsetof(afield__self, name), flags, doc, python_name},

#endif
