/* SPDX-License-Identifier: MIT */
/*
 * stacks: a class with stacks of objects, of records and of numbers, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/stack.h>

#define CONTAINER_KIND stack
#include "container_server.h"

AFIELD_PYTHON_MODULE(stacks, container_exec, container_functions, "A class with stacks");
