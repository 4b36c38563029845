/* SPDX-License-Identifier: MIT */
/* afield: the map 'weights' has the key 'double'; a key is an integer, afield_map_bytes or afield_map_text, or a PyObject * where <afield/map_object.h> is included */
#include <afield/map.h>

#ifndef TWIN
AFIELD_TYPE(weights, map, double, int); /* here */
#else
AFIELD_TYPE(weights, map, int64_t, int);
#endif
