/// Files below media/ that no row knows, as part of check().
/// Threads  one thread at a time.
#pragma once

#include <map>

#include "base/ids.h"
#include "media/fmp4_reader.h"
#include "record/check.h"
#include "record/media_tree.h"
#include "record/segment_files.h"
#include "record/sqlite.h"

namespace vonggac::record {

class OrphanCheck {
 public:
  struct Context {
    const SegmentFiles& files;
    SqliteDb& db;
    base::InstallationId installation;
    std::int64_t now_us = 0;
    CheckReport& report;
  };
  explicit OrphanCheck(const Context& context) : context_(context) {}
  /// A file without a row at the time the rows were read.
  base::Status look_at(const SegmentFile& file, const std::string& path);
  void stranger(const std::string& path, Stranger why);

 private:
  base::Result<bool> known_now(const SegmentFile& file);
  void add(FindingKind kind, const std::string& path, std::string detail, bool problem = true);
  base::Result<std::string> describe(const SegmentFile& file, const media::SegmentScan& scan);

  const Context& context_;
};

}  // namespace vonggac::record
