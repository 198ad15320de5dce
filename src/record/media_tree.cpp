#include "record/media_tree.h"

#include <algorithm>

namespace vonggac::record {
namespace {

enum class Level { kCameras, kDays, kFiles };

class Walk {
 public:
  Walk(Disk& disk, const MediaVisitor& visitor) : disk_(disk), visitor_(visitor) {}

  base::Status folder(const std::string& path, Level level) {
    VG_ASSIGN(std::vector<FolderEntry> entries, disk_.list(path));
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const FolderEntry& entry : entries) visit(path + "/" + entry.name, entry, level);
    return {};
  }

 private:
  void visit(const std::string& path, const FolderEntry& entry, Level level) {
    if (!entry.folder && !entry.regular) return visitor_.stranger(path, Stranger::kSpecial);
    if (level == Level::kFiles) {
      const std::optional<SegmentFile> file = parse_segment_path(path);
      if (!entry.regular || !file) return visitor_.stranger(path, Stranger::kBadName);
      return visitor_.segment(*file, path);
    }
    if (!entry.folder) return visitor_.stranger(path, Stranger::kBadName);
    // A folder of a wrong name holds files of wrong paths: each is a stranger by itself.
    const base::Status listed = folder(path, level == Level::kCameras ? Level::kDays : Level::kFiles);
    if (!listed.ok()) visitor_.stranger(path, Stranger::kUnreadable);
  }

  Disk& disk_;
  const MediaVisitor& visitor_;
};

}  // namespace

base::Status walk_media(Disk& disk, const MediaVisitor& visitor) {
  return Walk(disk, visitor).folder("media", Level::kCameras);
}

}  // namespace vonggac::record
