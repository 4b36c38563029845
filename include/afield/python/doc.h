/*
 * python/doc: what help() says of a type and of its attributes.
 *
 * Every attribute's text ends with its thread safety, in the words that CPython's own pages use.
 *
 * When to use it: inside the Python layer, while a type is made.
 *
 * Synchronization: one thread has the block.
 */
#ifndef AFIELD_PYTHON_DOC_H
#define AFIELD_PYTHON_DOC_H

#include "attribute.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What CPython's words for thread safety say of the attribute, behind the author's own doc. */
static inline const char *afield__attribute_doc(struct afield__block *block,
						const struct afield__attribute *attribute,
						bool is_settable)
{
	const struct afield_type *type = attribute->type;
	const char *verb = NULL;
	PyObject *note = NULL;
	PyObject *text;

	for (size_t i = 0; i < type->verb_count; i++)
		if (strcmp(type->verbs[i].name, "fetch_add") == 0)
			verb = type->verbs[i].name;
	if (attribute->view_type)
		note = PyUnicode_FromFormat(" A view: its methods are atomic.%s",
					    is_settable ? " Takes an iterable, whose elements "
							  "replace all that is there."
							: "");
	else if (!is_settable)
		note = PyUnicode_FromString(" The attribute is read-only.");
	else if (afield__holds_object(attribute))
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
	if (!note)
		return NULL;
	text = PyUnicode_FromFormat("%s%sThread safety: atomic.%U",
				    attribute->row->doc ? attribute->row->doc : "",
				    attribute->row->doc ? "\n\n" : "", note);
	Py_DECREF(note);
	return afield__keep_text(block, text);
}

/* "Account(*, hits=0, limits=...)\n--\n\n" and the author's doc, for inspect and help. */
static inline const char *afield__type_doc(struct afield__block *block, const char *name,
					   const char *doc)
{
	PyObject *text = PyUnicode_FromFormat("%s(", strrchr(name, '.') + 1);
	const char *comma = "*, ";

	for (size_t i = 0; text && i < block->attribute_count; i++) {
		const struct afield__attribute *attribute = &block->attributes[i];
		enum afield_shape shape = attribute->type->holds.shape;

		if (!attribute->is_settable)
			continue;
		Py_SETREF(text, PyUnicode_FromFormat("%U%s%s=%s", text, comma, attribute->name,
						     attribute->view_type ? "()"
						     : attribute->record_type ||
								     afield__holds_object(attribute)
							     ? "..."
						     : shape == AFIELD_BOOL      ? "False"
						     : afield__is_integer(shape) ? "0"
										 : "0.0"));
		comma = ", ";
	}
	if (text)
		Py_SETREF(text, PyUnicode_FromFormat("%U)\n--\n\n%s", text, doc ? doc : ""));
	return afield__keep_text(block, text);
}

#ifdef __cplusplus
}
#endif

#endif
