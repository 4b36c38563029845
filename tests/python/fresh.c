/* SPDX-License-Identifier: MIT */
/*
 * fresh: a class with a field of many kinds, none of which anybody has written, with all that
 * Python may be shown of it. For test_fresh.py.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/cell.h>
#include <afield/confined.h>
#include <afield/counter.h>
#include <afield/event.h>
#include <afield/flags.h>
#include <afield/list.h>
#include <afield/locked.h>
#include <afield/map.h>
#include <afield/map_object.h>
#include <afield/object.h>
#include <afield/once.h>
#include <afield/once_object.h>
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/record.h>
#include <afield/ring.h>
#include <afield/ring_spsc.h>
#include <afield/rwlocked.h>
#include <afield/seqlock.h>
#include <afield/stack.h>

#include "module.h"

#define POINT(member) member(int64_t, x) member(double, y)
AFIELD_RECORD(point, POINT);
#define DOOR(flag) flag(door, open) flag(door, shut)
AFIELD_FLAGS(door, DOOR);

AFIELD_TYPE(point_cell, cell, struct point);
AFIELD_TYPE(number_cell, cell, int64_t);
AFIELD_TYPE(point_cell_wait, cell_wait, struct point);
AFIELD_TYPE(point_confined, confined, struct point);
AFIELD_TYPE(number_counter, counter, int64_t);
AFIELD_TYPE(door_event, event, bool);
AFIELD_TYPE(door_flags, flags, door);
AFIELD_TYPE(number_list, list, int64_t);
AFIELD_TYPE(point_list, list, struct point);
AFIELD_TYPE(thing_list, list, PyObject *);
AFIELD_TYPE(point_locked, locked, struct point);
AFIELD_TYPE(number_locked, locked, int64_t);
AFIELD_TYPE(number_map, map, int64_t, int64_t);
AFIELD_TYPE(text_map, map, afield_map_text, struct point);
AFIELD_TYPE(bytes_map, map, afield_map_bytes, PyObject *);
AFIELD_TYPE(thing_map, map, PyObject *, PyObject *);
AFIELD_TYPE(point_once, once, struct point);
AFIELD_TYPE(number_once, once, int64_t);
AFIELD_TYPE(point_rcu, rcu, struct point);
AFIELD_TYPE(number_rcu, rcu, int64_t);
AFIELD_TYPE(number_queue, queue, int64_t);
AFIELD_TYPE(thing_queue, queue, PyObject *);
AFIELD_TYPE(point_ring, ring, struct point, 4);
AFIELD_TYPE(thing_ring, ring, PyObject *, 4);
AFIELD_TYPE(number_ring_spsc, ring_spsc, int64_t, 4);
AFIELD_TYPE(point_rwlocked, rwlocked, struct point);
AFIELD_TYPE(point_seqlock, seqlock, struct point);
AFIELD_TYPE(number_stack, stack, int64_t);
AFIELD_TYPE(thing_stack, stack, PyObject *);
AFIELD_TYPE(node_atomic, atomic, void *);
AFIELD_TYPE(opaque_seqlock, seqlock, struct timespec);

#define ALL (AFIELD_VERBS | AFIELD_GUARDS)
#define FRESH(field)                                         \
	field(afield_bool, atomic_bool, AFIELD_VERBS)        \
	field(afield_i64, atomic_i64, AFIELD_VERBS)          \
	field(afield_f64, atomic_f64, AFIELD_VERBS)          \
	field(node_atomic, atomic_pointer)                   \
	field(point_cell, cell, ALL)                         \
	field(number_cell, cell_number, ALL)                 \
	field(point_cell_wait, cell_wait, ALL)               \
	field(point_confined, confined, AFIELD_VERBS)        \
	field(number_counter, counter, AFIELD_VERBS)         \
	field(door_event, event, AFIELD_VERBS)               \
	field(door_flags, flags, AFIELD_VERBS)               \
	field(number_list, list, AFIELD_VERBS)               \
	field(point_list, list_point, AFIELD_VERBS)          \
	field(thing_list, list_object, AFIELD_VERBS)         \
	field(point_locked, locked, ALL)                     \
	field(number_locked, locked_number, ALL)             \
	field(number_map, map, AFIELD_VERBS)                 \
	field(text_map, map_text, AFIELD_VERBS)              \
	field(bytes_map, map_bytes, AFIELD_VERBS)            \
	field(thing_map, map_object, AFIELD_VERBS)           \
	field(afield_object, object, AFIELD_VERBS)           \
	field(point_once, once, AFIELD_VERBS)                \
	field(number_once, once_number, AFIELD_VERBS)        \
	field(afield_once_object, once_object, AFIELD_VERBS) \
	field(point_rcu, rcu, AFIELD_VERBS)                  \
	field(number_rcu, rcu_number, AFIELD_VERBS)          \
	field(number_queue, queue, AFIELD_VERBS)             \
	field(thing_queue, queue_object, AFIELD_VERBS)       \
	field(point_ring, ring, AFIELD_VERBS)                \
	field(thing_ring, ring_object, AFIELD_VERBS)         \
	field(number_ring_spsc, ring_spsc, AFIELD_VERBS)     \
	field(point_rwlocked, rwlocked, ALL)                 \
	field(point_seqlock, seqlock, AFIELD_VERBS)          \
	field(opaque_seqlock, seqlock_opaque)                \
	field(number_stack, stack, AFIELD_VERBS)             \
	field(thing_stack, stack_object, AFIELD_VERBS)
AFIELD_CLASS(fresh, FRESH);

static int fresh_exec(PyObject *module)
{
	return module_add(module, fresh_class(), "Fresh", 0, NULL);
}

AFIELD_PYTHON_MODULE(fresh, fresh_exec, NULL, "Fields that nobody has written.");
