#include "media/fmp4_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "media/fmp4_init_parser.h"
#include "media/mp4_boxes.h"

namespace vonggac::media {
namespace {

constexpr std::size_t kBoxHeaderBytes = 8;
/// Record, moof and mdat header of most fragments in one read.
constexpr std::size_t kFirstReadBytes = 2048;
/// A file made of nothing but record UUIDs must not keep us busy.
constexpr std::size_t kMaxResyncs = 10'000;

/// A window of the source, read ahead and grown on demand.
class Window {
 public:
  Window(const ByteSource& source, std::uint64_t offset) : source_(source), offset_(offset) {}

  /// The first n bytes at the offset; kOutOfRange if the source is shorter.
  base::Result<base::ByteSpan> first(std::size_t n) {
    if (bytes_.size() < n) {
      const std::uint64_t size = source_.size_bytes();
      const std::uint64_t there = offset_ < size ? size - offset_ : 0;
      if (there < n) return base::out_of_range("the file ends here");
      const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(there, std::max(n, kFirstReadBytes)));
      const std::size_t had = bytes_.size();
      bytes_.resize(wanted);
      VG_TRY(source_.read_at(offset_ + had, std::span(bytes_).subspan(had)));
    }
    return base::ByteSpan(bytes_).first(n);
  }

 private:
  const ByteSource& source_;
  std::uint64_t offset_;
  base::Bytes bytes_;
};

struct BoxHead {
  std::uint32_t size = 0, type = 0;
};

base::Result<BoxHead> box_head_at(Window& window, std::size_t at) {
  VG_ASSIGN(const base::ByteSpan bytes, window.first(at + kBoxHeaderBytes));
  base::ByteReader reader(bytes.subspan(at));
  BoxHead head;
  head.size = reader.u32();
  head.type = reader.u32();
  if (head.size < kBoxHeaderBytes) return base::data_loss("box of an impossible size");
  return head;
}

constexpr const char* kTornStart = "the file ends inside its beginning";

/// A box of the file's beginning: here a missing byte means that the file is of no use.
base::Result<BoxHead> start_box_at(Window& window, std::size_t at) {
  base::Result<BoxHead> head = box_head_at(window, at);
  if (!head && head.error().kind() == base::ErrorKind::kOutOfRange) return base::data_loss(kTornStart);
  return head;
}

bool is_uuid_box(base::ByteSpan box, const BoxUuid& type) {
  return box.size() >= kUuidBoxHeaderBytes && std::equal(type.begin(), type.end(), box.begin() + kBoxHeaderBytes);
}

/// Every sample lies inside the mdat payload.
base::Status check_samples(const Fragment& fragment) {
  const std::uint64_t payload = fragment.mdat_offset + kBoxHeaderBytes - fragment.moof_offset;
  const std::uint64_t end = fragment.end_offset - fragment.moof_offset;
  for (const MoofTrack& track : fragment.moof.tracks) {
    std::uint64_t total = 0;
    for (const FragmentSample& sample : track.fragment.samples) total += sample.size_bytes;
    if (track.data_offset < payload || track.data_offset > end || total > end - track.data_offset) {
      return base::data_loss("samples outside the media of their fragment");
    }
  }
  return base::Status::ok_status();
}

/// Reads record, moof and mdat header at the window's offset.
base::Result<Fragment> read_fragment_in(Window& window, std::uint64_t offset, std::uint64_t source_bytes) {
  VG_ASSIGN(const base::ByteSpan record_box, window.first(kFragmentRecordBoxBytes));
  base::ByteReader head(record_box);
  if (head.u32() != kFragmentRecordBoxBytes || head.u32() != fourcc("uuid") ||
      !is_uuid_box(record_box, kFragmentRecordUuid)) {
    return base::data_loss("no fragment record");
  }
  Fragment fragment;
  fragment.offset = offset;
  fragment.moof_offset = offset + kFragmentRecordBoxBytes;
  VG_ASSIGN(fragment.record, decode_fragment_record(record_box.subspan(kUuidBoxHeaderBytes)));
  VG_ASSIGN(const BoxHead moof, box_head_at(window, kFragmentRecordBoxBytes));
  if (moof.type != fourcc("moof") || moof.size > kMaxMoofBytes) return base::data_loss("no moof after the record");
  VG_ASSIGN(const BoxHead mdat, box_head_at(window, kFragmentRecordBoxBytes + moof.size));
  if (mdat.type != fourcc("mdat")) return base::data_loss("no mdat after the moof");
  fragment.mdat_offset = fragment.moof_offset + moof.size;
  fragment.end_offset = fragment.mdat_offset + mdat.size;
  if (std::uint64_t{moof.size} + mdat.size != fragment.record.media_bytes) {
    return base::data_loss("fragment is not as large as its record says");
  }
  if (fragment.end_offset > source_bytes) return base::out_of_range("the file ends inside the fragment");
  VG_ASSIGN(const base::ByteSpan head_bytes, window.first(kFragmentRecordBoxBytes + moof.size));
  VG_ASSIGN(fragment.moof, parse_moof(head_bytes.subspan(kFragmentRecordBoxBytes)));
  VG_TRY(check_samples(fragment));
  return fragment;
}

base::Status same_identity(const Fragment& fragment, const SegmentStart& start) {
  const FragmentRecord& r = fragment.record;
  const SegmentHeader& h = start.header;
  if (r.installation != h.installation || r.camera != h.camera || r.role != h.role) {
    return base::data_loss("fragment of another camera or installation");
  }
  if (r.init_generation != h.init_generation || r.init_sha256 != start.init_sha256) {
    return base::data_loss("fragment belongs to another init segment");
  }
  return base::Status::ok_status();
}

/// Where the next record box may begin, at or after `from`: the UUID is searched for.
std::optional<std::uint64_t> find_record(const ByteSource& source, std::uint64_t from) {
  constexpr std::size_t kMaxStep = 1U << 20;
  constexpr std::size_t kOverlap = 15;  // of a 16-byte pattern
  base::Bytes buffer;
  const std::uint64_t end = source.size_bytes();
  std::size_t step = 4096;
  while (from + kFragmentRecordBoxBytes <= end) {
    buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(step, end - from)));
    if (!source.read_at(from, buffer).ok()) return std::nullopt;
    const void* hit = ::memmem(buffer.data(), buffer.size(), kFragmentRecordUuid.data(), kFragmentRecordUuid.size());
    if (hit != nullptr) {
      const auto at = static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(hit) - buffer.data());
      if (from + at >= kBoxHeaderBytes) return from + at - kBoxHeaderBytes;
    }
    if (buffer.size() < step) return std::nullopt;
    from += buffer.size() - kOverlap;
    step = std::min(kMaxStep, step * 2);
  }
  return std::nullopt;
}

class Scanner {
 public:
  Scanner(const ByteSource& source, const ScanOptions& options) : source_(source), options_(options) {}

  base::Result<SegmentScan> scan() {
    VG_ASSIGN(scan_.start, read_segment_start(source_));
    scan_.file_bytes = source_.size_bytes();
    scan_.whole_end = scan_.start.size_bytes;
    std::uint64_t offset = scan_.start.size_bytes;
    while (offset < scan_.file_bytes && scan_.fragments.size() < kMaxSegmentFragments) {
      const auto next = take_fragment(offset);
      if (!next) break;
      offset = *next;
    }
    if (scan_.whole_end < scan_.file_bytes && scan_.tail.empty()) scan_.tail = "damaged";
    drop_damage_after_end();
    return std::move(scan_);
  }

 private:
  /// Returns where to look next, or nothing at the end of what can be read.
  std::optional<std::uint64_t> take_fragment(std::uint64_t offset) {
    Window window(source_, offset);
    base::Result<Fragment> fragment = read_fragment_in(window, offset, scan_.file_bytes);
    base::Status status = fragment ? same_identity(*fragment, scan_.start) : fragment.error();
    if (status.ok() && options_.verify_hashes) status = verify_media_hash(source_, *fragment);
    if (status.ok()) {
      const std::uint64_t end = fragment->end_offset;
      accept(std::move(*fragment));
      return end;
    }
    // The boxes hold together, only the contents are wrong: the next one follows.
    std::optional<std::uint64_t> next;
    if (fragment) {
      next = fragment->end_offset;
    } else if (options_.resync && ++resyncs_ <= kMaxResyncs) {
      next = find_record(source_, offset + kBoxHeaderBytes + 1);
    }
    if (!next) {
      scan_.tail = status.message();
      return std::nullopt;
    }
    damage(offset, *next, status.message());
    return next;
  }

  void accept(Fragment fragment) {
    if (!scan_.fragments.empty()) {
      const FragmentRecord& before = scan_.fragments.back().record;
      const FragmentRecord& now = fragment.record;
      if (now.sequence != before.sequence + 1 || now.previous_record_sha256 != before.record_sha256) {
        scan_.chain_breaks.push_back(scan_.fragments.size());
      }
    }
    scan_.whole_end = fragment.end_offset;
    scan_.fragments.push_back(std::move(fragment));
  }

  void damage(std::uint64_t offset, std::uint64_t end, std::string reason) {
    if (!scan_.damaged.empty() && scan_.damaged.back().end_offset == offset) {
      scan_.damaged.back().end_offset = end;
      return;
    }
    scan_.damaged.push_back({offset, end, std::move(reason)});
  }

  /// What follows the last whole fragment is the tail, not a damaged range.
  void drop_damage_after_end() {
    while (!scan_.damaged.empty() && scan_.damaged.back().offset >= scan_.whole_end) {
      scan_.tail = scan_.damaged.back().reason;
      scan_.damaged.pop_back();
    }
  }

  const ByteSource& source_;
  ScanOptions options_;
  SegmentScan scan_;
  std::size_t resyncs_ = 0;
};

}  // namespace

base::Result<Fragment> read_fragment(const ByteSource& source, std::uint64_t offset) {
  Window window(source, offset);
  return read_fragment_in(window, offset, source.size_bytes());
}

base::Status verify_media_hash(const ByteSource& source, const Fragment& fragment) {
  constexpr std::size_t kStep = 256U << 10;
  base::Sha256 hasher;
  base::Bytes buffer;
  for (std::uint64_t at = fragment.moof_offset; at < fragment.end_offset;) {
    buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kStep, fragment.end_offset - at)));
    VG_TRY(source.read_at(at, buffer));
    hasher.update(buffer);
    at += buffer.size();
  }
  if (hasher.finish() != fragment.record.media_sha256) {
    return base::data_loss(fmt::format("fragment {} does not match its hash", fragment.record.sequence));
  }
  return base::Status::ok_status();
}

base::Result<SegmentStart> read_segment_start(const ByteSource& source) {
  constexpr std::uint32_t kMaxHeaderBytes = 512;
  constexpr const char* kForeign = "not a segment file of Vong Gac";
  Window window(source, 0);
  VG_ASSIGN(const BoxHead ftyp, start_box_at(window, 0));
  if (ftyp.type != fourcc("ftyp") || ftyp.size > kMaxInitBytes) return base::invalid_argument(kForeign);
  VG_ASSIGN(const BoxHead moov, start_box_at(window, ftyp.size));
  if (moov.type != fourcc("moov") || moov.size > kMaxInitBytes) return base::invalid_argument(kForeign);
  const std::size_t header_at = std::size_t{ftyp.size} + moov.size;
  VG_ASSIGN(const BoxHead header, start_box_at(window, header_at));
  if (header.type != fourcc("uuid") || header.size < kUuidBoxHeaderBytes || header.size > kMaxHeaderBytes) {
    return base::invalid_argument(kForeign);
  }
  auto whole = window.first(header_at + header.size);
  if (!whole) return base::data_loss(kTornStart);
  const base::ByteSpan bytes = *whole;
  const base::ByteSpan header_box = bytes.subspan(header_at);
  if (!is_uuid_box(header_box, kSegmentHeaderUuid)) return base::invalid_argument(kForeign);
  SegmentStart start;
  VG_ASSIGN(start.header, decode_segment_header(header_box.subspan(kUuidBoxHeaderBytes)));
  VG_ASSIGN(start.init, parse_movie(bytes.subspan(ftyp.size + kBoxHeaderBytes, moov.size - kBoxHeaderBytes)));
  start.init_sha256 = base::sha256(bytes);
  start.size_bytes = bytes.size();
  return start;
}

base::Result<SegmentScan> scan_segment(const ByteSource& source, const ScanOptions& options) {
  return Scanner(source, options).scan();
}

}  // namespace vonggac::media
