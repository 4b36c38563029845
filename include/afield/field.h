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
 * A kind is one header with one line that registers it and one macro, its maker:
 *
 *	#define AFIELD_KIND_gauge (AFIELD__GAUGE)
 *	#define AFIELD__GAUGE(name, T) typedef T name##_value; ...
 *
 * The maker's first line is `typedef T name_value;`, so that a wrong type is reported once and on
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

#include "export.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#define AFIELD__ASSERT(condition, sentence) static_assert(condition, sentence)
#define AFIELD__ALIGNOF(T) alignof(T)
#else
#define AFIELD__ASSERT(condition, sentence) _Static_assert(condition, sentence)
#define AFIELD__ALIGNOF(T) _Alignof(T)
#endif

/* The shape of a value that travels through the table: how many bytes, and what they mean. */
enum afield_shape {
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
	AFIELD_STRUCT, /* bytes, with a member table when AFIELD_RECORD made the struct */
	AFIELD_OBJECT, /* a pointer to an object of the host (Python), or NULL: see below */
	AFIELD_ITSELF, /* in a verb: the same as the field itself holds */
	AFIELD_KEY,    /* in a view's verb: a key of the collection, as view->key says */
	AFIELD_BYTES,  /* struct afield_bytes: any bytes, of any length */
	AFIELD_TEXT,   /* the same, and the bytes are UTF-8 */
	AFIELD_INDEX,  /* an int64_t: a place in a sequence, from 0, or backwards from -1 */
	AFIELD_TAKEN,  /* a verb's result alone: struct afield_taken; a list in Python */
	/* For the last argument of a verb alone: */
	AFIELD_SECONDS,      /* a double, how long to wait; negative: for ever (None in Python) */
	AFIELD_WAITING,      /* the same; in Python two arguments, block=True and timeout=None */
	AFIELD_DEFAULT,      /* not passed on: what a host's caller gets in place of -ENODATA */
	AFIELD_DEFAULT_NONE, /* the same, and None when the caller leaves it out */
	AFIELD_INDEX_LAST,   /* as AFIELD_INDEX; -1 when the caller leaves it out */
	AFIELD_ITSELF_NONE,  /* as AFIELD_ITSELF; None when the caller leaves it out */
};

/* How many bytes a value of a scalar shape has, AFIELD_BOOL to AFIELD_F64. */
static inline size_t afield_scalar_size(enum afield_shape shape)
{
	switch (shape) {
	case AFIELD_BOOL:
		return sizeof(bool);
	case AFIELD_I8:
	case AFIELD_U8:
		return 1;
	case AFIELD_I16:
	case AFIELD_U16:
		return 2;
	case AFIELD_I32:
	case AFIELD_U32:
	case AFIELD_F32:
		return 4;
	default:
		return 8;
	}
}

/* A value of shape AFIELD_BYTES or AFIELD_TEXT. It points to the bytes and does not own them. */
struct afield_bytes {
	const void *data;
	size_t size;
};

struct afield_type;

/*
 * A value of shape AFIELD_TAKEN: values that have left the field and are handed out one by one.
 * `next` writes the next one to *value, whose reference is the caller's, or drops it if `value` is
 * NULL; it returns false when there is none. The caller goes on to that point.
 */
struct afield_taken {
	bool (*next)(const struct afield_type *type, struct afield_taken *taken, void *value);
	void *rest; /* the kind's own */
};

struct afield_record; /* record.h */
struct afield_view;   /* these two below */
struct afield_turn;
struct timespec;

/*
 * What a field holds: the shape of a value and its size in bytes. `record` is for AFIELD_STRUCT:
 * NULL, or a table without members, says that the struct is opaque; and for AFIELD_U64 and
 * AFIELD_I64, where it names the bits (shape.h). AFIELD_HOLDS(T) of shape.h writes one of these.
 */
struct afield_holds {
	enum afield_shape shape;
	size_t size;
	const struct afield_record *record;
};

/*
 * A value of shape AFIELD_OBJECT is a reference. Who passes one in keeps it; who gets one out (from
 * load, or as the result of a verb) owns it and gives it back to the host. NULL is no object: a
 * store of NULL empties the field, and is -ENODATA when there was none.
 */

/*
 * One named operation of a field type, for callers that know it only by this table. `call` reads
 * each argument from arguments[i], writes the result to *result, and returns 0 or a negative errno,
 * in which case the field and *result are unchanged. Shapes say what the pointers point to.
 */
struct afield_verb {
	const char *name; /* as in C: "fetch_add" */
	const char *doc;  /* one sentence */
	enum afield_shape result;
	unsigned argument_count; /* 0 to 3 */
	enum afield_shape arguments[3];
	const char *argument_names[3];
	int (*call)(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments);
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
 *   traverse  calls visit(object, argument) once for each reference that the field owns and returns
 *             at once when that is not 0, otherwise returns 0. It runs while other threads may be
 *             stopped at any point, so it never waits, allocates or counts references: what it
 *             cannot look at without waiting it leaves out, and the collector comes again.
 *   clear     gives the references up and leaves the field empty and usable. Operations run beside.
 *
 * `refusals` names the errors of a kind that are no mistake of the call but a refusal in the moment
 * (another thread's value, a borrow that is out): in Python each becomes an exception of that name,
 * a subclass of RuntimeError, in the module of the class. A name with a dot is an exception that
 * the host has already: "queue.Empty", "builtins.KeyError" (which carries the key of the call).
 * `refused_by`, which may be NULL, is called in a thread whose operation has just been refused, and
 * returns the number (thread.h) of the thread that was in the way, or 0.
 */
struct afield_refusal {
	int error;        /* as the operation returns it: -EPERM */
	const char *name; /* "UnsendableError" */
	const char *text; /* what went wrong, for people */
};
struct afield_hosted {
	int (*traverse)(const struct afield_type *type, void *field,
			int (*visit)(void *object, void *argument), void *argument);
	void (*clear)(const struct afield_type *type, void *field);
	const struct afield_refusal *refusals;
	size_t refusal_count;
	const struct afield_view *view;
	const struct afield_turn *turns; /* for reading first, for writing last */
	size_t turn_count;
	uint64_t (*refused_by)(void);
};

/*
 * How a host shows a field that is more than a value: a queue, a map, an event. Reading its
 * attribute gives a view, a small object that refers to the field and has methods of its own.
 *
 *   name     of the view's type: "Queue"
 *   base     an abstract class of the host that gives the methods which are made of others
 *            ("collections.abc.MutableMapping"), or NULL
 *   key      what AFIELD_KEY stands for; shape AFIELD_NOTHING where there are no keys
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
 */
struct afield_view {
	const char *name;
	const char *base;
	struct afield_holds key;
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
};

/*
 * The call of a verb without arguments, whose result is the view's count, an AFIELD_U64: every kind
 * with a count has such a verb, under the name of its own: count, qsize, __len__.
 */
AFIELD_EXPORT int afield_view_count(const struct afield_type *type, void *field, void *result,
				    const void *const *arguments);

/*
 * A way to have the value of a field for longer than one call: a lock, a borrow. Who has a turn
 * reaches the value in place, and nobody changes it meanwhile but the one who may. Load and store
 * by the table can be made of a kind's turns (turn.h), and Python makes a context manager of each.
 * A type with turns keeps its value inside: its `detail` is a struct afield_inside (inside.h).
 *
 *   begin      waits for a turn, till the deadline (-ETIMEDOUT) or for ever when that is NULL; the
 *              host may end the wait (-EINTR). 0, or a negative errno. NULL: nobody waits, and
 *              try_begin is all there is.
 *   try_begin  never waits. 0, or a negative errno, for instance when it would have to wait.
 *   end        ends this thread's turn, in the thread that began it, and never waits.
 */
struct afield_turn {
	const char *name; /* "lock" */
	const char *doc;  /* one sentence */
	bool may_write;
	int (*begin)(const struct afield_type *type, void *field, const struct timespec *deadline);
	int (*try_begin)(const struct afield_type *type, void *field);
	void (*end)(const struct afield_type *type, void *field);
};

/*
 * The table of a field type. Functions that a kind has no use for are NULL. All of them take the
 * table itself first, so that one function serves every type of a kind.
 *
 *   load   copies the value to *value. 0, or -ENODATA when the field is empty.
 *   store  replaces the value by a copy of *value. 0, or a negative errno and the old value stays.
 *   fini   gives back what the field owns. Nobody else uses the field, then or later.
 */
struct afield_type {
	const char *name; /* "limits_seq" */
	const char *kind; /* "seqlock" */
	size_t size;
	size_t alignment;
	struct afield_holds holds;
	unsigned traits;
	int (*load)(const struct afield_type *type, const void *field, void *value);
	int (*store)(const struct afield_type *type, void *field, const void *value);
	void (*fini)(const struct afield_type *type, void *field);
	const struct afield_verb *verbs;
	size_t verb_count;
	const void *detail;                 /* the kind's own constants for this type */
	const struct afield_hosted *hosted; /* NULL: holds no objects and refuses nothing */
};

#ifdef __cplusplus
}
#endif

/*
 * AFIELD_TYPE(name, kind, T, ...): a field type. Everything after the kind goes to the kind's
 * maker; what comes out is listed in the kind's header. The user writes the semicolon. A kind that
 * no included header registers ends in one sentence that names it.
 */
#define AFIELD_TYPE(name, kind, ...)                                                              \
	AFIELD__ASSERT(sizeof("" #__VA_ARGS__) > 1,                                               \
		       "afield: '" #name "' does not say what it holds; write AFIELD_TYPE(" #name \
		       ", " #kind ", int) with the type in place of int");                        \
	AFIELD__MAY_BE_UNUSED                                                                     \
	AFIELD__MAKE(AFIELD__IS_KIND(AFIELD_KIND_##kind), AFIELD_KIND_##kind, name, kind,         \
		     __VA_ARGS__)                                                                 \
	AFIELD__MAY_BE_UNUSED_END

/* Nobody calls every function that comes out, and clang would name each that is left. */
#ifdef __clang__
#define AFIELD__MAY_BE_UNUSED \
	_Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wunused-function\"")
#define AFIELD__MAY_BE_UNUSED_END _Pragma("clang diagnostic pop")
#else
#define AFIELD__MAY_BE_UNUSED
#define AFIELD__MAY_BE_UNUSED_END
#endif

#define AFIELD__MAKE(known, maker, name, kind, ...) \
	AFIELD__MAKE_(known, maker, name, kind, __VA_ARGS__)
#define AFIELD__MAKE_(known, maker, name, kind, ...) \
	AFIELD__MAKE_##known(maker, name, kind, __VA_ARGS__)
#define AFIELD__MAKE_1(maker, name, kind, ...) AFIELD__UNWRAP maker(name, __VA_ARGS__)
#define AFIELD__MAKE_0(maker, name, kind, ...)                                          \
	AFIELD__ASSERT(0, "afield: '" #name "' names the kind '" #kind                  \
			  "', which no included header offers; #include <afield/" #kind \
			  ".h> or correct the name")

/* 1 when the argument begins with a parenthesis, as a registered kind does, otherwise 0. */
#define AFIELD__IS_KIND(maker) AFIELD__SECOND(AFIELD__PROBE maker, 0, 0)
#define AFIELD__PROBE(...) 0, 1
#define AFIELD__SECOND(...) AFIELD__SECOND_(__VA_ARGS__)
#define AFIELD__SECOND_(first, second, ...) second
#define AFIELD__UNWRAP(...) __VA_ARGS__

/* The number of arguments, 1 to 8. */
#define AFIELD__COUNT(...) AFIELD__COUNT_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define AFIELD__COUNT_(a, b, c, d, e, f, g, h, count, ...) count

/* Joins two tokens after expanding them. */
#define AFIELD__JOIN(left, right) AFIELD__JOIN_(left, right)
#define AFIELD__JOIN_(left, right) left##right

#endif
