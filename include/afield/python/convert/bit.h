/* SPDX-License-Identifier: MIT */
/*
 * python/convert/bit: one named bit of an integer as an attribute of its own.
 *
 * The bit `open` of the attribute `state` is the attribute `state_open`: True or False. Setting it
 * changes that bit alone, by the kind's verbs `set` and `clear`; a kind without them, and a field
 * that is read-only or frozen, shows its bits and takes none.
 *
 * When to use it: through the types that afield_python_type makes.
 *
 * Synchronization: reading is one load of the field, setting one verb. Both are atomic.
 */
#ifndef AFIELD_PYTHON_CONVERT_BIT_H
#define AFIELD_PYTHON_CONVERT_BIT_H

#include <afield/python/type/type_builder.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the descriptor of a bit carries. */
struct afield__bit {
	const struct afield__attribute *attribute;
	const struct afield_verb *set, *clear;
	const char *name; /* "state_open" */
	uint64_t bit;
};

static inline PyObject *afield__bit_get(PyObject *self, void *closure)
{
	const struct afield__bit *bit = (const struct afield__bit *)closure;
	const struct afield_type *type = bit->attribute->type;
	uint64_t value = 0;
	int error;

	if (afield__check_thread(self))
		return NULL;
	error = type->load(type, afield__field(self, bit->attribute->offset), &value);
	if (error) {
		afield__raise(error, bit->attribute, "load");
		return NULL;
	}
	return PyBool_FromLong((value & bit->bit) != 0);
}

static inline int afield__bit_set(PyObject *self, PyObject *value, void *closure)
{
	const struct afield__bit *bit = (const struct afield__bit *)closure;
	const struct afield__attribute *attribute = bit->attribute;
	const void *arguments[1] = {&bit->bit};
	struct afield__place place = {bit->name, NULL};
	const struct afield_verb *verb;
	bool is_set = false;
	int error;

	if (!value)
		return afield__cannot_delete(bit->name);
	if (afield__check_thread(self) || afield__scalar_from(AFIELD_BOOL, value, &is_set, &place))
		return -1;
	verb = is_set ? bit->set : bit->clear;
	error = verb->call(attribute->type, afield__field(self, attribute->offset), NULL,
			   arguments);
	if (error)
		afield__raise(error, attribute, verb->name);
	return error ? -1 : 0;
}

/* The verb of this name, if it takes bits and returns nothing; or NULL. */
static inline const struct afield_verb *afield__bit_verb(const struct afield_type *type,
							 const char *name)
{
	for (size_t i = 0; i < type->verb_count; i++)
		if (strcmp(type->verbs[i].name, name) == 0 && type->verbs[i].parameter_count == 1 &&
		    type->verbs[i].parameters[0].type_code == AFIELD_ITSELF &&
		    type->verbs[i].result == AFIELD_NOTHING)
			return &type->verbs[i];
	return NULL;
}

/* How many definitions the bits of a class want. */
static inline size_t afield__bit_count(const struct afield_class *table)
{
	size_t all = 0;

	for (size_t i = 0; i < table->row_count; i++) {
		size_t count = 0;

		if (!(table->rows[i].flags & AFIELD_HIDDEN))
			(void)afield__flags_of(&table->rows[i].type()->value_type, &count);
		all += count;
	}
	return all;
}

static inline int afield__bit_define(struct afield__builder *builder, struct afield__bit *bit,
				     const struct afield_member *row, PyGetSetDef *definition)
{
	const struct afield__attribute *attribute = bit->attribute;
	struct afield__type_state *state = builder->state;

	bit->bit = UINT64_C(1) << row->offset;
	bit->set = afield__bit_verb(attribute->type, "set");
	bit->clear = afield__bit_verb(attribute->type, "clear");
	bit->name =
		afield__keep_text(state, PyUnicode_FromFormat("%s_%s", attribute->name, row->name));
	definition->name = bit->name;
	definition->get = afield__bit_get;
	definition->set = attribute->set && bit->set && bit->clear ? afield__bit_set : NULL;
	definition->closure = bit;
	definition->doc = afield__keep_text(
		state, PyUnicode_FromFormat("%s%s\n\nThread safety: atomic.%s",
					    row->doc && !strstr(row->doc, ": ") ? "" : "bool: ",
					    row->doc ? row->doc : "One bit.",
					    definition->set ? " Setting it changes this bit alone."
							    : " The attribute is read-only."));
	return bit->name && definition->doc
		       ? afield__reserve_name(builder, PyUnicode_FromString(bit->name))
		       : -1;
}

/* The definitions of all bits, behind those that are there: 0, or -1 with an exception. */
static inline int afield__builder_bits(struct afield__builder *builder)
{
	struct afield__type_state *state = builder->state;
	PyGetSetDef *definition = afield__type_state_definitions(state);
	size_t all = afield__bit_count(builder->table);
	struct afield__bit *bit;
	PyObject *memory;

	if (all == 0)
		return 0;
	/* The type state's list keeps the memory as a bytes object that nobody else sees. */
	memory = afield__keep(
		state, PyBytes_FromStringAndSize(NULL, (Py_ssize_t)((all + 1) * sizeof(*bit))));
	if (!memory)
		return -1;
	bit = (struct afield__bit *)(((uintptr_t)PyBytes_AS_STRING(memory) + 15) / 16 * 16);
	while (definition->name)
		definition++;
	for (size_t i = 0; i < state->attribute_count; i++) {
		const struct afield__attribute *attribute = &state->attributes[i];
		size_t count;
		const struct afield_member *rows =
			afield__flags_of(&attribute->type->value_type, &count);

		for (size_t k = 0; attribute->is_shown && k < count; k++, bit++) {
			bit->attribute = attribute;
			if (afield__bit_define(builder, bit, &rows[k], definition++))
				return -1;
		}
	}
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
