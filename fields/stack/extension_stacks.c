/*
 * stacks: a class with stacks of objects, of records and of numbers, for the tests of the room.
 */
#include <afield/python.h>

#include <afield/stack.h>

#define PILE_KIND stack
#include "pile_server.h"

AFIELD_PYTHON_MODULE(stacks, pile_exec, pile_functions, "A class with stacks");
