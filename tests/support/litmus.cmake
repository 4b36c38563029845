# SPDX-License-Identifier: MIT
# litmus_programs(source result): the names of the programs of a litmus file, those of its last line,
# PROGRAMS(...). -DLITMUS=NAME builds one.
function(litmus_programs source result)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
	file(READ ${source} text)
	string(REGEX MATCH "\nPROGRAMS\\(([^)]*)\\)\n$" found "${text}")
	if(NOT found)
		message(FATAL_ERROR "${source} does not end with PROGRAMS(...)")
	endif()
	string(REGEX MATCHALL "[a-z0-9_]+" names "${CMAKE_MATCH_1}")
	set(${result} ${names} PARENT_SCOPE)
endfunction()
