/* SPDX-License-Identifier: MIT */
/*
 * kit: every kind that Python sees as a view or with verbs, four times: as it is, in rows that are
 * read-only, in rows that are frozen, and in a frozen class. `fill` puts something into each field,
 * as C code does, whatever Python may.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/atomic_float.h>
#include <afield/counter.h>
#include <afield/event.h>
#include <afield/flags.h>
#include <afield/object.h>

#include "module.h"
#include "objects.h"

#define DOOR(flag) flag(door, open) flag(door, locked)
AFIELD_FLAGS(door, DOOR);

AFIELD_TYPE(number_map, map, int32_t, int64_t);
AFIELD_TYPE(text_map, map, afield_map_text, PyObject *);
AFIELD_TYPE(bytes_map, map, afield_map_bytes, struct point);
AFIELD_TYPE(number_list, list, int16_t);
AFIELD_TYPE(point_list, list, struct point);
AFIELD_TYPE(point_queue, queue, struct point);
AFIELD_TYPE(number_ring, ring, uint64_t, 4);
AFIELD_TYPE(number_stack, stack, double);
AFIELD_TYPE(door_flags, flags, door);

#define ROWS(field, flags)                             \
	field(object_map, objects, flags)              \
	field(number_map, numbers, flags, "By number") \
	field(text_map, texts, flags)                  \
	field(bytes_map, blobs, flags)                 \
	field(object_list, things, flags)              \
	field(number_list, digits, flags)              \
	field(point_list, track, flags)                \
	field(object_queue, jobs, flags)               \
	field(point_queue, route, flags)               \
	field(object_ring, calls, flags)               \
	field(number_ring, ticks, flags)               \
	field(object_stack, container, flags)          \
	field(number_stack, costs, flags)              \
	field(afield_event, ready, flags)              \
	field(afield_counter, hits, flags)             \
	field(door_flags, door, flags)                 \
	field(afield_bool, is_on, flags)               \
	field(afield_i64, total, flags)                \
	field(afield_u8, level, flags)                 \
	field(afield_f64, share, flags)                \
	field(afield_object, owner, flags)             \
	field(point_seq, place, flags)                 \
	field(point_locked, home, flags)               \
	field(point_rw, base, flags)                   \
	field(point_cell, spot, flags)
#define WHOLE(field) ROWS(field, AFIELD_VERBS)
#define READER(field) ROWS(field, AFIELD_VERBS | AFIELD_READONLY)
#define FIXED(field) ROWS(field, AFIELD_VERBS | AFIELD_FROZEN)
AFIELD_CLASS(whole, WHOLE);
AFIELD_CLASS(reader, READER);
AFIELD_CLASS(fixed, FIXED);
AFIELD_CLASS(ice, WHOLE);

/* The four classes are of one layout. */
static PyObject *fill(PyObject *module, PyObject *object)
{
	whole *it = AFIELD_PYTHON_SELF(object, whole);
	struct afield_bytes key = {"key", 3};
	struct point point = {1, 2};
	PyObject *thing = PyObject_CallNoArgs((PyObject *)&PyBaseObject_Type);
	bool failed = !thing;

	(void)module;
	if (failed)
		return NULL;
	failed = object_map_set(&it->objects, thing, thing) < 0 ||
		 number_map_set(&it->numbers, 3, 30) < 0 ||
		 text_map_set(&it->texts, key, thing) < 0 ||
		 bytes_map_set(&it->blobs, key, point) < 0 ||
		 object_list_append(&it->things, thing) < 0 ||
		 number_list_append(&it->digits, 3) < 0 ||
		 point_list_append(&it->track, point) < 0 ||
		 object_ring_push(&it->calls, thing) < 0 || number_ring_push(&it->ticks, 3) < 0;
	(void)!object_queue_push(&it->jobs, thing);
	(void)!point_queue_push(&it->route, point);
	(void)!object_stack_push(&it->container, thing);
	(void)!number_stack_push(&it->costs, 1.5);
	afield_event_set(&it->ready);
	afield_counter_add(&it->hits, 3);
	door_flags_set(&it->door, door_open);
	afield_i64_store(&it->total, 7);
	afield_object_store(&it->owner, thing);
	point_seq_store(&it->place, point);
	Py_DECREF(thing);
	return failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
}

static PyMethodDef functions[] = {
	{"fill", fill, METH_O, "fill($module, object, /)\n--\n\nPuts something into each field."},
	{NULL, NULL, 0, NULL},
};

static int kit_exec(PyObject *module)
{
	return module_add(module, whole_class(), NULL, 0, NULL) ||
			       module_add(module, reader_class(), NULL, 0, NULL) ||
			       module_add(module, fixed_class(), NULL, 0, NULL) ||
			       module_add(module, ice_class(), NULL, AFIELD_PYTHON_FROZEN, NULL)
		       ? -1
		       : 0;
}
AFIELD_PYTHON_MODULE(kit, kit_exec, functions, "Every kind.");
