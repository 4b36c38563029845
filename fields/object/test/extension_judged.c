/* SPDX-License-Identifier: MIT */
/*
 * judged: the checker with the kind's model, for histories that Python threads recorded.
 */
#include <afield/python.h>

#include "../proof/model.c" /* each interpreter has its own build of this module */

/* judge(text): None, or the counterexample to a history that is not linearizable. */
static PyObject *judge(PyObject *module, PyObject *text)
{
	struct afield_complaint complaint;
	struct afield_history *history;
	struct afield_report report;
	Py_ssize_t length = 0;
	const char *bytes = PyUnicode_AsUTF8AndSize(text, &length);
	PyObject *result = NULL;
	char *shown = NULL;
	size_t shown_length = 0;
	FILE *stream;

	(void)module;
	if (!bytes)
		return NULL;
	history = afield_history_parse(bytes, (size_t)length, afield_object_model(), &complaint);
	if (!history)
		return PyErr_Format(PyExc_ValueError, "line %zu: %s", complaint.line,
				    complaint.message);
	afield_check(history, NULL, &report);
	stream = open_memstream(&shown, &shown_length);
	if (stream) {
		afield_report_line(&report, stream);
		afield_report_text(&report, stream);
		fclose(stream);
	}
	if (!stream || !shown)
		PyErr_NoMemory();
	else if (report.verdict == AFIELD_UNKNOWN)
		PyErr_Format(PyExc_RuntimeError, "no verdict: %s", report.reason);
	else
		result = report.verdict == AFIELD_LIN ? Py_NewRef(Py_None)
						      : PyUnicode_FromString(shown);
	free(shown);
	afield_report_fini(&report);
	afield_history_free(history);
	return result;
}

static PyMethodDef functions[] = {
	{"judge", judge, METH_O, "None, or the counterexample to a history."},
	{NULL, NULL, 0, NULL},
};

static int judged_exec(PyObject *module)
{
	(void)module;
	return 0;
}

AFIELD_PYTHON_MODULE(judged, judged_exec, functions, "The checker with the model of object");
