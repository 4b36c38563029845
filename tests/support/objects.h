/* SPDX-License-Identifier: MIT */
/*
 * objects: for modules with many kinds: a container of Python's objects of each kind that has them,
 * and a point of each kind that has a whole value.
 */
#ifndef AFIELD_TESTS_OBJECTS_H
#define AFIELD_TESTS_OBJECTS_H

#include <afield/cell.h>
#include <afield/list.h>
#include <afield/locked.h>
#include <afield/map_object.h>
#include <afield/queue.h>
#include <afield/record.h>
#include <afield/ring.h>
#include <afield/rwlocked.h>
#include <afield/seqlock.h>
#include <afield/stack.h>

AFIELD_TYPE(object_list, list, PyObject *);
AFIELD_TYPE(object_map, map, PyObject *, PyObject *);
AFIELD_TYPE(object_queue, queue, PyObject *);
AFIELD_TYPE(object_ring, ring, PyObject *, 4);
AFIELD_TYPE(object_stack, stack, PyObject *);

#define POINT(member) member(int64_t, x) member(double, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_seq, seqlock, struct point);
AFIELD_TYPE(point_locked, locked, struct point);
AFIELD_TYPE(point_rw, rwlocked, struct point);
AFIELD_TYPE(point_cell, cell, struct point);

#endif
