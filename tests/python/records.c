/* SPDX-License-Identifier: MIT */
/*
 * records: a class that is shown under another module's name, and classes whose records are wrong:
 * their tables are made by hand, as another tool may make them.
 */
#include <afield/python.h>

#include <afield/flags.h>
#include <afield/locked.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#include "module.h"

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

/* Each unsigned one has another right behind it. */
#define EVERY(member)                                                                              \
	member(bool, flag) member(uint8_t, u8) member(uint16_t, u16) member(uint32_t, u32)         \
		member(uint64_t, u64) member(int8_t, i8) member(int16_t, i16) member(int32_t, i32) \
			member(int64_t, i64) member(float, f32) member(double, f64)
AFIELD_RECORD(every, EVERY);
AFIELD_TYPE(every_seq, seqlock, struct every);
/* As large, and all of it in members. */
#define FULL(member)                                                                    \
	member(uint64_t, a) member(uint64_t, b) member(uint64_t, c) member(uint64_t, d) \
		member(uint64_t, e) member(uint64_t, f)
AFIELD_RECORD(full, FULL);
AFIELD_TYPE(full_seq, seqlock, struct full);
#define SHELF(field)            \
	field(every_seq, every) \
	field(full_seq, full)
AFIELD_CLASS(shelf, SHELF);

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

/* bytes_of(shelf): the bytes of the record with every scalar, as C has them. */
static PyObject *bytes_of(PyObject *module, PyObject *object)
{
	struct every value = every_seq_load(&AFIELD_PYTHON_SELF(object, shelf)->every);

	(void)module;
	return PyBytes_FromStringAndSize((const char *)&value, sizeof(value));
}

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
	static char names[2][320];
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

/* Two tables of one record, as two source files have them. The second may differ from the first. */
static struct afield_member twin_members[2][2];
static size_t twin_counts[2];
static const struct afield_member *first_members(size_t *count)
{
	*count = twin_counts[0];
	return twin_members[0];
}
static const struct afield_member *second_members(size_t *count)
{
	*count = twin_counts[1];
	return twin_members[1];
}
static struct afield_record twins[2] = {{"aZ_zone", 0, first_members},
					{"aZ_zone", 0, second_members}};

/* twin_type(which, members, name, type code, offset, size, first="row"): a type with a field of that
 * record, which has two members or one: an integer `first`, and what the others say. */
static PyObject *twin_type(PyObject *module, PyObject *arguments)
{
	static char names[2][2][32];
	const char *given, *first = "row";
	int which, count, type_code;
	Py_ssize_t offset, size;

	if (!PyArg_ParseTuple(arguments, "iisinn|s", &which, &count, &given, &type_code, &offset,
			      &size, &first))
		return NULL;
	(void)snprintf(names[which][0], sizeof(names[which][0]), "%s", first);
	(void)snprintf(names[which][1], sizeof(names[which][1]), "%s", given);
	twin_members[which][0] = (struct afield_member){names[which][0], AFIELD_I64, 0, NULL};
	twin_members[which][1] = (struct afield_member){
		names[which][1], (enum afield_type_code)type_code, (size_t)offset, "In the table."};
	twin_counts[which] = (size_t)count;
	twins[which].size = (size_t)size;
	type = *place_locked_type();
	type.value_type.record = &twins[which];
	type.value_type.size = (size_t)size;
	return make(module, &table, "Twin");
}

/* without_module(name): a type that belongs to no module. */
static PyObject *without_module(PyObject *module, PyObject *name)
{
	static char names[4][32]; /* the author's own stay valid forever */
	static size_t made;
	const char *text = name == Py_None ? NULL : PyUnicode_AsUTF8(name);

	(void)module;
	made = (made + 1) % 4;
	(void)snprintf(names[made], sizeof(names[made]), "%s", text ? text : "");
	return PyErr_Occurred() ? NULL : make(NULL, grid_class(), text ? names[made] : NULL);
}

static PyMethodDef functions[] = {
	MODULE_METHOD(bytes_of, METH_O),
	MODULE_METHOD(wrong_type, METH_VARARGS),
	MODULE_METHOD(without_module, METH_O),
	MODULE_METHOD(twin_type, METH_VARARGS),
	{NULL, NULL, 0, NULL},
};

static int records_exec(PyObject *module)
{
	PyObject *grid_type = make(module, grid_class(), "elsewhere.Grid");
	int failed = module_add(module, shelf_class(), NULL, 0, NULL) || !grid_type ||
		     PyModule_AddType(module, (PyTypeObject *)grid_type) ||
		     PyModule_AddIntConstant(module, "I64", AFIELD_I64) ||
		     PyModule_AddIntConstant(module, "F64", AFIELD_F64) ||
		     PyModule_AddIntConstant(module, "BOOL", AFIELD_BOOL) ||
		     PyModule_AddIntConstant(module, "OBJECT", AFIELD_OBJECT) ||
		     PyModule_AddIntConstant(module, "STRUCT", AFIELD_STRUCT) ||
		     PyModule_AddIntConstant(module, "SIZE", sizeof(struct place));

	Py_XDECREF(grid_type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(records, records_exec, functions, "Records, and tables of wrong ones");
