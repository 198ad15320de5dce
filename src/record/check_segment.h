/// One segment row against its file, as part of check().
/// Threads  one thread at a time.
#pragma once

#include <functional>

#include "base/ids.h"
#include "record/check.h"
#include "record/segment_files.h"
#include "record/segment_rows.h"

namespace vonggac::record {

/// The last fragment of a stream seen so far.
struct ChainPosition {
  std::uint64_t seq = 0;  ///< 0 = none
  base::Sha256Digest record_sha256{};
};

class SegmentCheck {
 public:
  struct Context {
    const SegmentFiles& files;
    base::InstallationId installation;
    CheckReport& report;  ///< counts and findings go here
  };
  SegmentCheck(const Context& context, const StoredSegment& segment, ChainPosition& chain)
      : context_(context), segment_(segment), chain_(chain), path_(segment_path(segment.file)) {}
  void run();

 private:
  void add(FindingKind kind, std::string detail, std::optional<std::uint64_t> sequence = {}, bool problem = true);
  bool same_size(std::uint64_t file_bytes);
  bool is_ours(const media::SegmentStart& start);
  void check_fragments(const media::ByteSource& source, const base::Sha256Digest& init_sha256);
  void check_fragment(const media::ByteSource& source, const FragmentEntry& entry);
  void follow_chain(const media::FragmentRecord& record);

  const Context& context_;
  const StoredSegment& segment_;
  ChainPosition& chain_;
  std::string path_;
  base::Sha256Digest init_sha256_{};
};

}  // namespace vonggac::record
