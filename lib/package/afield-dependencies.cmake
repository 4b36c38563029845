# SPDX-License-Identifier: MIT
# What libafield stands on, found the same way by its own build and by those who link it.
# afield_require(prefix module package) makes the target PkgConfig::<prefix>, or adds a sentence
# that names the Debian package to afield_MISSING.
set(afield_MISSING)
macro(afield_require prefix module package)
	find_package(PkgConfig QUIET)
	if(NOT PKG_CONFIG_FOUND)
		set(afield_MISSING "afield needs pkg-config: apt-get install pkg-config")
	else()
		pkg_check_modules(${prefix} QUIET IMPORTED_TARGET GLOBAL ${module})
		if(NOT ${prefix}_FOUND)
			string(APPEND afield_MISSING "afield needs ${module}: apt-get install ${package}\n")
		endif()
	endif()
endmacro()
