/* SPDX-License-Identifier: MIT */
/*
 * streams: zlib's compressor, which is not thread-safe, as a class that threads share. It stands in
 * a locked field: there is no way to it but through the lock, and it ends when its object does.
 * tests/wrapping/streams.c is the long form: streams in parts, decompression, every error.
 *
 *	cc -shared -fPIC streams.c -o streams.so $(pkg-config --cflags --libs afield python3 zlib)
 *	python3 use.py
 */
#include <afield/python.h>

#include <afield/locked.h>
#include <zlib.h>

/* Of bytes of zero, which were never begun, the destructor is not called. */
static void deflater_end(z_stream *z)
{
	(void)deflateEnd(z);
}
AFIELD_TYPE(z_locked, locked, z_stream, deflater_end);

#define DEFLATER(field) field(z_locked, z)
AFIELD_CLASS(deflater, DEFLATER);

/* One call: what goes in, and the room for what comes out; afterwards, how much came. */
struct work {
	char *input, *output;
	Py_ssize_t size, room;
};

/* Under the lock, without Python. What is fresh cannot be reset, so the first call begins it. */
static bool compress_whole(z_stream *z, void *argument)
{
	struct work *work = (struct work *)argument;

	if (deflateReset(z) != Z_OK && deflateInit(z, Z_BEST_SPEED) != Z_OK)
		return false;
	z->next_in = (Bytef *)work->input;
	z->avail_in = (uInt)work->size;
	z->next_out = (Bytef *)work->output;
	z->avail_out = (uInt)work->room;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return false;
	work->room -= z->avail_out;
	return true;
}

/* Takes what is Python's, detaches, works under the lock, attaches, returns what is Python's. */
static PyObject *deflater_compress(PyObject *object, PyObject *data)
{
	deflater *self = AFIELD_PYTHON_SELF(object, deflater);
	struct work work;
	PyObject *packed;
	int done;

	if (PyBytes_AsStringAndSize(data, &work.input, &work.size))
		return NULL;
	if (work.size > INT_MAX)
		return PyErr_Format(PyExc_OverflowError, "zlib takes less at a time");
	work.room = (Py_ssize_t)compressBound((uLong)work.size);
	packed = PyBytes_FromStringAndSize(NULL, work.room);
	if (!packed)
		return NULL;
	work.output = PyBytes_AS_STRING(packed);
	Py_BEGIN_ALLOW_THREADS;
	done = z_locked_update(&self->z, compress_whole, &work);
	Py_END_ALLOW_THREADS;
	if (done == 1 && !_PyBytes_Resize(&packed, work.room))
		return packed;
	Py_XDECREF(packed);
	return done < 0 ? afield_python_raise(object, &self->z, done) : PyErr_NoMemory();
}

static PyMethodDef deflater_methods[] = {
	{"compress", deflater_compress, METH_O, "compress(data): one whole stream."},
	{NULL, NULL, 0, NULL},
};

static int streams_exec(PyObject *module)
{
	struct afield_python_options options = {.methods = deflater_methods};
	PyObject *type = afield_python_type(module, deflater_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(streams, streams_exec, NULL, "zlib's compressor for threads that share it");
