/* SPDX-License-Identifier: MIT */
/*
 * class: walks over the rows of a class. Nothing here knows a kind.
 */
#include <afield/class.h>
#include <afield/detail/element_ops.h>
#include <afield/host.h>
#include <afield/detail/inline_value.h>
#include <afield/detail/misuse.h>
#include <afield/detail/type_code.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE 64 /* bytes in a cache line, as describe counts them */

/*
 * Who changes a table that users' files contain gives AFIELD_LAYOUT the next number, once in a
 * release, and the new sizes here.
 */
const char AFIELD_LAYOUT = 1;
#define SIZE(table, bytes)                     \
	_Static_assert(sizeof(table) == bytes, \
		       "afield: " #table " has changed; AFIELD_LAYOUT of field.h changes with it")
SIZE(struct afield_class, 40);
SIZE(struct afield_row, 48);
SIZE(struct afield_type, 128);
SIZE(struct afield_value_type, 24);
SIZE(struct afield_record, 24);
SIZE(struct afield_member, 32);
SIZE(struct afield_verb, 112);
SIZE(struct afield_parameter, 24);
SIZE(struct afield_host_binding, 72);
SIZE(struct afield_error_mapping, 24);
SIZE(struct afield_view, 128);
SIZE(struct afield_lock_mode, 48);
SIZE(struct afield_element, 32);
SIZE(struct afield_inline_value, 24);

void afield_fini(const struct afield_class *table, void *object)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const struct afield_row *row = &table->rows[i];
		const struct afield_type *type = row->type();

		if (type->fini)
			type->fini(type, (char *)object + row->offset);
	}
}

int afield_class_traverse(const struct afield_class *table, void *object,
			  int (*visit)(void *object, void *argument), void *argument)
{
	int result = 0;

	if (!afield_has_host())
		afield_misuse(table->name, "a collector goes through it, and no host is set; call "
					   "afield_python_init or afield_set_host");
	for (size_t i = 0; i < table->row_count && !result; i++) {
		const struct afield_row *row = &table->rows[i];
		const struct afield_host_binding *binding = row->type()->binding;

		if (binding && binding->traverse)
			result = binding->traverse(row->type(), (char *)object + row->offset, visit,
						   argument);
	}
	return result;
}

void afield_class_clear(const struct afield_class *table, void *object)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const struct afield_row *row = &table->rows[i];
		const struct afield_host_binding *binding = row->type()->binding;

		if (binding && binding->clear)
			binding->clear(row->type(), (char *)object + row->offset);
	}
}

int afield_class_reset_orphans(const struct afield_class *table, void *object)
{
	int count = 0, error = 0;

	for (size_t i = 0; i < table->row_count; i++) {
		const struct afield_row *row = &table->rows[i];
		const struct afield_type *type = row->type();
		int result;

		if (!type->binding || !type->binding->reset_orphans)
			continue;
		result = type->binding->reset_orphans(type, (char *)object + row->offset);
		if (result > 0)
			count++;
		else if (!error)
			error = result;
	}
	return error ? error : count;
}

const struct afield_row *afield_row(const struct afield_class *table, const char *name)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (strcmp(table->rows[i].name, name) == 0)
			return &table->rows[i];
	return NULL;
}

/* Text that grows beyond its buffer is counted and not written, as snprintf does. */
struct text {
	char *start;
	size_t size;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void append(struct text *text, const char *format, ...)
{
	size_t room = text->length < text->size ? text->size - text->length : 0;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(room ? text->start + text->length : NULL, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		text->length += (size_t)length;
}

static const char *shape_name(const struct afield_value_type *value_type)
{
	static const char *const names[] = {
		[AFIELD_OPAQUE] = "opaque", [AFIELD_NOTHING] = "nothing",
		[AFIELD_BOOL] = "bool",     [AFIELD_I8] = "i8",
		[AFIELD_I16] = "i16",       [AFIELD_I32] = "i32",
		[AFIELD_I64] = "i64",       [AFIELD_U8] = "u8",
		[AFIELD_U16] = "u16",       [AFIELD_U32] = "u32",
		[AFIELD_U64] = "u64",       [AFIELD_F32] = "f32",
		[AFIELD_F64] = "f64",       [AFIELD_STRUCT] = "struct",
		[AFIELD_OBJECT] = "object",
	};

	if (value_type->type_code == AFIELD_STRUCT && value_type->record &&
	    value_type->record->name)
		return value_type->record->name;
	if ((size_t)value_type->type_code < sizeof(names) / sizeof(names[0]))
		return names[value_type->type_code];
	return "opaque";
}

static bool is_hot(const struct afield_row *row)
{
	return (row->type()->traits & AFIELD_IS_HOT) &&
	       !(row->flags & (AFIELD_READONLY | AFIELD_FROZEN));
}

static size_t last_byte(const struct afield_row *row)
{
	return row->offset + row->type()->size - 1;
}

static void describe_count(struct text *text, const struct afield_row *row, const void *object)
{
	const struct afield_type *type = row->type();
	const struct afield_view *view = type->binding ? type->binding->view : NULL;
	size_t count;

	if (!object || !view || !view->count)
		return;
	count = view->count(type, (const char *)object + row->offset);
	append(text, "  %zu element%s", count, count == 1 ? "" : "s");
}

static void describe_row(struct text *text, const struct afield_row *row, const void *object)
{
	const struct afield_type *type = row->type();
	size_t first = row->offset / LINE;
	size_t last = last_byte(row) / LINE;

	append(text, "  %-16s %-10s holds %-10s offset %4zu  size %4zu  line %zu", row->name,
	       type->kind, shape_name(&type->value_type), row->offset, type->size, first);
	if (last != first)
		append(text, "-%zu", last);
	describe_count(text, row, object);
	append(text, "%s%s%s%s%s\n", is_hot(row) ? "  hot" : "",
	       row->flags & AFIELD_READONLY ? "  read-only" : "",
	       row->flags & AFIELD_FROZEN ? "  frozen" : "", row->doc ? "  " : "",
	       row->doc ? row->doc : "");
}

/* Compares a hot row with the hot row before it: rows are in the order of their offsets. */
static void warn_of_shared_line(struct text *text, const struct afield_row *before,
				const struct afield_row *row)
{
	if (last_byte(before) / LINE == row->offset / LINE)
		append(text,
		       "  warning: %s and %s are hot and share line %zu; put a padding between "
		       "them or one of them elsewhere\n",
		       before->name, row->name, row->offset / LINE);
}

size_t afield_describe(const struct afield_class *table, char *text, size_t size)
{
	return afield_describe_object(table, NULL, text, size);
}

size_t afield_describe_object(const struct afield_class *table, const void *object, char *text,
			      size_t size)
{
	struct text out = {text, size, 0};
	const struct afield_row *before = NULL;

	append(&out, "class %s: %zu fields, %zu bytes, alignment %zu\n", table->name,
	       table->row_count, table->size, table->alignment);
	for (size_t i = 0; i < table->row_count; i++)
		describe_row(&out, &table->rows[i], object);
	for (size_t i = 0; i < table->row_count; i++) {
		const struct afield_row *row = &table->rows[i];

		if (!is_hot(row))
			continue;
		if (before)
			warn_of_shared_line(&out, before, row);
		before = row;
	}
	return out.length;
}
