/* SPDX-License-Identifier: MIT */
/*
 * tally: counts files, their bytes and their lines, from any number of threads at once.
 *
 * Three atomic counters, the largest file as a record that is always whole, and the options as a
 * record that readers use in place while somebody replaces it.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/rcu.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#define FILE_SIZE(member)                                                                       \
	member(int64_t, number, "The place of the file among all files") member(int64_t, bytes) \
		member(int64_t, lines)
AFIELD_RECORD(file_size, FILE_SIZE);
AFIELD_TYPE(file_size_seq, seqlock, struct file_size);

#define OPTIONS(member)                                                             \
	member(uint8_t, newline, "The byte that ends a line")                       \
		member(int64_t, block, "How many bytes to look at in one go")       \
			member(int64_t, generation, "How often they were replaced") \
				member(int64_t, check, "block + generation")
AFIELD_RECORD(options, OPTIONS);
AFIELD_TYPE(options_rcu, rcu, struct options);

#define TALLY(field)                                                                 \
	field(afield_i64, taken, AFIELD_VERBS, "The next file to be counted")        \
	field(afield_i64, files, AFIELD_VERBS, "Files counted")                      \
	field(afield_i64, bytes, AFIELD_VERBS, "Bytes in them")                      \
	field(afield_i64, lines, AFIELD_VERBS, "Lines in them")                      \
	field(file_size_seq, largest, 0, "The largest of them, the first of equals") \
	field(options_rcu, options, 0, "How to count")
AFIELD_CLASS(tally, TALLY);

/* Runs under the field's lock: the larger of two files stays, and of two equal ones the first. */
static bool keep_larger(struct file_size *largest, void *argument)
{
	const struct file_size *file = (const struct file_size *)argument;

	if (file->bytes < largest->bytes ||
	    (file->bytes == largest->bytes && file->number >= largest->number))
		return false;
	*largest = *file;
	return true;
}

/* Counts in blocks; -1 when the options are not one whole set. */
static int64_t count_lines(const tally *self, const char *text, int64_t length)
{
	int64_t lines = 0;

	AFIELD_READ_SECTION
	{
		const struct options *options = options_rcu_load(&self->options);

		if (!options || options->check != options->block + options->generation)
			return -1;
		for (int64_t begin = 0; begin < length; begin += options->block) {
			int64_t end = begin + options->block;

			for (int64_t i = begin; i < end && i < length; i++)
				lines += (uint8_t)text[i] == options->newline;
		}
	}
	return lines;
}

static PyObject *tally_count(PyObject *object, PyObject *arguments)
{
	tally *self = AFIELD_PYTHON_SELF(object, tally);
	struct file_size file;
	const char *text;
	Py_ssize_t length;
	long long number;

	if (!PyArg_ParseTuple(arguments, "Ly#", &number, &text, &length))
		return NULL;
	file.number = number;
	file.bytes = length;
	/* The bytes object does not change, and the caller has it. */
	Py_BEGIN_ALLOW_THREADS;
	file.lines = count_lines(self, text, length);
	if (file.lines >= 0) {
		afield_i64_fetch_add(&self->lines, file.lines);
		file_size_seq_update(&self->largest, keep_larger, &file);
	}
	Py_END_ALLOW_THREADS;
	if (file.lines < 0)
		return PyErr_Format(PyExc_ValueError, "the options are not one whole set");
	return PyLong_FromLongLong(file.lines);
}

static PyMethodDef tally_methods[] = {
	{"count", tally_count, METH_VARARGS, "count(number, bytes): adds a file's lines."},
	{NULL, NULL, 0, NULL},
};

static int tally_exec(PyObject *module)
{
	struct afield_python_options options = {.name = "tally.Tally",
						.doc = "Counts files from many threads.",
						.methods = tally_methods};
	PyObject *type = afield_python_type(module, tally_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(tally, tally_exec, NULL, "Counting files from many threads");
