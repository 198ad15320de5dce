# Embeds src/api/page/* into the api room: at configure time a custom command is made that writes page_assets.cpp
# with one array per file; a changed file rebuilds it. Needs nothing but CMake.
if(CMAKE_SCRIPT_MODE_FILE)
  # cmake -DOUT=<file> -DFILES=<a|b|c> -P assets.cmake
  string(REPLACE "|" ";" FILES "${FILES}")
  set(arrays "")
  set(table "")
  set(index 0)
  foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    get_filename_component(extension ${file} LAST_EXT)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
    file(SHA256 ${file} digest)
    string(SUBSTRING ${digest} 0 32 digest)
    file(SIZE ${file} size)
    if(extension STREQUAL ".html")
      set(type "text/html; charset=utf-8")
    elseif(extension STREQUAL ".css")
      set(type "text/css; charset=utf-8")
    elseif(extension STREQUAL ".js")
      set(type "text/javascript; charset=utf-8")
    elseif(extension STREQUAL ".json")
      set(type "application/json")
    elseif(extension STREQUAL ".svg")
      set(type "image/svg+xml")
    else()
      message(FATAL_ERROR "no content type for ${file}")
    endif()
    string(APPEND arrays "constexpr unsigned char kFile${index}[] = {\n${bytes}0};\n")
    string(APPEND table "    {\"${name}\", \"${type}\", \"\\\"${digest}\\\"\", text(kFile${index}, ${size})},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE ${OUT} "// Written by src/api/assets.cmake.
#include \"api/page_assets.h\"

#include <cstddef>

namespace vonggac::api {
namespace {

${arrays}
std::string_view text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

const PageAsset* find_page_asset(std::string_view name) {
  static const PageAsset kAssets[] = {
${table}  };
  for (const PageAsset& asset : kAssets) {
    if (asset.name == name) return &asset;
  }
  return nullptr;
}

}  // namespace vonggac::api
")
  return()
endif()

file(GLOB page_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/page/* ${CMAKE_CURRENT_LIST_DIR}/openapi.json)
string(REPLACE ";" "|" page_files_joined "${page_files}")
set(page_assets_source ${CMAKE_CURRENT_BINARY_DIR}/page_assets.cpp)
add_custom_command(
  OUTPUT ${page_assets_source}
  COMMAND ${CMAKE_COMMAND} -DOUT=${page_assets_source} "-DFILES=${page_files_joined}" -P ${CMAKE_CURRENT_LIST_DIR}/assets.cmake
  DEPENDS ${page_files} ${CMAKE_CURRENT_LIST_DIR}/assets.cmake
  COMMENT "Embedding the status page"
  VERBATIM)
target_sources(vonggac_api PRIVATE ${page_assets_source})
add_custom_target(embedded_page DEPENDS ${page_assets_source})
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/api/beast_library.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
# Beast and Asio are compiled once (beast_library.cpp), not in every file that names them.
target_compile_definitions(vonggac_api PRIVATE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                                               BOOST_ASIO_NO_DEPRECATED)
if(VONGGAC_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 with -fsanitize=address takes the empty boost::optional inside Beast's parser for uninitialised.
  target_compile_options(vonggac_api PRIVATE -Wno-maybe-uninitialized)
endif()
