/* SPDX-License-Identifier: MIT */
/*
 * python/type/doc: what help() says of a type and of its attributes.
 *
 * Every attribute's text ends with its thread safety, in the words that CPython's own pages use.
 *
 * When to use it: inside the Python layer, while a type is made.
 *
 * Synchronization: one thread has the type state.
 */
#ifndef AFIELD_PYTHON_TYPE_DOC_H
#define AFIELD_PYTHON_TYPE_DOC_H

#include <afield/python/object/attribute.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The type of the attribute as an annotation has it: "int", "bank.Account.JobsQueue". */
static inline PyObject *afield__attribute_annotation(const struct afield__attribute *attribute)
{
	enum afield_type_code type_code = attribute->type->value_type.type_code;
	PyObject *type = attribute->view_type     ? (PyObject *)attribute->view_type
			 : attribute->record_type ? (PyObject *)attribute->record_type
						  : attribute->flag_type;
	PyObject *module = type ? PyObject_GetAttrString(type, "__module__") : NULL;
	PyObject *name = type ? PyObject_GetAttrString(type, "__qualname__") : NULL;
	PyObject *text = NULL;

	if (module && name)
		text = PyUnicode_FromFormat("%U.%U", module, name);
	else if (!type)
		text = PyUnicode_FromString(type_code == AFIELD_BOOL        ? "bool"
					    : afield__is_integer(type_code) ? "int"
					    : type_code == AFIELD_F32 || type_code == AFIELD_F64
						    ? "float"
					    : type_code == AFIELD_BYTES ? "bytes"
					    : type_code == AFIELD_TEXT  ? "str"
									: "object");
	Py_XDECREF(module);
	Py_XDECREF(name);
	return text;
}

/*
 * How the text of an attribute begins. Tools that write stubs take what is before the first colon
 * for a type, so where the author's own words have none, or would be mistaken for one, it is said.
 */
static inline PyObject *afield__attribute_says(const struct afield__attribute *attribute)
{
	const char *doc = attribute->row->doc;
	const char *colon = doc ? strstr(doc, ": ") : NULL;
	PyObject *annotation;
	PyObject *text;

	if (doc && *doc && !colon)
		return PyUnicode_FromString(doc);
	annotation = afield__attribute_annotation(attribute);
	if (!annotation)
		return NULL;
	text = colon ? PyUnicode_FromFormat("%U: %s", annotation, doc)
		     : PyUnicode_FromFormat("%U: The field '%s'.", annotation, attribute->name);
	Py_DECREF(annotation);
	return text;
}

/* What CPython's words for thread safety say of the attribute, behind the author's own doc. */
static inline const char *afield__attribute_doc(struct afield__type_state *state,
						const struct afield__attribute *attribute,
						bool is_settable)
{
	const struct afield_type *type = attribute->type;
	PyObject *says = afield__attribute_says(attribute);
	const char *verb = NULL;
	PyObject *note = NULL;
	PyObject *text = NULL;

	for (size_t i = 0; i < type->verb_count; i++)
		if (strcmp(type->verbs[i].name, "fetch_add") == 0)
			verb = type->verbs[i].name;
	if (attribute->view_type)
		note = PyUnicode_FromFormat(" A view: its methods are atomic%s.%s",
					    attribute->is_constant ? ", and none changes the field"
								   : "",
					    is_settable ? " Takes an iterable, whose elements "
							  "replace all that is there."
							: "");
	else if (!is_settable)
		note = PyUnicode_FromString(" The attribute is read-only.");
	else if (afield__is_of_objects(attribute))
		note = PyUnicode_FromString(" Takes any object, and may be deleted.");
	else if (attribute->record_type)
		note = PyUnicode_FromFormat(" Takes a %s, a tuple or a mapping.",
					    attribute->record_type->tp_name);
	else if (verb && attribute->row->flags & AFIELD_VERBS)
		note = PyUnicode_FromFormat(
			" += is a read and a write, and another thread may come "
			"between; %s_%s(n) is one step.",
			attribute->name, verb);
	else
		note = PyUnicode_FromString(
			" += is a read and a write, and another thread may come "
			"between.");
	if (says && note)
		text = PyUnicode_FromFormat("%U\n\nThread safety: atomic.%U", says, note);
	Py_XDECREF(says);
	Py_XDECREF(note);
	return text ? afield__keep_text(state, text) : NULL;
}

/* A record of zeros, which is what a field has that the constructor is told nothing of: "(0, 0.0)".
 */
static inline PyObject *afield__record_of_zeros(const struct afield__attribute *attribute)
{
	size_t count;
	const struct afield_member *rows = afield__members(&attribute->type->value_type, &count);
	PyObject *text = PyUnicode_FromString("(");

	for (size_t i = 0; text && i < count; i++)
		Py_SETREF(text,
			  PyUnicode_FromFormat("%U%s%s", text,
					       rows[i].type_code == AFIELD_BOOL        ? "False"
					       : afield__is_integer(rows[i].type_code) ? "0"
										       : "0.0",
					       i + 1 < count ? ", "
					       : i == 0      ? ","
							     : ""));
	if (text)
		Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
	return text;
}

/* What the constructor gives a field that it is told nothing of; "..." where that is no value. */
static inline PyObject *afield__attribute_omitted(const struct afield__attribute *attribute)
{
	enum afield_type_code type_code = attribute->type->value_type.type_code;

	if (attribute->record_type && !attribute->view_type)
		return afield__record_of_zeros(attribute);
	return PyUnicode_FromString(attribute->view_type                                 ? "()"
				    : type_code == AFIELD_BOOL                           ? "False"
				    : afield__is_integer(type_code)                      ? "0"
				    : type_code == AFIELD_F32 || type_code == AFIELD_F64 ? "0.0"
											 : "...");
}

/* "Account(*, hits=0, limits=(0, 0))\n--\n\n" and the author's doc, for inspect and help. */
static inline const char *afield__type_doc(struct afield__type_state *state, const char *name,
					   const char *doc)
{
	PyObject *text = PyUnicode_FromFormat("%s(", strrchr(name, '.') + 1);
	const char *comma = "*, ";

	for (size_t i = 0; text && i < state->attribute_count; i++) {
		const struct afield__attribute *attribute = &state->attributes[i];

		if (!attribute->is_settable)
			continue;
		text = afield__attribute_text(text, comma, attribute,
					      afield__attribute_omitted(attribute));
		comma = ", ";
	}
	if (text)
		Py_SETREF(text, PyUnicode_FromFormat("%U)\n--\n\n%s", text, doc ? doc : ""));
	return text ? afield__keep_text(state, text) : NULL;
}

#ifdef __cplusplus
}
#endif

#endif
