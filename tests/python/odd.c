/* SPDX-License-Identifier: MIT */
/*
 * odd: what the kinds do not do. Fields of the tests' own of which every operation fails as fail()
 * says, with verbs that Python cannot be shown; and records that are larger than the layer's room on
 * the stack, in a field of each kind.
 */
#include <afield/python.h>

#include <afield/rcu.h>

#include "module.h"
#include "objects.h"

#define PAGE(member)                                                                              \
	member(int64_t, a) member(int64_t, b) member(int64_t, c) member(int64_t, d) member(       \
		int64_t, e) member(int64_t, f) member(int64_t, g) member(int64_t, h)              \
		member(int64_t, i) member(int64_t, j) member(int64_t, k) member(int64_t, l)       \
			member(int64_t, m) member(int64_t, n) member(int64_t, o) member(          \
				int64_t, p) member(int64_t, q) member(int64_t, r)                 \
				member(int64_t, s) member(int64_t, t) member(int64_t, u) member(  \
					int64_t, v) member(int64_t, w) member(int64_t, x)         \
					member(int64_t, y) member(int64_t, z) member(int64_t, aa) \
						member(int64_t, bb) member(int64_t, cc)           \
							member(int64_t, dd) member(int64_t, ee)   \
								member(int64_t, ff)               \
									member(int64_t, gg)
AFIELD_RECORD(page, PAGE);
AFIELD_TYPE(page_seq, seqlock, struct page);
AFIELD_TYPE(page_locked, locked, struct page);
AFIELD_TYPE(page_cell, cell, struct page);
AFIELD_TYPE(page_rcu, rcu, struct page);
AFIELD_TYPE(page_list, list, struct page);
AFIELD_TYPE(page_map, map, int64_t, struct page);
AFIELD_TYPE(page_queue, queue, struct page);
AFIELD_TYPE(page_ring, ring, struct page, 4);
AFIELD_TYPE(page_stack, stack, struct page);
#define BOOK(field)                                              \
	field(page_seq, seq, AFIELD_VERBS)                       \
	field(page_locked, locked, AFIELD_VERBS | AFIELD_GUARDS) \
	field(page_cell, cell, AFIELD_VERBS | AFIELD_GUARDS)     \
	field(page_rcu, rcu, AFIELD_VERBS)                       \
	field(page_list, list)                                   \
	field(page_map, map)                                     \
	field(page_queue, queue)                                 \
	field(page_ring, ring)                                   \
	field(page_stack, stack)
AFIELD_CLASS(book, BOOK);

/* 0, or a negative errno: what each operation of the fields below returns. */
static int failure;
static PyObject *fail(PyObject *module, PyObject *number)
{
	(void)module;
	failure = -(int)PyLong_AsLong(number);
	Py_RETURN_NONE;
}

typedef struct {
	int64_t value;
} broken;

static int load(const struct afield_type *type, const void *field, void *value)
{
	(void)type;
	memcpy(value, field, sizeof(int64_t));
	return failure;
}

static int store(const struct afield_type *type, void *field, const void *value)
{
	(void)type;
	memcpy(field, value, failure ? 0 : sizeof(int64_t));
	return failure;
}

static int call(const struct afield_type *type, void *field, void *result,
		const void *const *arguments)
{
	(void)type, (void)field
	, (void)arguments;
	if (result)
		memset(result, 0, sizeof(int64_t));
	return failure;
}

static int walk(const struct afield_type *type, void *field,
		int (*each)(const void *key, const void *value, void *argument), void *argument)
{
	int32_t key = 7;

	for (int i = 0; i < 3; i++) {
		int error = each(&key, field, argument);

		if (error)
			return error;
	}
	(void)type;
	return failure;
}

static int replace(const struct afield_type *type, void *field, const void *values, size_t count)
{
	(void)type, (void)field
	, (void)values, (void)count;
	return failure;
}

static int splice(const struct afield_type *type, void *field, int64_t start, int64_t stop,
		  const void *values, size_t count)
{
	(void)start, (void)stop;
	return replace(type, field, values, count);
}

/* What taking one out returns, once. */
static int take_failure;
static PyObject *fail_take(PyObject *module, PyObject *number)
{
	(void)module;
	take_failure = -(int)PyLong_AsLong(number);
	Py_RETURN_NONE;
}

static int take(const struct afield_type *type, void *field, const void *value)
{
	int now = take_failure;

	(void)type, (void)field
	, (void)value;
	take_failure = 0;
	return now;
}

static int take_any(const struct afield_type *type, void *field,
		    int (*each)(const void *key, const void *value, void *argument), void *argument)
{
	int32_t key = 7;

	(void)type;
	(void)each(&key, field, argument); /* the first attempt */
	return failure ? failure : each(&key, field, argument);
}

#define VERB(title, gives, count, ...)                                                  \
	{                                                                               \
		.name = title, .result = gives, .call = call, .parameter_count = count, \
		.parameters = {                                                         \
			__VA_ARGS__                                                     \
		}                                                                       \
	}
static const struct afield_verb verbs[] = {
	VERB("set", AFIELD_NOTHING, 1, AFIELD_PARAMETER("bits", AFIELD_ITSELF)),
	VERB("clear", AFIELD_NOTHING, 1, AFIELD_PARAMETER("bits", AFIELD_ITSELF)),
	VERB("poke", AFIELD_ITSELF, 0, {NULL, AFIELD_NOTHING, AFIELD_REQUIRED, AFIELD_ARGUMENT}),
	/* None of these can be shown. */
	VERB("takes_four", AFIELD_NOTHING, 4, AFIELD_PARAMETER("one", AFIELD_ITSELF)),
	VERB("takes_bytes", AFIELD_NOTHING, 1, AFIELD_PARAMETER("what", AFIELD_OPAQUE)),
	VERB("takes_last", AFIELD_NOTHING, 2, AFIELD_PARAMETER("one", AFIELD_ITSELF),
	     AFIELD_PARAMETER("what", AFIELD_OPAQUE)),
	VERB("takes_key", AFIELD_NOTHING, 1, AFIELD_PARAMETER("what", AFIELD_KEY)),
	VERB("gives_bytes", AFIELD_OPAQUE, 0,
	     {NULL, AFIELD_NOTHING, AFIELD_REQUIRED, AFIELD_ARGUMENT}),
	VERB("gives_key", AFIELD_KEY, 0, {NULL, AFIELD_NOTHING, AFIELD_REQUIRED, AFIELD_ARGUMENT}),
};
static const struct afield_error_mapping mappings[] = {
	{-EBUSY, "BusyError", "it is busy"},
	{-EINTR, "builtins.InterruptedError", "it is interrupted"},
};
/* The first two are of a bits' own table: a kind whose bits cannot be set one by one. */
static const struct afield_verb other_verbs[] = {
	VERB("set", AFIELD_ITSELF, 1, AFIELD_PARAMETER("bits", AFIELD_ITSELF)),
	VERB("clear", AFIELD_NOTHING, 1, AFIELD_PARAMETER("bits", AFIELD_I64)),
};
static const struct afield_member bits[] = {
	{"low", AFIELD_BOOL, 0, "The lowest bit."},
	{"high", AFIELD_BOOL, 63, "bool: the highest bit."},
};
static const struct afield_member *bit_members(size_t *count)
{
	*count = 2;
	return bits;
}
static const struct afield_record bit_record = {"broken_bits", sizeof(uint64_t), bit_members};

#define VIEW(view_name, view_base, key_code, key_size, ...)                                      \
	{                                                                                        \
		.name = view_name, .base = view_base, .reading_base = view_base,                 \
		.key = {key_code, key_size, NULL}, .walk = walk, .replace = replace, __VA_ARGS__ \
	}
#define BASE "collections.abc."
static const struct afield_view views[] = {
	VIEW("List", BASE "Sequence", AFIELD_NOTHING, 1, .splice = splice, .take = take),
	VIEW("Map", BASE "Mapping", AFIELD_I32, sizeof(int32_t), .take_any = take_any),
	VIEW("Bag", NULL, AFIELD_NOTHING, 1, .count = NULL),
};
static const struct afield_host_binding bindings[] = {
	{.error_mappings = mappings, .error_mapping_count = 2},
	{.error_mappings = mappings, .error_mapping_count = 2, .view = &views[0]},
	{.error_mappings = mappings, .error_mapping_count = 2, .view = &views[1]},
	{.error_mappings = mappings, .error_mapping_count = 2, .view = &views[2]},
};

#define BROKEN(id, code, bit_names, its_verbs, its_binding)                       \
	typedef broken id;                                                        \
	static const struct afield_type *id##_type(void)                          \
	{                                                                         \
		static const struct afield_type type = {                          \
			.layout = &AFIELD_LAYOUT,                                 \
			.name = #id,                                              \
			.kind = "broken",                                         \
			.size = sizeof(broken),                                   \
			.alignment = _Alignof(broken),                            \
			.value_type = {code, sizeof(int64_t), bit_names},         \
			.load = load,                                             \
			.store = store,                                           \
			.verbs = its_verbs,                                       \
			.verb_count = sizeof(its_verbs) / sizeof((its_verbs)[0]), \
			.binding = its_binding,                                   \
		};                                                                \
		return &type;                                                     \
	}
BROKEN(Number, AFIELD_I64, NULL, verbs, &bindings[0])
BROKEN(Bare, AFIELD_I64, NULL, verbs, NULL)
BROKEN(Bits, AFIELD_U64, &bit_record, verbs, &bindings[0])
BROKEN(Fixed, AFIELD_U64, &bit_record, other_verbs, &bindings[0])
BROKEN(List, AFIELD_I64, NULL, verbs, &bindings[1])
BROKEN(Map, AFIELD_I64, NULL, verbs, &bindings[2])
BROKEN(Bag, AFIELD_I64, NULL, verbs, &bindings[3])

#define SHARDS(field)                       \
	field(Number, number, AFIELD_VERBS) \
	field(Bare, bare, AFIELD_VERBS)     \
	field(Bits, bits, AFIELD_VERBS)     \
	field(Fixed, fixed, AFIELD_VERBS)   \
	field(List, list, AFIELD_VERBS)     \
	field(Map, map, AFIELD_VERBS)       \
	field(Bag, bag, AFIELD_VERBS)       \
	field(Number, hidden, AFIELD_HIDDEN)
AFIELD_CLASS(shards, SHARDS);

/* raises(object, name, errno): what a method of the author's raises for that row. */
static PyObject *raises(PyObject *module, PyObject *arguments)
{
	PyObject *object;
	const char *name;
	int error;

	(void)module;
	if (!PyArg_ParseTuple(arguments, "Osi", &object, &name, &error))
		return NULL;
	shards *it = AFIELD_PYTHON_SELF(object, shards);
	return afield_python_raise(object,
				   !strcmp(name, "number") ? (void *)&it->number
				   : !strcmp(name, "bag")  ? (void *)&it->bag
							   : (void *)&it->hidden,
				   -error);
}

static PyMethodDef functions[] = {
	MODULE_METHOD(fail, METH_O),
	MODULE_METHOD(fail_take, METH_O),
	MODULE_METHOD(raises, METH_VARARGS),
	{NULL, NULL, 0, NULL},
};

static int odd_exec(PyObject *module)
{
	return module_add(module, book_class(), "Book", 0, NULL) ||
			       module_add(module, shards_class(), "Shards", 0, NULL)
		       ? -1
		       : 0;
}
AFIELD_PYTHON_MODULE(odd, odd_exec, functions, "What the kinds do not do.");
