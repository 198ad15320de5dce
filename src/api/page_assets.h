/// The status page's files, embedded at build time from src/api/page (see assets.cmake).
/// Threads  constant data.
#pragma once

#include <string_view>

namespace vonggac::api {

struct PageAsset {
  std::string_view name;
  std::string_view content_type;
  std::string_view etag;  ///< with its quotes; from the SHA-256 of the content
  std::string_view content;
};

/// nullptr when there is none of this name.
const PageAsset* find_page_asset(std::string_view name);

}  // namespace vonggac::api
