/* SPDX-License-Identifier: MIT */
/*
 * streams: zlib's z_stream, which is not thread-safe, as classes that any threads share.
 *
 * The stream stands in a locked field: there is no way to it but through the lock, and its
 * destructor ends it wherever the object dies. It is begun by the first use, under the lock, so
 * that bytes of zero are a fresh object, and it never moves, which zlib's own pointers to it want.
 *
 * The pattern of each method: take what is Python's (the buffer), detach, lock, let zlib work on
 * memory of its own, unlock, attach, make what is Python's. Nothing under the lock knows Python.
 * A stream that kept a Python object (a dictionary to compress with, a callback) would name a visit
 * function (inline_value.h), and set that member in an attached thread, in a block of its own: the
 * collector looks at it beside the methods here, which have the lock while they are detached.
 *
 * The tests see to memory by zlib's own hooks: `live` is how many blocks there are, and
 * `fail_after(n)` has the allocation after the next n fail.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/locked.h>

#include <zlib.h>

#include "counted.h"
#include "module.h"

/* What streams_unguarded.c has in place of these. */
#ifndef STREAMS_NAME
#define STREAMS_NAME streams
#endif

/* What the lock protects. */
struct stream {
	z_stream z;
	struct bytes output; /* of an append, until finish */
	bool is_begun;       /* the z_stream is */
	bool is_open;        /* something is appended and not finished */
};

static void deflater_end(struct stream *stream)
{
	bytes_free(&stream->output);
	if (stream->is_begun)
		(void)deflateEnd(&stream->z);
}

static void inflater_end(struct stream *stream)
{
	bytes_free(&stream->output);
	if (stream->is_begun)
		(void)inflateEnd(&stream->z);
}

AFIELD_TYPE(deflater_locked, locked, struct stream, deflater_end);
AFIELD_TYPE(inflater_locked, locked, struct stream, inflater_end);

#define DEFLATER(field)                                                           \
	field(afield_i32, level, AFIELD_FROZEN, "0 (stored) to 9; set when made") \
	field(deflater_locked, stream)
AFIELD_CLASS(deflater, DEFLATER);

#define INFLATER(field) field(inflater_locked, stream)
AFIELD_CLASS(inflater, INFLATER);

/* One call: what goes in, what comes out, and how it went. No part of it is Python's. */
struct work {
	const unsigned char *input;
	size_t left;
	struct bytes output;
	int code;          /* zlib's, or WORK_NOT_DONE */
	char message[120]; /* zlib's, copied under the lock */
};
enum { WORK_NOT_DONE = 1000, WORK_OPEN };

static void work_end(struct work *work, const z_stream *z, int code)
{
	work->code = code == Z_STREAM_END ? Z_OK : code;
	if (work->code != Z_OK)
		(void)snprintf(work->message, sizeof(work->message), "%s",
			       z->msg ? z->msg : zError(code));
}

/* Feeds the whole input and gathers all that comes; zlib's counts have 32 bits, ours 64. */
static int pump(z_stream *z, int (*step)(z_stream *, int), int flush, struct work *work,
		struct bytes *output)
{
	int code = Z_OK;

	do {
		uInt fed = work->left > UINT_MAX / 2 ? UINT_MAX / 2 : (uInt)work->left;
		uInt room;

		if (output->size == output->capacity && !bytes_grow(output))
			return Z_MEM_ERROR;
		room = (uInt)(output->capacity - output->size);
		z->next_in = (Bytef *)(uintptr_t)work->input;
		z->avail_in = fed;
		z->next_out = output->start + output->size;
		z->avail_out = room;
		code = step(z, fed < work->left ? Z_NO_FLUSH : flush);
		work->input += fed - z->avail_in;
		work->left -= fed - z->avail_in;
		output->size += room - z->avail_out;
	} while (code == Z_OK && (work->left > 0 || z->avail_out == 0));
	/* Nothing was left to do: an append whose output ended just with its room. */
	return code == Z_BUF_ERROR && flush == Z_NO_FLUSH && work->left == 0 ? Z_OK : code;
}

static bool stream_begin(struct stream *stream, struct work *work, int error)
{
	stream->is_begun = error == Z_OK;
	if (error != Z_OK) {
		work_end(work, &stream->z, error);
		/* Fresh again: the next use tries once more. */
		memset(stream, 0, sizeof(*stream));
	}
	return stream->is_begun;
}

static bool deflater_begin(struct stream *stream, int level, struct work *work)
{
	if (stream->is_begun)
		return true;
	stream->z.zalloc = count_alloc;
	stream->z.zfree = count_free;
	if (stream_begin(stream, work, deflateInit(&stream->z, level)))
		return true;
	if (work->code == Z_STREAM_ERROR)
		(void)snprintf(work->message, sizeof(work->message), "there is no level %d", level);
	return false;
}

/* Whatever happened to the last stream, the next one is a new one. */
static void deflater_reset(struct stream *stream)
{
	(void)deflateReset(&stream->z);
	stream->is_open = false;
}

static void deflate_whole(struct stream *stream, int level, struct work *work)
{
	if (!deflater_begin(stream, level, work))
		return;
	if (stream->is_open) {
		work->code = WORK_OPEN;
		return;
	}
	work_end(work, &stream->z, pump(&stream->z, deflate, Z_FINISH, work, &work->output));
	deflater_reset(stream);
}

static void deflate_more(struct stream *stream, int level, struct work *work)
{
	if (!deflater_begin(stream, level, work))
		return;
	stream->is_open = true;
	work_end(work, &stream->z, pump(&stream->z, deflate, Z_NO_FLUSH, work, &stream->output));
	if (work->code != Z_OK) {
		bytes_free(&stream->output);
		deflater_reset(stream);
	}
}

static void deflate_finish(struct stream *stream, int level, struct work *work)
{
	if (!deflater_begin(stream, level, work))
		return;
	work->input = (const unsigned char *)"";
	work->output = stream->output;
	memset(&stream->output, 0, sizeof(stream->output));
	work_end(work, &stream->z, pump(&stream->z, deflate, Z_FINISH, work, &work->output));
	deflater_reset(stream);
}

static void inflate_whole(struct stream *stream, struct work *work)
{
	int code;

	stream->z.zalloc = count_alloc;
	stream->z.zfree = count_free;
	if (!stream->is_begun && !stream_begin(stream, work, inflateInit(&stream->z)))
		return;
	code = pump(&stream->z, inflate, Z_NO_FLUSH, work, &work->output);
	work_end(work, &stream->z, code == Z_OK ? Z_BUF_ERROR : code);
	if (work->code == Z_BUF_ERROR)
		(void)snprintf(work->message, sizeof(work->message), "the stream is not complete");
	(void)inflateReset(&stream->z);
}

/* Every error of zlib as an exception, and NULL. `field` is for those of the lock. */
static PyObject *raise_error(PyObject *object, const void *field, bool is_mine,
			     const struct work *work)
{
	PyObject *module = PyType_GetModule(Py_TYPE(object));
	PyObject *exception = module ? PyObject_GetAttrString(module, "ZlibError") : NULL;

	if (work->code == Z_MEM_ERROR)
		PyErr_NoMemory();
	else if (work->code == WORK_NOT_DONE)
		(void)afield_python_raise(object, field, is_mine ? -EDEADLK : -EOWNERDEAD);
	else if (exception && work->code == WORK_OPEN)
		PyErr_SetString(exception, "a stream is open: finish() it first");
	else if (exception)
		PyErr_Format(exception, "%s (zlib's error %d)", work->message, work->code);
	Py_XDECREF(exception);
	return NULL;
}

static PyObject *work_result(PyObject *object, const void *field, bool is_mine, struct work *work)
{
	PyObject *result = work->code != Z_OK
				   ? raise_error(object, field, is_mine, work)
				   : PyBytes_FromStringAndSize((const char *)work->output.start,
							       (Py_ssize_t)work->output.size);

	bytes_free(&work->output);
	return result;
}

typedef void deflater_step(struct stream *stream, int level, struct work *work);

static PyObject *deflater_run(PyObject *object, PyObject *data, deflater_step *step)
{
	deflater *self = AFIELD_PYTHON_SELF(object, deflater);
	struct work work = {.code = WORK_NOT_DONE};
	int level = afield_i32_load(&self->level);
	Py_buffer view = {0};

	if (data && PyObject_GetBuffer(data, &view, PyBUF_SIMPLE))
		return NULL;
	work.input = (const unsigned char *)view.buf;
	work.left = (size_t)view.len;
	Py_BEGIN_ALLOW_THREADS;
	AFIELD_LOCKED(deflater_locked, stream, &self->stream)
	{
		step(stream, level, &work);
	}
	Py_END_ALLOW_THREADS;
	if (data)
		PyBuffer_Release(&view);
	return work_result(object, &self->stream, deflater_locked_is_mine(&self->stream), &work);
}

static PyObject *deflater_compress(PyObject *object, PyObject *data)
{
	return deflater_run(object, data, deflate_whole);
}

static PyObject *deflater_append(PyObject *object, PyObject *data)
{
	PyObject *nothing = deflater_run(object, data, deflate_more);

	if (!nothing)
		return NULL;
	Py_DECREF(nothing);
	Py_RETURN_NONE;
}

static PyObject *deflater_finish(PyObject *object, PyObject *unused)
{
	(void)unused;
	return deflater_run(object, NULL, deflate_finish);
}

static PyObject *inflater_decompress(PyObject *object, PyObject *data)
{
	inflater *self = AFIELD_PYTHON_SELF(object, inflater);
	struct work work = {.code = WORK_NOT_DONE};
	Py_buffer view;

	if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE))
		return NULL;
	work.input = (const unsigned char *)view.buf;
	work.left = (size_t)view.len;
	Py_BEGIN_ALLOW_THREADS;
	AFIELD_LOCKED(inflater_locked, stream, &self->stream)
	{
		inflate_whole(stream, &work);
	}
	Py_END_ALLOW_THREADS;
	PyBuffer_Release(&view);
	return work_result(object, &self->stream, inflater_locked_is_mine(&self->stream), &work);
}

static PyMethodDef deflater_methods[] = {
	{"compress", deflater_compress, METH_O,
	 "compress(data): one whole stream.\n\n"
	 "Thread safety: atomic."},
	{"append", deflater_append, METH_O,
	 "append(data): adds to the stream that is open.\n\n"
	 "Thread safety: atomic."},
	{"finish", deflater_finish, METH_NOARGS,
	 "Ends the stream that is open, and returns it.\n\n"
	 "Thread safety: atomic."},
	{NULL, NULL, 0, NULL},
};

static PyMethodDef inflater_methods[] = {
	{"decompress", inflater_decompress, METH_O,
	 "decompress(data): one whole stream.\n\n"
	 "Thread safety: atomic."},
	{NULL, NULL, 0, NULL},
};

static PyObject *streams_live(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	return PyLong_FromLongLong(AFIELD_LOAD(&live_blocks, seq_cst));
}

static PyObject *streams_fail_after(PyObject *module, PyObject *count)
{
	long number = PyLong_AsLong(count);

	(void)module;
	if (number == -1 && PyErr_Occurred())
		return NULL;
	AFIELD_STORE(&failing_in, number + 1, seq_cst);
	Py_RETURN_NONE;
}

static PyMethodDef streams_functions[] = {
	{"live", streams_live, METH_NOARGS, "How many blocks of memory zlib has."},
	{"fail_after", streams_fail_after, METH_O, "Has one allocation fail, after so many."},
	{NULL, NULL, 0, NULL},
};

static int streams_exec(PyObject *module)
{
	PyObject *exception = PyErr_NewExceptionWithDoc(
		"streams.ZlibError", "What zlib says of the data or the stream.", NULL, NULL);
	int failed = !exception || PyModule_AddObjectRef(module, "ZlibError", exception);

	Py_XDECREF(exception);
	return failed || module_add(module, deflater_class(), NULL, 0, deflater_methods) ||
			       module_add(module, inflater_class(), NULL, 0, inflater_methods)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(STREAMS_NAME, streams_exec, streams_functions,
		     "zlib's streams for threads that share them");
