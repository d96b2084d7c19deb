# SPDX-License-Identifier: 0BSD
# Compiler, warnings, sanitizers, linker and compiler cache for every target.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR "g++ below 14 silently miscompiles ordinary coroutine code; use clang++-19 (cmake --preset release)")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

# A release carries no debug information: the build is smaller and ends sooner; `dev` keeps line tables for sanitizer reports.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -gline-tables-only -fno-omit-frame-pointer")

add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wswitch-enum -Werror)
# Keeps the precompiled header's content the same in each build, so that ccache finds it again.
add_compile_options("SHELL:-Xclang -fno-pch-timestamp" -fpch-instantiate-templates)
add_link_options(-fuse-ld=lld)

set(STAGESET_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
if(STAGESET_SANITIZE)
  add_compile_options(-fsanitize=${STAGESET_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STAGESET_SANITIZE})
endif()

find_program(STAGESET_CCACHE ccache)
if(STAGESET_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${STAGESET_CCACHE})
endif()
