#include "record/media_paths.h"

#include <charconv>

namespace vonggac::record {
namespace {
constexpr std::string_view kSegmentSuffix = ".mp4";
constexpr std::size_t kUuidLength = 36;
}  // namespace

std::string lock_path(const std::string& data_dir) { return data_dir + "/lock"; }
std::string node_path(const std::string& data_dir) { return data_dir + "/node.json"; }
std::string index_path(const std::string& data_dir) { return data_dir + "/index.db"; }
std::string media_dir(const std::string& data_dir) { return data_dir + "/media"; }

std::string segment_folder(const SegmentFile& file) {
  return std::string(kMediaPrefix) + file.camera.to_string() + "/" + base::utc_day({file.file_us});
}

std::string segment_path(const SegmentFile& file) {
  return segment_folder(file) + "/" + std::to_string(file.file_us) + std::string(kSegmentSuffix);
}

std::optional<SegmentFile> parse_segment_path(std::string_view relative) {
  if (relative.substr(0, kMediaPrefix.size()) != kMediaPrefix) return std::nullopt;
  const std::string_view rest = relative.substr(kMediaPrefix.size());
  const std::size_t last_slash = rest.rfind('/');
  if (rest.size() <= kUuidLength || last_slash == std::string_view::npos) return std::nullopt;
  const base::Result<base::Uuid> camera = base::Uuid::parse(rest.substr(0, kUuidLength));
  if (!camera) return std::nullopt;
  SegmentFile file{{*camera}, 0};
  const std::string_view name = rest.substr(last_slash + 1);
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), file.file_us);
  if (error != std::errc{} || end == name.data()) return std::nullopt;
  if (file.file_us < 0 || segment_path(file) != relative) return std::nullopt;
  return file;
}

}  // namespace vonggac::record
