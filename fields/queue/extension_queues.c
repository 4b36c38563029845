/*
 * queues: a class with queues of objects, of records and of numbers, for the tests of the room.
 */
#include <afield/python.h>

#include <afield/queue.h>

#define PILE_KIND queue
#include "pile_server.h"

AFIELD_PYTHON_MODULE(queues, pile_exec, pile_functions, "A class with queues");
