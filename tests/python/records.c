/* SPDX-License-Identifier: MIT */
/*
 * records: a class that is shown under another module's name, and classes whose records are wrong:
 * their tables are made by hand, as another tool may make them.
 */
#include <afield/python.h>

#include <afield/flags.h>
#include <afield/locked.h>
#include <afield/record.h>

#define PLACE(member) member(int64_t, row) member(double, column)
AFIELD_RECORD(place, PLACE);
AFIELD_TYPE(place_locked, locked, struct place);
#define POWER(flag) flag(power, on) flag(power, broken)
AFIELD_FLAGS(power, POWER);
AFIELD_TYPE(power_flags, flags, power);

#define GRID(field)                               \
	field(place_locked, place, AFIELD_GUARDS) \
	field(power_flags, power)
AFIELD_CLASS(grid, GRID);

/* The wrong tables: one member each, in place of those of `place`. */
static struct afield_member member;
static const struct afield_member *members(size_t *count)
{
	*count = 1;
	return &member;
}
static struct afield_record record = {"wrong", sizeof(struct place), members};
static struct afield_type type;
static const struct afield_type *wrong_place_type(void)
{
	return &type;
}
static const struct afield_row row = {"place", wrong_place_type, 0, AFIELD_GUARDS, NULL, NULL};
static const struct afield_class table = {"wrong", sizeof(grid), 8, &row, 1};

static PyObject *make(PyObject *module, const struct afield_class *of, const char *name)
{
	struct afield_python_options options;

	memset(&options, 0, sizeof(options));
	options.name = name;
	return afield_python_type(module, of, &options);
}

/* wrong_type(member, type code, offset, size, record): a type of a class whose record says that. */
static PyObject *wrong_type(PyObject *module, PyObject *arguments)
{
	static char names[2][32];
	const char *given, *of;
	int type_code;
	Py_ssize_t offset, size;

	if (!PyArg_ParseTuple(arguments, "sinns", &given, &type_code, &offset, &size, &of))
		return NULL;
	(void)snprintf(names[0], sizeof(names[0]), "%s", given);
	(void)snprintf(names[1], sizeof(names[1]), "%s", of);
	member.name = names[0];
	member.type_code = (enum afield_type_code)type_code;
	member.offset = (size_t)offset;
	record.name = names[1];
	record.size = (size_t)size;
	type = *place_locked_type();
	type.value_type.record = &record;
	return make(module, &table, "Wrong");
}

static PyMethodDef functions[] = {
	{"wrong_type", wrong_type, METH_VARARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static int records_exec(PyObject *module)
{
	PyObject *grid_type = make(module, grid_class(), "elsewhere.Grid");
	int failed = !grid_type || PyModule_AddType(module, (PyTypeObject *)grid_type) ||
		     PyModule_AddIntConstant(module, "I64", AFIELD_I64) ||
		     PyModule_AddIntConstant(module, "OBJECT", AFIELD_OBJECT) ||
		     PyModule_AddIntConstant(module, "STRUCT", AFIELD_STRUCT) ||
		     PyModule_AddIntConstant(module, "SIZE", sizeof(struct place));

	Py_XDECREF(grid_type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(records, records_exec, functions, "Records, and tables of wrong ones");
