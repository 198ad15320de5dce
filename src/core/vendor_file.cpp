#include "core/vendor_file.h"

#include <climits>

#include <unistd.h>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "core/data_files.h"
#include "core/text_position.h"
#include "core/toml_text.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxVendorFileBytes = 1U << 20;
constexpr std::size_t kMaxVendorJsonBytes = 56U << 10;  ///< it travels in one text of a message
constexpr int kMaxDepth = 6;

/// Hints are Vietnamese: accented letters may stand inside of texts, where toml++ copes with them, and nowhere else
/// (core/toml_text.h).
std::string texts_blanked(std::string_view toml) {
  std::string out(toml);
  bool inside = false, comment = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n') inside = comment = false;
    if (comment) continue;
    // Texts in single quotes are told apart by other rules: what follows them is not blanked, so it must be ASCII.
    if (!inside && out[i] == '\'') return out;
    if (!inside && out[i] == '#') comment = true;
    if (inside && out[i] == '\\') {
      ++i;
      continue;
    }
    if (out[i] == '"') inside = !inside;
    if (inside && static_cast<unsigned char>(out[i]) >= 0x80) out[i] = 'x';
  }
  return out;
}

json::value json_of(const toml::node& node, int depth) {
  if (depth > kMaxDepth) return nullptr;
  if (const auto* table = node.as_table()) {
    json::object object;
    for (const auto& [key, value] : *table) object[std::string(key.str())] = json_of(value, depth + 1);
    return object;
  }
  if (const auto* array = node.as_array()) {
    json::array items;
    for (const toml::node& value : *array) items.push_back(json_of(value, depth + 1));
    return items;
  }
  if (const auto* text = node.as_string()) return json::value(text->get());
  if (const auto* number = node.as_integer()) return json::value(number->get());
  if (const auto* flag = node.as_boolean()) return json::value(flag->get());
  return nullptr;
}

}  // namespace

base::Result<VendorFile> parse_vendors(std::string_view toml_text, const std::string& source_name) {
  if (const auto odd = find_non_ascii_outside_comments(texts_blanked(toml_text))) {
    return base::invalid_argument(source_name + ":" + line_and_column(toml_text, *odd) +
                                  ": accented letters may stand in texts and comments only");
  }
  const toml::parse_result parsed = toml::parse(toml_text, source_name);
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    return base::invalid_argument(source_name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                                  std::string(parsed.error().description()));
  }
  VendorFile file;
  file.json = json_of(parsed.table(), 0);
  VG_ASSIGN(file.table, onvif::VendorTable::from_json(file.json));
  if (json::serialize(file.json).size() > kMaxVendorJsonBytes) {
    return base::invalid_argument(source_name + ": the table of brands is too long");
  }
  return file;
}

base::Result<VendorFile> load_vendors(const std::string& path) {
  VG_ASSIGN(const std::string text, read_file(path, kMaxVendorFileBytes));
  return parse_vendors(text, path);
}

std::string installed_vendors_path() {
  char program[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", program, sizeof program);
  const std::string path(program, size > 0 ? static_cast<std::size_t>(size) : 0);
  return path.substr(0, path.rfind('/') + 1) + "../share/vonggac/vendors.toml";
}

}  // namespace vonggac::core
