# SPDX-License-Identifier: MIT
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

# The one that is tried where one is enough.
set(AFIELD_QUICK_COMPILER)
if(AFIELD_COMPILERS)
	list(GET AFIELD_COMPILERS 0 AFIELD_QUICK_COMPILER)
endif()

foreach(family IN ITEMS gcc clang)
	set(found)
	if(family IN_LIST AFIELD_COMPILERS)
		set(found ${AFIELD_${family}_C})
	endif()
	set(package ${family})
	string(REPLACE gcc g++ package ${package})
	afield_environment(${family} "${found}" INSTALL "apt-get install ${package}"
		FOR "headers.${family}.*, refused.*.${family} and outside.*.${family}"
		CHECK both ${AFIELD_${family}_C} ${AFIELD_${family}_CXX})
endforeach()

# Where the headers stand, as options.
set(AFIELD_HEADER_OPTIONS -I${PROJECT_SOURCE_DIR}/include -I${AFIELD_STAGE})
