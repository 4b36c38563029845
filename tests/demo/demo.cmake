# SPDX-License-Identifier: MIT
# Installs the library into a folder of its own, builds the extension there with find_package for
# each interpreter, and runs the demo on it. PYTHONS is tag=program,tag=program...
function(run what)
	execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
	if(failed)
		message(FATAL_ERROR "${what} failed:\n${output}")
	endif()
endfunction()

string(REPLACE "," ";" pythons "${PYTHONS}")
if(NOT pythons)
	message(FATAL_ERROR "the demo needs a Python with headers: apt-get install python3-dev")
endif()
run("installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
set(wrong)
foreach(python IN LISTS pythons)
	string(REGEX REPLACE "=.*" "" tag ${python})
	string(REGEX REPLACE "^[^=]*=" "" program ${python})
	run("configuring tally for ${tag}" ${CMAKE_COMMAND} -S ${SOURCE}/tally -B ${WORK}/${tag}
		-G ${GENERATOR} -DCMAKE_C_COMPILER=${CC} -DCMAKE_BUILD_TYPE=Release
		-DCMAKE_PREFIX_PATH=${WORK}/installed -DPYTHON=${program})
	run("building tally for ${tag}" ${CMAKE_COMMAND} --build ${WORK}/${tag})
	execute_process(COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${WORK}/${tag} PYTHONDONTWRITEBYTECODE=1
		${program} ${SOURCE}/demo.py RESULT_VARIABLE failed)
	if(failed)
		list(APPEND wrong ${tag})
	endif()
endforeach()
if(wrong)
	message(FATAL_ERROR "the demo failed on: ${wrong}")
endif()
