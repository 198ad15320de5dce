# Warnings, hardening and sanitizers for every target of ours. Outside headers come in as SYSTEM.
add_library(vonggac_flags INTERFACE)
target_compile_options(vonggac_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wundef $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Werror
  -fstack-protector-strong -fno-omit-frame-pointer)
target_compile_definitions(vonggac_flags INTERFACE _GLIBCXX_ASSERTIONS _FILE_OFFSET_BITS=64)
target_link_options(vonggac_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(vonggac_flags INTERFACE -Wthread-safety)
else()
  target_compile_options(vonggac_flags INTERFACE -fcf-protection)
endif()
if(VONGGAC_SANITIZE)
  target_compile_options(vonggac_flags INTERFACE -fsanitize=${VONGGAC_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(vonggac_flags INTERFACE -fsanitize=${VONGGAC_SANITIZE})
  if(VONGGAC_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(vonggac_flags INTERFACE -Wno-tsan)  # it does not follow fences: a report there is to be judged
  endif()
elseif(VONGGAC_FUZZ)
  target_compile_options(vonggac_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(vonggac_flags INTERFACE -fsanitize=address,undefined)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  # Redefinition by the distribution's default level is avoided by undefining first.
  target_compile_options(vonggac_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
