# SPDX-License-Identifier: MIT
# The libraries of Debian that tests wrap in classes. Where pkg-config finds one,
# WRAPPED_<library>_FOUND is true, and PkgConfig::WRAPPED_<library> is the target to link.
find_package(PkgConfig)

# wrapped_library(library package tests...)
macro(wrapped_library library package)
	if(PKG_CONFIG_FOUND)
		pkg_check_modules(WRAPPED_${library} QUIET IMPORTED_TARGET ${library})
	endif()
	set(wrapped_version)
	if(WRAPPED_${library}_FOUND)
		set(wrapped_version "${WRAPPED_${library}_VERSION}")
	endif()
	afield_environment(${library} "${wrapped_version}" FOR "${ARGN}"
		INSTALL "apt-get install ${package}"
		CHECK links ${CMAKE_C_COMPILER} ${WRAPPED_${library}_LDFLAGS})
endmacro()

wrapped_library(zlib zlib1g-dev "python.*.wrapping.streams and examples.streams.*")
wrapped_library(sqlite3 libsqlite3-dev "python.*.wrapping.databases and examples.database.*")
