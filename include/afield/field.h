/* SPDX-License-Identifier: MIT */
/*
 * field: what every kind of field offers, and the macro that makes a field type.
 *
 * A field is a typed container that threads share: an atomic integer, a struct behind a seqlock, an
 * RCU-protected pointer. AFIELD_TYPE gives one a name, a kind and what it holds:
 *
 *	#include <afield/seqlock.h>
 *	AFIELD_TYPE(limits_seq, seqlock, struct limits);
 *
 * and the kind's header lists the functions that come out (limits_seq_load and so on). A field type
 * works alone, as a parameter, and as a row of any class (class.h). Each field type also has one
 * constant table, `struct afield_type`, by which class walks, the Python layer and tools use a
 * field whose kind they have never heard of. That table is the whole protocol.
 *
 * When to read on: to write a kind, or a tool that walks fields. To use fields, the header of a
 * kind is enough.
 *
 * A kind is one header with one line that registers it and one generator macro:
 *
 *	#define AFIELD_KIND_gauge (AFIELD__GAUGE)
 *	#define AFIELD__GAUGE(name, T) typedef T name##_value; ...
 *
 * The macro's first line is `typedef T name_value;`, so that a wrong type is reported once and on
 * the user's line. It then writes the struct `name`, typed one-line wrappers, and `name_type()`.
 * Four rules hold for every kind: bytes of zero are a fresh field; `fini` of a fresh field does
 * nothing; no member asks for more than 16 bytes of alignment, because Python gives no more; and
 * the header compiles as C11 and as C++11.
 *
 * Synchronization: the table is constant and may be read by anyone at any time. `load`, `store` and
 * the verbs may run beside each other on one field, whatever the kind; `fini` needs it alone.
 */
#ifndef AFIELD_FIELD_H
#define AFIELD_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/detail/macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The type code of a value that travels through the table: how many bytes, and what they mean. */
enum afield_type_code {
	AFIELD_OPAQUE,  /* bytes that only the owner of the type understands */
	AFIELD_NOTHING, /* no value at all: padding, or the result of a verb that returns none */
	AFIELD_BOOL,
	AFIELD_I8,
	AFIELD_I16,
	AFIELD_I32,
	AFIELD_I64,
	AFIELD_U8,
	AFIELD_U16,
	AFIELD_U32,
	AFIELD_U64,
	AFIELD_F32,
	AFIELD_F64,
	AFIELD_STRUCT,  /* bytes, with a member table when AFIELD_RECORD made the struct */
	AFIELD_OBJECT,  /* a pointer to an object of the host (Python), or NULL: see below */
	AFIELD_ITSELF,  /* in a verb: the same as the field itself holds */
	AFIELD_KEY,     /* in a view's verb: a key of the collection, as view->key says */
	AFIELD_BYTES,   /* struct afield_bytes: any bytes, of any length */
	AFIELD_TEXT,    /* the same, and the bytes are UTF-8 */
	AFIELD_INDEX,   /* an int64_t: a place in a sequence, from 0, or backwards from -1 */
	AFIELD_TAKEN,   /* a verb's result alone: struct afield_taken; a list in Python */
	AFIELD_SECONDS, /* a verb's parameter alone: a double, how long to wait; negative: forever
			   (None in Python) */
};

/* How many bytes a value of a scalar type code has, AFIELD_BOOL to AFIELD_F64. */
static inline size_t afield_scalar_size(enum afield_type_code type_code)
{
	if (type_code == AFIELD_BOOL)
		return sizeof(bool);
	if (type_code == AFIELD_I8 || type_code == AFIELD_U8)
		return 1;
	if (type_code == AFIELD_I16 || type_code == AFIELD_U16)
		return 2;
	return type_code == AFIELD_I32 || type_code == AFIELD_U32 || type_code == AFIELD_F32 ? 4
											     : 8;
}

/* A value of type code AFIELD_BYTES or AFIELD_TEXT. It points to the bytes and does not own
 * them. */
struct afield_bytes {
	const void *data;
	size_t size;
};

struct afield_type;

/*
 * A value of type code AFIELD_TAKEN: values that have left the field and are handed out one by one.
 * `next` writes the next one to *value, whose reference is the caller's, or drops it if `value` is
 * NULL; it returns false when there is none. The caller goes on to that point.
 */
struct afield_taken {
	bool (*next)(const struct afield_type *type, struct afield_taken *taken, void *value);
	void *rest; /* the kind's own */
};

struct afield_record; /* record.h */
struct afield_view;   /* these two below */
struct afield_lock_mode;
struct timespec;

/*
 * What a field holds: the type code of a value and its size in bytes. `record` is for
 * AFIELD_STRUCT: NULL, or a table without members, says that the struct is opaque; and for
 * AFIELD_U64 and AFIELD_I64, where it names the bits (type_code.h). AFIELD_VALUE_TYPE of
 * type_code.h writes one of these.
 */
struct afield_value_type {
	enum afield_type_code type_code;
	size_t size;
	const struct afield_record *record;
};

/*
 * A value of type code AFIELD_OBJECT is a reference. Who passes one in keeps it; who gets one out
 * (from load, or as the result of a verb) owns it and gives it back to the host. NULL is no object:
 * a store of NULL empties the field, and is -ENODATA when there was none.
 */

/* What stands for a parameter that a host's caller leaves out. Those that can be come last. */
enum afield_omitted {
	AFIELD_REQUIRED,  /* it cannot be left out */
	AFIELD_OR_NONE,   /* the host's nothing */
	AFIELD_OR_TRUE,   /* true */
	AFIELD_OR_LAST,   /* -1: the last place of a sequence */
	AFIELD_OR_ABSENT, /* nothing at all: for AFIELD_DEFAULT, whose -ENODATA is then raised */
};

/* What a parameter is for. A block and a default stay between the caller and the host. */
enum afield_parameter_use {
	AFIELD_ARGUMENT, /* passed to `call` */
	AFIELD_BLOCK,    /* whether to wait at all; an AFIELD_TIMEOUT comes next */
	AFIELD_TIMEOUT,  /* passed to `call`: seconds, 0 when the AFIELD_BLOCK is false */
	AFIELD_DEFAULT,  /* the last: what the caller gets in place of -ENODATA */
};

struct afield_parameter {
	const char *name;
	enum afield_type_code type_code;
	enum afield_omitted omitted;
	enum afield_parameter_use use;
};

/* The row of a parameter that is always given and passed on. */
#define AFIELD_PARAMETER(name, type_code)                         \
	{                                                         \
		name, type_code, AFIELD_REQUIRED, AFIELD_ARGUMENT \
	}

/*
 * One named operation of a field type, for callers that know it only by this table. `call` reads
 * an argument for each parameter, but those that are the host's own, from arguments[0], [1] and so
 * on, writes the result to *result, and returns 0 or a negative errno, in which case the field and
 * *result are unchanged. Shapes say what the pointers point to. `only_reads` says that it leaves
 * the field as it is: a host shows no other verb of a field that its author has called read-only or
 * frozen, so one that does not say is taken to change it.
 */
struct afield_verb {
	const char *name; /* as in C: "fetch_add" */
	const char *doc;  /* one sentence */
	enum afield_type_code result;
	unsigned parameter_count; /* 0 to 3 */
	struct afield_parameter parameters[3];
	int (*call)(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments);
	bool only_reads;
};

/* What is true of a field type, in struct afield_type.traits. */
enum afield_trait {
	/* The field's first `holds.size` bytes are the value, and one atomic access of that size
	 * with seq_cst order is the kind's own load or store. A caller may use it instead. */
	AFIELD_IS_ITS_VALUE = 1,
	/* Many threads write it: two such fields on one cache line slow each other down. */
	AFIELD_IS_HOT = 2,
};

/*
 * What only a host with objects, a collector and exceptions asks of a field type. A kind that keeps
 * references to the host's objects has `traverse` and `clear`, both or neither:
 *
 *   traverse  calls visit(object, argument) once for each reference that the field owns, returns at
 *             once what is not 0, otherwise 0. It never waits, tries a lock, allocates or counts.
 *   clear     gives the references up and leaves the field empty and usable, beside all operations.
 *             It never waits or allocates; where a lock is held it leaves the field as it is.
 *
 * A collector takes for garbage what it meets in one pass and not in the next, so traverse shows
 * the same each time. Hence the contract of every kind that keeps objects: references come in, move
 * and go out in threads that are attached to the host, which stand still meanwhile, and the field
 * is whole wherever such a thread calls the host or detaches. All other threads change no
 * reference. An owner that traverse does not meet (a thread that took one out) keeps the object
 * alive.
 *
 * `refusals` names the errors of a kind that are no mistake of the call but a refusal in the moment
 * (another thread's value, a borrow that is out): in Python each becomes an exception of that name,
 * a subclass of RuntimeError, in the module of the class. A name with a dot is an exception that
 * the host has already: "queue.Empty", "builtins.KeyError" (which carries the key of the call).
 * `reset_orphans` takes back what threads left in the field that a fork did not bring into this
 * process (fields/forks.md): 1 when there was something, 0 when not, or a negative errno. NULL: the
 * kind has nothing that could be left so, or puts it right by itself. It has nothing to do with a
 * host, and runs concurrent with everything but fini.
 *
 * `refused_by`, which may be NULL, is called in a thread whose operation has just been refused, and
 * returns the number (thread.h) of the thread that was in the way, or 0.
 */
struct afield_error_mapping {
	int error;        /* as the operation returns it: -EPERM */
	const char *name; /* "UnsendableError" */
	const char *text; /* what went wrong, for people */
};
struct afield_host_binding {
	int (*traverse)(const struct afield_type *type, void *field,
			int (*visit)(void *object, void *argument), void *argument);
	void (*clear)(const struct afield_type *type, void *field);
	const struct afield_error_mapping *error_mappings;
	size_t error_mapping_count;
	const struct afield_view *view;
	const struct afield_lock_mode *lock_modes; /* for reading first, for writing last */
	size_t lock_mode_count;
	uint64_t (*refused_by)(void);
	int (*reset_orphans)(const struct afield_type *type, void *field);
};

/*
 * How a host shows a field that is more than a value: a queue, a map, an event. Reading its
 * attribute gives a view, a small object that refers to the field and has methods of its own.
 *
 *   name     of the view's type: "Queue"
 *   base     an abstract class of the host that gives the methods which are made of others
 *            ("collections.abc.MutableMapping"), or NULL
 *   reading_base  the same for a field that is read-only: without methods that change it
 *            ("collections.abc.Mapping"), or NULL
 *   key      what AFIELD_KEY stands for; type code AFIELD_NOTHING where there are no keys
 *   verbs    the methods, under the names that the host's users know: put, get, __contains__. An
 *            error that `refusals` does not name is an OSError; -ENODATA is then None.
 *   properties  verbs without arguments that are read as attributes: queue.Queue's maxsize
 *   count    how many elements there are; NULL when there is nothing to count
 *   walk     calls each(key, value, argument) for the elements that it meets, and returns at once
 *            when that is not 0, otherwise returns 0 or a negative errno. Weakly consistent: what
 *            is there all the while is met once, what comes or goes meanwhile may be. `each`
 *            neither waits nor calls the host, so that it may run inside a read section; it copies
 *            what it gets, and owns a reference to each object. NULL: the elements cannot be
 *            listed.
 *   replace  puts `count` values, side by side at `values`, in place of all that is there, in one
 *            step: assignment to the attribute. NULL: the attribute cannot be assigned.
 *   splice   puts `count` values in place of those from `start` up to `stop`, which mean what they
 *            mean in a slice of Python's with a step of 1, in one step; or NULL.
 *   take     takes out the first element that is `value` bit for bit; -ENOENT: none is. Or NULL.
 *   take_any  takes out any one element, in one step; -ENODATA: there is none. Before that it calls
 *            each(key, value, argument), which copies it, and which it may call again with another
 *            when somebody else was first: the last call counts, and its references are then the
 *            caller's. As in a walk, `each` neither waits nor calls the host; what it returns, if
 *            not 0, take_any returns, and the field is as it was. Or NULL.
 */
struct afield_view {
	const char *name;
	const char *base;
	const char *reading_base;
	struct afield_value_type key;
	const struct afield_verb *verbs;
	size_t verb_count;
	const struct afield_verb *properties;
	size_t property_count;
	size_t (*count)(const struct afield_type *type, const void *field);
	int (*walk)(const struct afield_type *type, void *field,
		    int (*each)(const void *key, const void *value, void *argument),
		    void *argument);
	int (*replace)(const struct afield_type *type, void *field, const void *values,
		       size_t count);
	int (*splice)(const struct afield_type *type, void *field, int64_t start, int64_t stop,
		      const void *values, size_t count);
	int (*take)(const struct afield_type *type, void *field, const void *value);
	int (*take_any)(const struct afield_type *type, void *field,
			int (*each)(const void *key, const void *value, void *argument),
			void *argument);
};

/*
 * The call of a verb without arguments, whose result is the view's count, an AFIELD_U64: every kind
 * with a count has such a verb, under the name of its own: count, qsize, __len__.
 */
AFIELD_EXPORT int afield_view_count(const struct afield_type *type, void *field, void *result,
				    const void *const *arguments);

/*
 * A way to have the value of a field for longer than one call: a lock, a borrow. Who has one
 * reaches the value in place, and nobody changes it meanwhile but the one who may. Load and store
 * by the table can be made of a kind's locks (guard.h), and Python makes a context manager of each.
 * A type with locks keeps its value inside: its `detail` is a struct afield_inline_value
 * (inline_value.h).
 *
 *   begin      waits for a lock, till the deadline (-ETIMEDOUT) or forever when that is NULL; the
 *              host may end the wait (-EINTR). 0, or a negative errno. NULL: nobody waits, and
 *              try_begin is all there is.
 *   try_begin  never waits. 0, or a negative errno, for instance when it would have to wait.
 *   end        releases it, in the thread that took it, and never waits.
 */
struct afield_lock_mode {
	const char *name; /* "lock" */
	const char *doc;  /* one sentence */
	bool may_write;
	int (*begin)(const struct afield_type *type, void *field, const struct timespec *deadline);
	int (*try_begin)(const struct afield_type *type, void *field);
	void (*end)(const struct afield_type *type, void *field);
};

/*
 * The layout of all tables: struct afield_type, struct afield_class and what they point to. It
 * counts the releases that changed one. Each field type names it, so that a file which is compiled
 * for another one is not linked with this library, or not loaded: the linker or the loader says
 * that there is no afield_tables_have_layout_<number>.
 */
#define AFIELD_LAYOUT afield_tables_have_layout_1
AFIELD_EXPORT extern const char AFIELD_LAYOUT;

/*
 * The table of a field type. Functions that a kind has no use for are NULL. All of them take the
 * table itself first, so that one function serves every type of a kind.
 *
 *   load   copies the value to *value. 0, or -ENODATA when the field is empty.
 *   store  replaces the value by a copy of *value. 0, or a negative errno and the old value stays.
 *   fini   gives back what the field owns. Nobody else uses the field, then or later.
 */
struct afield_type {
	const char *layout; /* &AFIELD_LAYOUT */
	const char *name;   /* "limits_seq" */
	const char *kind;   /* "seqlock" */
	size_t size;
	size_t alignment;
	struct afield_value_type value_type;
	unsigned traits;
	int (*load)(const struct afield_type *type, const void *field, void *value);
	int (*store)(const struct afield_type *type, void *field, const void *value);
	void (*fini)(const struct afield_type *type, void *field);
	const struct afield_verb *verbs;
	size_t verb_count;
	const void *detail;                        /* the kind's own constants for this type */
	const struct afield_host_binding *binding; /* NULL: holds no objects and refuses nothing */
};

/* The fini of a field by its table. Concurrent with it: nobody on the field. Never fails. */
static inline void afield_field_fini(const struct afield_type *type, void *field)
{
	if (type->fini)
		type->fini(type, field);
}

#ifdef __cplusplus
}
#endif

/*
 * AFIELD_TYPE(name, kind, T, ...): a field type. Everything after the kind goes to the kind's
 * generator macro; what it declares is listed in the kind's header. The user writes the semicolon.
 * It stands at file scope, or in a namespace of C++. A kind that no included header registers ends
 * in one sentence that names it.
 */
#define AFIELD_TYPE(name, kind, ...)                                                              \
	AFIELD__IN_NAMESPACE(AFIELD_TYPE);                                                        \
	AFIELD__ASSERT(sizeof("" #__VA_ARGS__) > 1,                                               \
		       "afield: '" #name "' does not say what it holds; write AFIELD_TYPE(" #name \
		       ", " #kind ", int) with the type in place of int");                        \
	AFIELD__MAY_BE_UNUSED                                                                     \
	AFIELD__MAKE(AFIELD__IS_KIND(AFIELD_KIND_##kind), AFIELD_KIND_##kind, name, kind,         \
		     __VA_ARGS__)                                                                 \
	AFIELD__MAY_BE_UNUSED_END

#define AFIELD__MAKE(known, maker, name, kind, ...) \
	AFIELD__MAKE_(known, maker, name, kind, __VA_ARGS__)
#define AFIELD__MAKE_(known, maker, name, kind, ...) \
	AFIELD__MAKE_##known(maker, name, kind, __VA_ARGS__)
#define AFIELD__MAKE_1(maker, name, kind, ...) AFIELD__UNWRAP maker(name, __VA_ARGS__)
#define AFIELD__MAKE_0(maker, name, kind, ...)                                                  \
	AFIELD__ASSERT(0, "afield: '" #name "' names the kind '" #kind                          \
			  "', which no included header offers; include the header of the kind " \
			  "(the README lists them) or correct the name")

#endif
