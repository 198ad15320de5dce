#include "record/export.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/unique_fd.h"

namespace vonggac::record {
namespace {

constexpr std::size_t kCopyBytes = 1U << 20;

/// Media hashes of all fragments, and that each record follows the one before where the sequence does.
base::Status verify(OpenClip& clip) {
  const media::FragmentRecord* before = nullptr;
  for (const UsedFragment& used : clip.plan().fragments) {
    const media::FragmentRecord& record = used.fragment.record;
    const std::string path = segment_path(clip.plan().sources[used.source]);
    VG_ASSIGN(const std::shared_ptr<const OpenFile> file, clip.source(used.source));
    const base::Status media = media::verify_media_hash(file->source, used.fragment);
    if (!media.ok()) return base::data_loss(fmt::format("{} in {}: nothing was exported", media.message(), path));
    const bool follows = before != nullptr && record.sequence == before->sequence + 1;
    if (follows && record.previous_record_sha256 != before->record_sha256) {
      return base::data_loss(
          fmt::format("fragment {} in {} does not follow the one before: nothing was exported", record.sequence, path));
    }
    before = &record;
  }
  return {};
}

base::Status write_all(int fd, base::ByteSpan bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::from_errno(errno, "write " + path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

/// A file that takes its name only when it is whole.
class PartFile {
 public:
  explicit PartFile(const ExportOptions& options)
      : options_(options), part_path_(options.out_path + ".part-" + std::to_string(::getpid())) {}
  ~PartFile() {
    if (fd_.valid()) ::unlink(part_path_.c_str());
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  base::Status create() {
    fd_.reset(::open(part_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640));
    return fd_.valid() ? base::Status() : base::from_errno(errno, "create " + part_path_);
  }
  base::Status append(base::ByteSpan bytes) { return write_all(fd_.get(), bytes, part_path_); }

  base::Status publish() {
    if (::fsync(fd_.get()) != 0) return base::from_errno(errno, "fsync " + part_path_);
    if (options_.overwrite) {
      if (::rename(part_path_.c_str(), options_.out_path.c_str()) != 0) {
        return base::from_errno(errno, "rename to " + options_.out_path);
      }
    } else {
      // A link never replaces what came there meanwhile.
      if (::link(part_path_.c_str(), options_.out_path.c_str()) != 0) {
        if (errno != EEXIST) return rename_without_links();
        return base::invalid_argument(options_.out_path + " exists already");
      }
      ::unlink(part_path_.c_str());
    }
    fd_.reset();
    return sync_folder();
  }

 private:
  /// FAT on a USB stick knows no links.
  base::Status rename_without_links() {
    if (::renameat2(AT_FDCWD, part_path_.c_str(), AT_FDCWD, options_.out_path.c_str(), RENAME_NOREPLACE) != 0) {
      return base::from_errno(errno, "rename to " + options_.out_path);
    }
    fd_.reset();
    return sync_folder();
  }

  base::Status sync_folder() const {
    const std::size_t slash = options_.out_path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : options_.out_path.substr(0, slash + 1);
    const base::UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid() || ::fsync(fd.get()) != 0) return base::from_errno(errno, "fsync " + folder);
    return {};
  }

  const ExportOptions& options_;
  std::string part_path_;
  base::UniqueFd fd_;
};

base::Status write_clip(OpenClip& clip, PartFile& out, ExportReport& report) {
  base::Sha256 hasher;
  base::Bytes buffer;
  for (std::uint64_t at = 0; at < clip.size_bytes();) {
    buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kCopyBytes, clip.size_bytes() - at)));
    VG_TRY(clip.read(at, buffer));
    VG_TRY(out.append(buffer));
    hasher.update(buffer);
    at += buffer.size();
  }
  report.size_bytes = clip.size_bytes();
  report.sha256 = hasher.finish();
  return {};
}

ExportReport report_of(const ClipPlan& plan) {
  ExportReport report;
  report.frames = plan.frames;
  report.first_frame = plan.first_frame;
  report.last_frame = plan.last_frame;
  report.end = plan.end;
  report.holes = plan.holes;
  report.camera_offset_us = plan.camera_offset_us;
  report.fragments = plan.fragments.size();
  report.first_sequence = plan.fragments.front().fragment.record.sequence;
  report.last_sequence = plan.fragments.back().fragment.record.sequence;
  report.chain_head = plan.fragments.back().fragment.record.record_sha256;
  report.video_codec = plan.video_codec;
  report.audio_codec = plan.audio_codec;
  report.starts_with_key = plan.starts_with_key;
  report.wall_time_kept = plan.wall_time_kept;
  report.cut_at = plan.cut_at;
  return report;
}

}  // namespace

base::Result<ExportReport> export_clip(Archive& archive, const ClipRequest& request, const ExportOptions& options) {
  struct stat info {};
  if (!options.overwrite && ::lstat(options.out_path.c_str(), &info) == 0) {
    return base::invalid_argument(options.out_path + " exists already");
  }
  ClipRequest strict = request;
  strict.strict = true;
  VG_ASSIGN(const std::unique_ptr<OpenClip> clip, OpenClip::open(archive, strict));
  VG_TRY(verify(*clip));
  ExportReport report = report_of(clip->plan());
  PartFile out(options);
  VG_TRY(out.create());
  VG_TRY(write_clip(*clip, out, report));
  VG_TRY(out.publish());
  return report;
}

std::string export_report_json(const ExportReport& report) {
  boost::json::array holes;
  for (const ClipHole& hole : report.holes) {
    holes.push_back({{"from", base::to_iso8601(hole.start)},
                     {"to", base::to_iso8601(hole.end)},
                     {"cause", gap_cause_name(hole.cause)},
                     {"detail", hole.detail}});
  }
  boost::json::object json{{"frames", report.frames},
                           {"first_frame", base::to_iso8601(report.first_frame)},
                           {"last_frame", base::to_iso8601(report.last_frame)},
                           {"end", base::to_iso8601(report.end)},
                           {"video_codec", media::codec_name(report.video_codec)},
                           {"audio_codec", media::codec_name(report.audio_codec)},
                           {"gaps", std::move(holes)},
                           {"camera_offset_us", nullptr},
                           {"fragments", report.fragments},
                           {"first_sequence", report.first_sequence},
                           {"last_sequence", report.last_sequence},
                           {"chain_head", base::to_hex(report.chain_head)},
                           {"starts_with_key", report.starts_with_key},
                           {"wall_time_kept", report.wall_time_kept},
                           {"cut_at", nullptr},
                           {"size_bytes", report.size_bytes},
                           {"sha256", base::to_hex(report.sha256)}};
  if (report.camera_offset_us) json["camera_offset_us"] = *report.camera_offset_us;
  if (report.cut_at) json["cut_at"] = base::to_iso8601(*report.cut_at);
  return boost::json::serialize(json);
}

}  // namespace vonggac::record
