/* SPDX-License-Identifier: MIT */
/*
 * padding: a cache line's worth of nothing, which keeps two hot fields of a class apart.
 *
 *	#include <afield/padding.h>
 *
 *	#define TRAFFIC(field)               \
 *		field(afield_i64, received)  \
 *		field(afield_padding, _1)    \
 *		field(afield_i64, sent)
 *	AFIELD_CLASS(traffic, TRAFFIC);
 *
 * When to use it: between two fields that different threads write all the time; afield_describe
 * names such pairs. When not: around read-mostly fields, or in objects of which there are millions.
 *
 * Why bytes and not an alignment: Python aligns objects to 16 bytes and no more, so that an aligned
 * member would not be aligned. 64 bytes between two fields keep them on different lines wherever
 * the object starts.
 *
 * Synchronization: there is nothing to synchronize. It has no value, no operations, and no
 * attribute in Python.
 */
#ifndef AFIELD_PADDING_H
#define AFIELD_PADDING_H

#include <afield/detail/type_code.h>
#include <afield/field.h>
#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

typedef struct afield_padding {
	char bytes[64] AFIELD_ZERO;
} afield_padding;

AFIELD_TYPE_TABLE(afield_padding, "padding", AFIELD_VALUE_NONE, 0, NULL, NULL, NULL, NULL, 0, NULL,
		  NULL);

#endif
