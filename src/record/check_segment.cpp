#include "record/check_segment.h"

#include <algorithm>

#include <fmt/format.h>

#include "record/index_schema.h"

namespace vonggac::record {

void SegmentCheck::add(FindingKind kind, std::string detail, std::optional<std::uint64_t> sequence, bool problem) {
  Finding finding;
  finding.kind = kind;
  finding.path = path_;
  finding.camera = segment_.stream.camera;
  finding.sequence = sequence;
  finding.detail = std::move(detail);
  finding.problem = problem;
  finding.segment_id = segment_.id;
  context_.report.findings.push_back(std::move(finding));
}

void SegmentCheck::run() {
  ++context_.report.segments;
  context_.report.fragments += segment_.fragments.size();
  context_.report.media_bytes += segment_.size_bytes;
  const auto file = context_.files.open_file(path_);
  if (!file) {
    const base::ErrorKind kind = file.error().kind();
    const FindingKind found = kind == base::ErrorKind::kNotFound          ? FindingKind::kMissingFile
                              : kind == base::ErrorKind::kInvalidArgument ? FindingKind::kSpecialFile
                                                                          : FindingKind::kHashMismatch;
    add(found, file.error().message());
    if (!segment_.fragments.empty()) chain_ = {};
    return;
  }
  const auto start = media::read_segment_start(file->source);
  const bool size_fits = same_size(file->source.size_bytes());
  if (!start) {
    // A short file has been reported with what it lacks.
    const bool foreign = start.error().kind() == base::ErrorKind::kInvalidArgument;
    if (size_fits || foreign) {
      add(foreign ? FindingKind::kForeignFile : FindingKind::kHashMismatch, start.error().message());
    }
    chain_ = {};
    return;
  }
  if (!is_ours(*start)) return;
  check_fragments(file->source, start->init_sha256);
}

/// False when acknowledged bytes are missing.
bool SegmentCheck::same_size(std::uint64_t file_bytes) {
  const std::uint64_t expected = segment_.size_bytes;
  if (file_bytes < expected) {
    const auto missing =
        std::count_if(segment_.fragments.begin(), segment_.fragments.end(),
                      [&](const FragmentEntry& e) { return e.offset_bytes + e.size_bytes > file_bytes; });
    add(FindingKind::kShortFile,
        fmt::format("{} of {} bytes are there, {} fragments are missing", file_bytes, expected, missing));
    return false;
  }
  if (file_bytes == expected || (segment_.flags & kSegmentAbandoned) != 0) return true;
  const std::uint64_t extra = file_bytes - expected;
  if ((segment_.flags & kSegmentSealed) != 0) {
    add(FindingKind::kLongFile, fmt::format("{} bytes after the last acknowledged fragment", extra));
  } else if (!context_.report.service_running) {
    add(FindingKind::kLongFile,
        fmt::format("{} bytes not acknowledged when the service stopped; its next start takes in what is whole", extra),
        {}, false);
  }
  return true;
}

bool SegmentCheck::is_ours(const media::SegmentStart& start) {
  const media::SegmentHeader& header = start.header;
  if (header.installation != context_.installation) {
    add(FindingKind::kForeignFile, "recorded by installation " + header.installation.to_string());
  } else if (header.camera != segment_.stream.camera || header.role != segment_.stream.role) {
    add(FindingKind::kForeignFile, "holds footage of camera " + header.camera.to_string());
  } else if (start.size_bytes != segment_.init_bytes) {
    add(FindingKind::kRowMismatch, "the first fragment does not begin where the index says");
  } else {
    return true;
  }
  chain_ = {};
  return false;
}

void SegmentCheck::check_fragments(const media::ByteSource& source, const base::Sha256Digest& init_sha256) {
  init_sha256_ = init_sha256;
  const std::vector<FragmentEntry>& all = segment_.fragments;
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Without `full` the two ends prove identity, order and place.
    const bool looked_at = context_.report.full || i == 0 || i + 1 == all.size();
    const bool whole = all[i].offset_bytes + all[i].size_bytes <= source.size_bytes();
    if (looked_at && whole) check_fragment(source, all[i]);
    if (!looked_at || !whole) chain_ = {};
  }
  const bool ends_known = chain_.seq != 0 && segment_.last_record_sha256.has_value();
  if (ends_known && chain_.record_sha256 != *segment_.last_record_sha256) {
    add(FindingKind::kRowMismatch, "the chain head in the index is not that of the last fragment", chain_.seq);
  }
}

void SegmentCheck::check_fragment(const media::ByteSource& source, const FragmentEntry& entry) {
  const auto fragment = media::read_fragment(source, entry.offset_bytes);
  if (!fragment) {
    add(FindingKind::kHashMismatch, fragment.error().message(), entry.seq);
    chain_ = {};
    return;
  }
  const media::FragmentRecord& record = fragment->record;
  const bool same_place = record.camera == segment_.stream.camera && record.role == segment_.stream.role &&
                          record.installation == context_.installation &&
                          fragment->end_offset - fragment->offset == entry.size_bytes;
  FragmentEntry found = entry_of(*fragment);
  found.media_start_90k = entry.media_start_90k;  // says nothing that the record does not
  if (!same_place || found != entry) {
    add(FindingKind::kRowMismatch, fmt::format("the file holds fragment {} here", record.sequence), entry.seq);
  }
  if (record.init_sha256 != init_sha256_) {
    add(FindingKind::kHashMismatch, "the beginning of the file was altered", entry.seq);
  } else if (context_.report.full) {
    context_.report.hashed_bytes += record.media_bytes;
    const base::Status media = media::verify_media_hash(source, *fragment);
    if (!media.ok()) add(FindingKind::kHashMismatch, media.message(), entry.seq);
  }
  follow_chain(record);
}

void SegmentCheck::follow_chain(const media::FragmentRecord& record) {
  const bool follows = chain_.seq != 0 && record.sequence == chain_.seq + 1;
  if (follows && record.previous_record_sha256 != chain_.record_sha256) {
    add(FindingKind::kChainBreak, "does not follow the fragment before", record.sequence);
  }
  chain_ = {record.sequence, record.record_sha256};
}

}  // namespace vonggac::record
