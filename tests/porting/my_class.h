/* SPDX-License-Identifier: MIT */
/*
 * my_class: what the five ways share, behind their get_x and set_y: Python's table of the methods,
 * and the type in its module.
 */
static PyMethodDef methods[] = {
	{"get_x", get_x, METH_NOARGS, "The value of x."},
	{"set_y", set_y, METH_O, "Sets y."},
	{NULL, NULL, 0, NULL},
};

static int my_class_exec(PyObject *module)
{
	struct afield_python_options options = {.name = "MyClass", .methods = methods};
	PyObject *type = afield_python_type(module, my_class_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}
