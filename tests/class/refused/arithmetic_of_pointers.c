/* SPDX-License-Identifier: MIT */
/* afield: 'node_link' adds integers and holds a 'struct node *'; use the kind atomic for it */
#include <afield/atomic.h>

struct node;

#ifndef TWIN
AFIELD_TYPE(node_link, atomic_integer, struct node *); /* here */
#else
AFIELD_TYPE(node_link, atomic, struct node *);
#endif
