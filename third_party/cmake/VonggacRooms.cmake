# vonggac_room(NAME <room> DEPS <targets...>): one static library per room, sources by glob so that a new
# file needs no list to be edited. Headers are included as "room/file.h" from src/.
function(vonggac_room)
  cmake_parse_arguments(ROOM "" "NAME" "DEPS;EXCLUDE" ${ARGN})
  file(GLOB ROOM_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ROOM_NAME}/*.cpp)
  foreach(name ${ROOM_EXCLUDE})
    list(FILTER ROOM_SOURCES EXCLUDE REGEX "/${name}$")
  endforeach()
  if(NOT ROOM_SOURCES)
    return()
  endif()
  # A room whose sources have not arrived yet is no target; rooms stand in the order of their dependencies.
  foreach(dep ${ROOM_DEPS})
    if(dep MATCHES "^vonggac_" AND NOT TARGET ${dep})
      list(REMOVE_ITEM ROOM_DEPS ${dep})
    endif()
  endforeach()
  add_library(vonggac_${ROOM_NAME} STATIC ${ROOM_SOURCES})
  target_include_directories(vonggac_${ROOM_NAME} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(vonggac_${ROOM_NAME} PUBLIC vonggac_flags ${ROOM_DEPS})
endfunction()

# vonggac_unit_cases(<program>): its cases become tests. A case has a process of its own, but for the sanitizer builds,
# where starting a process costs a second and more than the case does: there a program runs whole, in two halves.
function(vonggac_unit_cases program)
  if(NOT VONGGAC_SANITIZE)
    gtest_discover_tests(${program} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120 LABELS unit)
    return()
  endif()
  foreach(half 0 1)
    add_test(NAME ${program}.${half} COMMAND ${program} --gtest_brief=1)
    set_tests_properties(${program}.${half} PROPERTIES TIMEOUT 900 LABELS unit
      ENVIRONMENT "GTEST_TOTAL_SHARDS=2;GTEST_SHARD_INDEX=${half}")
  endforeach()
endfunction()

# vonggac_unit_tests(<room> DEPS <targets...>): tests/unit/<room>/*.cpp become one GoogleTest program.
function(vonggac_unit_tests room)
  cmake_parse_arguments(UT "" "" "DEPS" ${ARGN})
  file(GLOB UT_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
  if(NOT UT_SOURCES)
    return()
  endif()
  add_executable(unit_${room} ${UT_SOURCES})
  target_include_directories(unit_${room} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(unit_${room} PRIVATE VONGGAC_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(unit_${room} PRIVATE vonggac_flags ${UT_DEPS} GTest::gtest GTest::gtest_main)
  vonggac_unit_cases(unit_${room})
endfunction()
