# The compilers that a test of the headers tries: gcc and clang, each where it is installed.
# AFIELD_COMPILERS lists the families found; AFIELD_gcc_C and AFIELD_gcc_CXX (and so on) are paths.
find_program(AFIELD_gcc_C gcc)
find_program(AFIELD_gcc_CXX g++)
find_program(AFIELD_clang_C NAMES clang clang-14 clang-19)
find_program(AFIELD_clang_CXX NAMES clang++ clang++-14 clang++-19)
set(AFIELD_COMPILERS)
foreach(family IN ITEMS gcc clang)
	if(AFIELD_${family}_C AND AFIELD_${family}_CXX)
		list(APPEND AFIELD_COMPILERS ${family})
	endif()
endforeach()

# afield_skip(name reason labels): a test that CTest shows as skipped, with the reason.
function(afield_skip name reason labels)
	add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${reason}")
	set_tests_properties(${name} PROPERTIES
		SKIP_REGULAR_EXPRESSION "^skipped: " LABELS "${labels}")
endfunction()

# afield_skip_absent(prefix labels): one skip for each family that is not installed.
function(afield_skip_absent prefix labels)
	foreach(family IN ITEMS gcc clang)
		if(NOT family IN_LIST AFIELD_COMPILERS)
			afield_skip(${prefix}.${family} "${family} is not installed" "${labels}")
		endif()
	endforeach()
endfunction()

# Where the headers and those of liburcu stand, as options.
set(AFIELD_HEADER_OPTIONS -I${PROJECT_SOURCE_DIR}/include -I${AFIELD_STAGE})
foreach(folder IN LISTS AFIELD_URCU_INCLUDE_DIRS)
	list(APPEND AFIELD_HEADER_OPTIONS -I${folder})
endforeach()
