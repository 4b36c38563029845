# SPDX-License-Identifier: MIT
# The Python interpreters that tests, demo and benches use: those that AFIELD_PYTHONS lists (in the
# environment or the cache; separated by blanks, colons or semicolons) and those on the path. An
# interpreter that is found twice is taken once, and so is a version that is found on the path only.
#
# AFIELD_PYTHON_TAGS lists what was found with headers: 3.11, 3.14t. For each tag,
# AFIELD_PYTHON_<tag> is the program, _INCLUDE, _SUFFIX (of extensions) and _NAME (for people) what
# they say. AFIELD_PYTHON_ABSENT lists those without headers, by their names.
#
# An extension under a sanitizer needs an interpreter that suits it. Under ThreadSanitizer that is
# one built with it; any other has AddressSanitizer's runtime loaded first (AFIELD_PYTHON_RUN).
option(AFIELD_PYTHON "Build extensions for the interpreters found, and test them" ON)
set(AFIELD_PYTHONS "" CACHE STRING "More Python interpreters for tests, demo and benches")
if(DEFINED ENV{AFIELD_PYTHONS})
	set(AFIELD_PYTHONS "$ENV{AFIELD_PYTHONS}" CACHE STRING "" FORCE)
endif()

set(python_probe [[
import os, sys, sysconfig
get = sysconfig.get_config_var
free = 't' if get('Py_GIL_DISABLED') else ''
tsan = '-fsanitize=thread' in str(get('CFLAGS')) or '--with-thread-sanitizer' in str(get('CONFIG_ARGS'))
include = sysconfig.get_path('include')
print(os.path.realpath(sys.executable), '%d.%d%s' % (*sys.version_info[:2], free), include,
      get('EXT_SUFFIX'), '%d.%d.%d' % sys.version_info[:3] + (free and ' free-threaded'),
      int(os.path.exists(os.path.join(include, 'Python.h'))), int(tsan), sep='|')
]])

string(REGEX REPLACE "[ :]+" ";" named "${AFIELD_PYTHONS}")
set(candidates ${named})
list(APPEND candidates python3 python3.12 python3.13 python3.13t python3.14 python3.14t python3.15 python3.15t)
list(REMOVE_ITEM candidates "")
if(NOT AFIELD_PYTHON)
	set(candidates)
endif()
set(AFIELD_PYTHON_TAGS)
set(AFIELD_PYTHON_ABSENT)
set(python_seen)
foreach(candidate IN LISTS candidates)
	execute_process(COMMAND ${candidate} -I -c "${python_probe}"
		OUTPUT_VARIABLE answer ERROR_QUIET RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE)
	string(REPLACE "|" ";" answer "${answer}")
	list(LENGTH answer length)
	if(failed OR NOT length EQUAL 7)
		continue()
	endif()
	list(GET answer 0 program)
	list(GET answer 1 tag)
	list(GET answer 2 include)
	list(GET answer 3 suffix)
	list(GET answer 4 name)
	list(GET answer 5 has_headers)
	list(GET answer 6 is_tsan)
	if(program IN_LIST python_seen)
		continue()
	endif()
	# Of those on the path, one of each version is enough.
	if(tag IN_LIST AFIELD_PYTHON_TAGS AND NOT candidate IN_LIST named)
		continue()
	endif()
	list(APPEND python_seen ${program})
	if(tag VERSION_LESS 3.11)
		list(APPEND AFIELD_PYTHON_ABSENT "${name}|${program} is older than 3.11")
	elseif(NOT has_headers)
		list(APPEND AFIELD_PYTHON_ABSENT "${name}|${program} has no headers (python3-dev)")
	elseif(is_tsan AND NOT AFIELD_SANITIZE MATCHES "thread")
		list(APPEND AFIELD_PYTHON_ABSENT "${name}|${program} is for ThreadSanitizer builds")
	elseif(NOT is_tsan AND AFIELD_SANITIZE MATCHES "thread")
		list(APPEND AFIELD_PYTHON_ABSENT "${name}|${program} is built without ThreadSanitizer")
	elseif(AFIELD_SANITIZE MATCHES "address" AND tag MATCHES "t$")
		list(APPEND AFIELD_PYTHON_ABSENT
			"${name}|AddressSanitizer has to see malloc, which a free-threaded build does not use")
	else()
		set(base ${tag})
		foreach(count RANGE 2 9)
			if(tag IN_LIST AFIELD_PYTHON_TAGS)
				set(tag ${base}-${count})
			endif()
		endforeach()
		list(APPEND AFIELD_PYTHON_TAGS ${tag})
		set(AFIELD_PYTHON_${tag} ${program})
		set(AFIELD_PYTHON_${tag}_INCLUDE ${include})
		set(AFIELD_PYTHON_${tag}_SUFFIX ${suffix})
		set(AFIELD_PYTHON_${tag}_NAME ${name})
		message(STATUS "Python ${name}: ${program}")
	endif()
endforeach()

# What is set in the environment of an interpreter that loads our extensions. Its bytecode lies with
# the build: an interpreter that was installed without compiles its library once, not in every test.
set(AFIELD_PYTHON_RUN PYTHONPYCACHEPREFIX=${PROJECT_BINARY_DIR}/pycache PYTHONDONTWRITEBYTECODE=
	PYTHONFAULTHANDLER=1)
if(AFIELD_SANITIZE MATCHES "address")
	set(asan libasan.so)
	if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
		set(asan libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so)
	endif()
	execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${asan}
		OUTPUT_VARIABLE asan OUTPUT_STRIP_TRAILING_WHITESPACE)
	list(APPEND AFIELD_PYTHON_RUN LD_PRELOAD=${asan} PYTHONMALLOC=malloc AFIELD_SANITIZED=address
		"ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0")
elseif(AFIELD_SANITIZE MATCHES "thread")
	list(APPEND AFIELD_PYTHON_RUN AFIELD_SANITIZED=thread
		"TSAN_OPTIONS=halt_on_error=0:exitcode=66:second_deadlock_stack=1:die_after_fork=0:suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")
endif()

# afield_python_extension(tag name folder source [LIBRARY afield::afield-static] [LAYER target]): one
# extension module for one interpreter, as the target python.<tag>.<name>, in a folder of its own for
# each, with a copy of the Python layer or with that of an object library. In C11: in C23, Python.h of
# 3.13 says nullptr, which gcc 12 does not know.
function(afield_python_extension tag name folder source)
	cmake_parse_arguments(PARSE_ARGV 4 extension "" "LIBRARY;LAYER" "")
	if(NOT extension_LIBRARY)
		set(extension_LIBRARY afield::afield)
	endif()
	set(target python.${tag}.${name})
	add_library(${target} MODULE ${source})
	set_target_properties(${target} PROPERTIES
		OUTPUT_NAME ${name} PREFIX "" SUFFIX ${AFIELD_PYTHON_${tag}_SUFFIX}
		LIBRARY_OUTPUT_DIRECTORY ${folder}/${tag})
	afield_for_python(${tag} ${target})
	target_link_libraries(${target} PRIVATE ${extension_LIBRARY})
	if(extension_LAYER)
		target_sources(${target} PRIVATE $<TARGET_OBJECTS:${extension_LAYER}>)
		target_compile_definitions(${target} PRIVATE AFIELD_PYTHON_SEPARATE)
	endif()
endfunction()

# afield_for_python(tag target): compiled for that interpreter.
function(afield_for_python tag target)
	set_target_properties(${target} PROPERTIES C_STANDARD 11
		C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
	target_include_directories(${target} SYSTEM PRIVATE ${AFIELD_PYTHON_${tag}_INCLUDE})
	target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
	# Optimized, these take half of the time of a build: the jobs for warnings and sanitizers do it.
	if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/")
		set(level 0)
		if(AFIELD_SANITIZE OR CMAKE_COMPILE_WARNING_AS_ERROR)
			set(level 1)
		endif()
		target_compile_options(${target} PRIVATE -O${level})
	endif()
endfunction()

# afield_python_test(tag name script folder...): a script as the test python.<tag>.<name>, with the
# folders in its path.
function(afield_python_test tag name script)
	list(JOIN ARGN ":" path)
	add_test(NAME python.${tag}.${name} COMMAND ${AFIELD_PYTHON_${tag}} ${script})
	set_tests_properties(python.${tag}.${name} PROPERTIES LABELS python TIMEOUT 300
		ENVIRONMENT "${AFIELD_PYTHON_RUN};PYTHONPATH=${path}")
endfunction()
