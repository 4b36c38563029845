/* SPDX-License-Identifier: MIT */
/* gcc: unknown type name 'strcut_node' */
/* clang: unknown type name 'strcut_node' */
#include <afield/atomic.h>

#ifndef TWIN
AFIELD_TYPE(node_link, atomic, strcut_node *); /* here */
#else
AFIELD_TYPE(node_link, atomic, struct node *);
#endif
