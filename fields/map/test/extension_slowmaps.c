/* SPDX-License-Identifier: MIT */
/*
 * slowmaps: a map whose readers stop between finding an element and taking a reference to what it
 * holds, which is where another thread can take the element out. The kind's own sources are
 * compiled once more for that, with their pause points. Concurrent with it the reader that does not
 * look again, to show that the test would find it.
 */
#define AFIELD_PAUSES
#include <afield/python.h>

#include <afield/detail/blocks.h>

/* The library keeps these for itself. */
static void free_block(struct afield_retired *retired)
{
	free(retired);
}
#define afield__block_new(bytes) malloc(bytes)
#define afield__block_free(block, bytes) free(block)
#define afield__block_retire(retired, bytes, may_wait) \
	((void)(may_wait), afield_retire_bytes_nowait(retired, bytes, free_block))

#include "../map.c"
#include "../map_all.c"
#include "../map_fork.c"
#include "../map_table.c"
#include "../map_node.c"
#include "../map_walk.c"
#include "../map_write.c"

#include <afield/map_object.h>

#include "module.h"

/* Reads between two stops, and how long one is. Counted for each thread. */
#define EVERY 16
#define NANOSECONDS 20000

/* What the next reader of this thread does at its stop. */
static __thread PyObject *between;

void afield_pause(const char *function, int line, const char *name)
{
	static __thread unsigned passed;
	struct timespec moment = {0, NANOSECONDS};
	PyObject *callable = between;

	(void)function;
	(void)line;
	if (!name || strcmp(name, "map: before the count") != 0)
		return;
	if (callable) {
		between = NULL;
		Py_XDECREF(PyObject_CallNoArgs(callable));
		Py_DECREF(callable);
	} else if (++passed % EVERY == 0) {
		nanosleep(&moment, NULL);
	}
}

static PyObject *interrupt(PyObject *module, PyObject *callable)
{
	(void)module;
	Py_XSETREF(between, Py_NewRef(callable));
	Py_RETURN_NONE;
}

static PyMethodDef slow_functions[] = {
	{"interrupt", interrupt, METH_O, "What the next reader does when it stops."},
	{NULL, NULL, 0, NULL},
};

AFIELD_TYPE(slow_map, map, PyObject *, PyObject *);
#define SLOW(field) field(slow_map, objects)
AFIELD_CLASS(slow, SLOW);

/* What the kind's get would be without its re-check. The key is text that is there or not. */
static PyObject *look_once(PyObject *self, PyObject *text)
{
	struct afield__map *map = &AFIELD_PYTHON_SELF(self, slow)->objects.map;
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);
	struct afield__map_probe probe;
	struct afield__map_node *node;
	struct search search;
	PyObject *object = NULL;

	if (!table || afield__map_probe_open(&probe, text))
		Py_RETURN_NONE;
	search_init(&search, table, &slow_map__layout, &probe.key);
	AFIELD_READ_SECTION
	{
		if (!find(&search, &node)) {
			object = (PyObject *)(uintptr_t)afield__map_value_load(&node->value);
			AFIELD_PAUSE("map: before the count");
			if (!afield_python_try_incref(object))
				object = NULL;
		}
	}
	afield__map_probe_close(&probe);
	return object ? object : Py_NewRef(Py_None);
}

static PyMethodDef slow_methods[] = {
	MODULE_METHOD(look_once, METH_O),
	{NULL, NULL, 0, NULL},
};

static int slow_exec(PyObject *module)
{
	return module_add(module, slow_class(), "Slow", 0, slow_methods);
}

AFIELD_PYTHON_MODULE(slowmaps, slow_exec, slow_functions, "A map with stops in it");
