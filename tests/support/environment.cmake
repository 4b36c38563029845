# SPDX-License-Identifier: MIT
# What the tests are run with. Tests that want a tool are registered where it is found, and nowhere
# else; the test `environment` (tests/support/environment) tells of all of them what was found.

# afield_environment(tool place FOR tests INSTALL how CHECK command...): notes a tool. Without a place
# it is absent: then the tests are not there, and `how` brings them. With one the command, a function
# of environment.sh and its arguments, must succeed.
function(afield_environment tool place)
	cmake_parse_arguments(PARSE_ARGV 2 tool "" "FOR;INSTALL" "CHECK")
	if(place)
		list(JOIN place ", " place)
		list(JOIN tool_CHECK " " check)
		set(line "found|${tool}|${place}|${check}")
	else()
		set(line "absent|${tool}|${tool_FOR}|${tool_INSTALL}")
	endif()
	set_property(GLOBAL APPEND PROPERTY AFIELD_ENVIRONMENT "${line}")
endfunction()

# afield_sanitizer_environment(thread|address tests): the same of a sanitizer, as AFIELD_HAS_<it> says.
function(afield_sanitizer_environment sanitizer tests)
	set(found)
	if(AFIELD_HAS_${sanitizer})
		set(found ${CMAKE_C_COMPILER})
	endif()
	afield_environment(-fsanitize=${sanitizer} "${found}" FOR ${tests}
		INSTALL "take a compiler that has it"
		CHECK compiles c ${CMAKE_C_COMPILER} -fsanitize=${sanitizer})
endfunction()

# afield_left_out(tests reason): notes tests that this build does not have, whatever is installed.
function(afield_left_out tests reason)
	set_property(GLOBAL APPEND PROPERTY AFIELD_ENVIRONMENT "left out|${tests}|${reason}|")
endfunction()
