/// Reads config/vendors.toml: what is known of brands, for the probe.
/// Flow     <program>/../share/vonggac/vendors.toml -> load_vendors() -> VendorFile -> probe worker, page
/// Threads  plain values.
/// Errors   kNotFound: no such file. kInvalidArgument: what is wrong, with its place.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"
#include "onvif/vendor_table.h"

namespace vonggac::core {

struct VendorFile {
  boost::json::value json;
  onvif::VendorTable table;
};
base::Result<VendorFile> parse_vendors(std::string_view toml_text, const std::string& source_name);
base::Result<VendorFile> load_vendors(const std::string& path);
/// Beside the running program as it is installed.
std::string installed_vendors_path();

}  // namespace vonggac::core
