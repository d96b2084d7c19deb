# SPDX-License-Identifier: 0BSD
# Libraries from Debian's packages, as targets. Reasons: docs/decisions/0002-dependencies.md.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(ZLIB REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LibYaml REQUIRED IMPORTED_TARGET yaml-0.1)
# Found by hand: re2's pkg-config file asks for -pthread, with which the precompiled header cannot be used.
if(NOT TARGET Re2::Re2)
  find_library(RE2_LIBRARY re2 REQUIRED)
  add_library(Re2::Re2 UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Re2::Re2 PROPERTIES IMPORTED_LOCATION "${RE2_LIBRARY}")
endif()
# Howard Hinnant's time zones: libstdc++ 12 has none. By hand, since its CMake file asks for libcurl's too.
if(NOT TARGET Date::Tz)
  find_library(DATE_TZ_LIBRARY date-tz REQUIRED)
  add_library(Date::Tz UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Date::Tz PROPERTIES IMPORTED_LOCATION "${DATE_TZ_LIBRARY}")
endif()
find_path(RNP_INCLUDE_DIR rnp/rnp.h REQUIRED)  # of librnp the headers only, as below
if(STAGESET_BENCH)
  find_package(benchmark REQUIRED)
endif()

# Asio without its deprecated parts and with one executor type: less to compile.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

# The headers of libraries that are loaded on demand (docs/decisions/0007): nothing links them.
foreach(library CURL::libcurl LibArchive::LibArchive)
  string(REGEX REPLACE ".*::" "" name ${library})
  add_library(${name}_headers INTERFACE)
  target_include_directories(${name}_headers SYSTEM INTERFACE $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
endforeach()
