# SPDX-License-Identifier: 0BSD
# module(): one folder, one static library, one namespace, one test program.

# Precompiled headers, made once and reused by each module.
add_library(pch_core STATIC ${CMAKE_CURRENT_LIST_DIR}/pch.cpp)
target_precompile_headers(pch_core PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch_core.hpp)
target_link_libraries(pch_core PUBLIC Boost::headers fmt::fmt Threads::Threads)
add_library(pch_test STATIC ${CMAKE_CURRENT_LIST_DIR}/pch.cpp)
target_precompile_headers(pch_test PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch_test.hpp)
target_link_libraries(pch_test PUBLIC Boost::headers fmt::fmt GTest::gtest Threads::Threads)

# module(
#   [NAME name]        the target; without it the folder's name, or parent_folder for an implementation below io/<module>/
#   SOURCES a.cpp …    without sources the module is an interface of headers
#   [DEPS base …]      modules that this one includes
#   [LIBS curl …]      third-party targets
#   [TESTS a_test.cpp …] [TEST_DEPS module …] )
function(module)
  cmake_parse_arguments(M "" "NAME" "SOURCES;DEPS;LIBS;TESTS;TEST_DEPS" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "module(): what is ${M_UNPARSED_ARGUMENTS}?")
  endif()
  if(NOT M_NAME)
    get_filename_component(M_NAME "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  endif()
  if(M_SOURCES)
    add_library(${M_NAME} STATIC ${M_SOURCES})
    target_include_directories(${M_NAME} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${M_NAME} PUBLIC ${M_DEPS} Boost::headers fmt::fmt PRIVATE ${M_LIBS})
    target_precompile_headers(${M_NAME} REUSE_FROM pch_core)
  else()
    add_library(${M_NAME} INTERFACE)
    target_include_directories(${M_NAME} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${M_NAME} INTERFACE ${M_DEPS} ${M_LIBS})
  endif()
  if(M_TESTS)
    add_executable(${M_NAME}_test ${M_TESTS})
    target_link_libraries(${M_NAME}_test PRIVATE ${M_NAME} ${M_TEST_DEPS} ${M_LIBS} GTest::gtest_main)
    target_precompile_headers(${M_NAME}_test REUSE_FROM pch_test)
    add_test(NAME ${M_NAME} COMMAND ${M_NAME}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${M_NAME} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()
