/*
 * python/block: what a Python type made from a class knows of it.
 *
 * One block of memory for each type: the class's table, one entry for each field that Python sees,
 * and the descriptors' definitions. A capsule in the type's __dict__ owns it. Nothing here is
 * static, so each interpreter has its own types and its own blocks.
 *
 * How an object finds its block: CPython reads tp_getset once, when it makes a type, and does not
 * inherit it. Ours points behind the block, and our type is the one in the chain of bases whose own
 * base is object.
 *
 * Who dies first: a type is always part of a cycle, so the collector breaks it, and clearing its
 * __dict__ ends the block while objects of the type may still wait for their own end. They need
 * only the class's table then, which is static, and whether it is unsendable: the ending block
 * leaves its address in tp_getset, marked by the two lowest bits.
 *
 * Synchronization: a block is constant while its type is alive. When it ends, the collector has the
 * type and all its objects alone.
 */
#ifndef AFIELD_PYTHON_BLOCK_H
#define AFIELD_PYTHON_BLOCK_H

#include "record.h"

#include "../class.h"
#include "../mailbox.h"
#include "../thread.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The C struct's place in the Python object: as the object begins, aligned to 16 bytes. */
#define AFIELD_PYTHON_OFFSET ((sizeof(PyObject) + 15) / 16 * 16)

/* Class options, python.h. */
enum afield_python_flag {
	AFIELD_PYTHON_FROZEN = 1,
	AFIELD_PYTHON_SUBCLASS = 2,
	AFIELD_PYTHON_WEAKREF = 4,
	AFIELD_PYTHON_DICT = 8,
	AFIELD_PYTHON_UNSENDABLE = 16,
};

/* Behind the C struct, in objects of an unsendable class or of one with frozen rows. */
struct afield__tail {
	struct afield_mailbox *owner; /* of the thread that made it; constant, NULL if not needed */
	AFIELD_ATOMIC(uint32_t) is_filled; /* a constructor has run, and frozen fields stay */
};

/* A field that Python sees. */
struct afield__attribute {
	const struct afield_row *row;
	const struct afield_type *type;
	const char *name;          /* in Python */
	PyObject *key;             /* the same, an interned str; the block's list holds it */
	PyTypeObject *record_type; /* of a record, held by the list; otherwise NULL */
	PyTypeObject *view_type;   /* of a view, held by the list; otherwise NULL */
	PyObject *flag_type;       /* of named bits, held by the list; otherwise NULL */
	PyObject *refusals; /* a tuple: the exception for each refusal of the kind, or NULL */
	size_t offset;      /* from the start of the Python object */
	size_t place;       /* of its value among those of a construction */
	setter set;         /* what its descriptor calls, or NULL */
	void *closure;
	bool is_shown;    /* as an attribute; its verbs may be shown without it */
	bool is_settable; /* by the constructor, and unless frozen by assignment */
};

struct afield__block {
	const struct afield_class *table;
	PyTypeObject *type; /* borrowed: the type owns the block */
	PyObject *kept;     /* a list: every object that the block points to */
	struct afield__attribute *attributes;
	size_t attribute_count;
	size_t values_size; /* bytes for one value of each attribute */
	unsigned flags;     /* of the options */
	bool has_tail;
	PyObject *unsendable; /* the exception of an unsendable class; the list holds it */
	/* Attributes by the address of their key, for assignment without a search. */
	struct afield__attribute **by_key;
	unsigned by_key_shift;
	size_t by_key_mask;
};

/* The type made from a class in the chain of bases of an object's type. */
static inline PyTypeObject *afield__own_type(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	while (type->tp_base != &PyBaseObject_Type)
		type = type->tp_base;
	return type;
}

static inline const struct afield__block *afield__block_of_type(PyTypeObject *type)
{
	return (const struct afield__block *)(void *)type->tp_getset - 1;
}

static inline const struct afield__block *afield__block_of(PyObject *self)
{
	return afield__block_of_type(afield__own_type(self));
}

/* The table, also when the block has ended. */
static inline const struct afield_class *afield__table_of(PyTypeObject *type)
{
	uintptr_t address = (uintptr_t)type->tp_getset;

	return address & 1 ? (const struct afield_class *)(address & ~(uintptr_t)3)
			   : afield__block_of_type(type)->table;
}

/* The same for the option that the end of an object asks for. */
static inline bool afield__is_unsendable(PyTypeObject *type)
{
	uintptr_t address = (uintptr_t)type->tp_getset;

	return address & 1 ? (address & 2) != 0
			   : (afield__block_of_type(type)->flags & AFIELD_PYTHON_UNSENDABLE) != 0;
}

static inline size_t afield__tail_offset(const struct afield_class *table)
{
	return AFIELD_PYTHON_OFFSET + (table->size + 7) / 8 * 8;
}

static inline struct afield__tail *afield__tail_of(PyObject *self, const struct afield_class *table)
{
	return (struct afield__tail *)(void *)((char *)self + afield__tail_offset(table));
}

/* Whether this thread may use the object, whose class is unsendable. */
static inline bool afield__is_mine(PyObject *self, const struct afield_class *table)
{
	const struct afield_mailbox *owner = afield__tail_of(self, table)->owner;

	afield_open_parcels();
	return owner && owner->thread == afield_thread_id();
}

/* The same, or an exception: 0 or -1. */
static inline int afield__check_thread(PyObject *self)
{
	const struct afield__block *block = afield__block_of(self);

	if (!(block->flags & AFIELD_PYTHON_UNSENDABLE) || afield__is_mine(self, block->table))
		return 0;
	PyErr_Format(block->unsendable, "%s belongs to another thread", Py_TYPE(self)->tp_name);
	return -1;
}

static inline void *afield__field(PyObject *self, size_t offset)
{
	return (char *)self + offset;
}

static inline void afield__block_free(struct afield__block *block)
{
	if (block->type)
		block->type->tp_getset =
			(PyGetSetDef *)((uintptr_t)block->table | 1 |
					(block->flags & AFIELD_PYTHON_UNSENDABLE ? 2 : 0));
	Py_XDECREF(block->kept);
	PyMem_Free(block->by_key);
	PyMem_Free(block->attributes);
	PyMem_Free(block);
}

/* Definitions follow the block in the same memory: `count` and one of zero. */
static inline struct afield__block *afield__block_new(const struct afield_class *table,
						      unsigned flags, size_t definitions)
{
	struct afield__block *block = (struct afield__block *)PyMem_Calloc(
		1, sizeof(*block) + (definitions + 1) * sizeof(PyGetSetDef));

	if (!block) {
		PyErr_NoMemory();
		return NULL;
	}
	block->table = table;
	block->flags = flags;
	block->by_key_mask = 7;
	while (block->by_key_mask < 4 * table->row_count)
		block->by_key_mask = 2 * block->by_key_mask + 1;
	block->by_key = (struct afield__attribute **)PyMem_Calloc(block->by_key_mask + 1,
								  sizeof(*block->by_key));
	block->attributes = (struct afield__attribute *)PyMem_Calloc(table->row_count + 1,
								     sizeof(*block->attributes));
	block->kept = PyList_New(0);
	if (block->attributes && block->by_key && block->kept)
		return block;
	if (!PyErr_Occurred())
		PyErr_NoMemory();
	afield__block_free(block);
	return NULL;
}

static inline PyGetSetDef *afield__block_definitions(struct afield__block *block)
{
	return (PyGetSetDef *)(void *)(block + 1);
}

#define AFIELD__BLOCK_CAPSULE "afield.block"

static inline void afield__block_capsule_end(PyObject *capsule)
{
	afield__block_free(
		(struct afield__block *)PyCapsule_GetPointer(capsule, AFIELD__BLOCK_CAPSULE));
}

/* Hands an object to the block, which lives as long: steals it, returns it, NULL with an error. */
static inline PyObject *afield__keep(struct afield__block *block, PyObject *object)
{
	int failed = !object || PyList_Append(block->kept, object);

	Py_XDECREF(object);
	return failed ? NULL : object;
}

/* Text that lives as long as the block. */
static inline const char *afield__keep_text(struct afield__block *block, PyObject *text)
{
	return afield__keep(block, text) ? PyUnicode_AsUTF8(text) : NULL;
}

#ifdef __cplusplus
}
#endif

#endif
