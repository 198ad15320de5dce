#include "record/check_orphans.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace vonggac::record {
namespace {

/// Written so recently that the running service may not have acknowledged it yet: a stalled disk holds it for so long.
constexpr std::int64_t kFreshUs = 120'000'000;

std::int64_t written_us(const OpenFile& file) {
  struct stat info {};
  if (::fstat(file.fd.get(), &info) != 0) return 0;
  return info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000;
}

}  // namespace

void OrphanCheck::add(FindingKind kind, const std::string& path, std::string detail, bool problem) {
  Finding finding;
  finding.kind = kind;
  finding.path = path;
  finding.detail = std::move(detail);
  finding.problem = problem;
  context_.report.findings.push_back(std::move(finding));
}

void OrphanCheck::stranger(const std::string& path, Stranger why) {
  switch (why) {
    case Stranger::kSpecial:
      return add(FindingKind::kSpecialFile, path, "a link, pipe or device: not followed, not touched");
    case Stranger::kBadName:
      return add(FindingKind::kForeignFile, path, "not a name of a segment file");
    case Stranger::kUnreadable:
      return add(FindingKind::kForeignFile, path, "this folder cannot be read");
  }
}

base::Result<bool> OrphanCheck::known_now(const SegmentFile& file) {
  VG_ASSIGN(Statement find,
            Statement::prepare(context_.db,
                               "SELECT EXISTS(SELECT 1 FROM segment WHERE camera = ?1 AND file_us = ?2) OR "
                               "EXISTS(SELECT 1 FROM garbage WHERE camera = ?1 AND file_us = ?2)"));
  VG_ASSIGN(const bool row, find.bind(file.camera).bind(file.file_us).step());
  return row && find.integer(0) != 0;
}

base::Status OrphanCheck::look_at(const SegmentFile& file, const std::string& path) {
  const auto opened = context_.files.open_file(path);
  if (!opened) {
    if (opened.error().kind() == base::ErrorKind::kNotFound) return {};  // deleted meanwhile
    add(FindingKind::kSpecialFile, path, opened.error().message());
    return {};
  }
  VG_ASSIGN(const bool known, known_now(file));
  if (known) return {};
  if (context_.report.service_running && context_.now_us - written_us(*opened) < kFreshUs) return {};
  const auto scan = media::scan_segment(opened->source, {context_.report.full, true});
  if (!scan) {
    const bool foreign = scan.error().kind() == base::ErrorKind::kInvalidArgument;
    add(foreign ? FindingKind::kForeignFile : FindingKind::kOrphanFile, path, scan.error().message());
    return {};
  }
  const media::SegmentHeader& header = scan->start.header;
  if (header.installation != context_.installation) {
    add(FindingKind::kForeignFile, path, "recorded by installation " + header.installation.to_string());
  } else if (header.camera != file.camera) {
    add(FindingKind::kForeignFile, path, "holds footage of camera " + header.camera.to_string());
  } else {
    VG_ASSIGN(std::string detail, describe(file, *scan));
    add(FindingKind::kOrphanFile, path, std::move(detail));
  }
  return {};
}

base::Result<std::string> OrphanCheck::describe(const SegmentFile& file, const media::SegmentScan& scan) {
  if (scan.fragments.empty()) return std::string("no whole fragment in it");
  const std::uint64_t first = scan.fragments.front().record.sequence, last = scan.fragments.back().record.sequence;
  VG_ASSIGN(Statement find, Statement::prepare(context_.db,
                                               "SELECT 1 FROM segment WHERE camera = ? AND role = ? AND "
                                               "first_seq <= ? AND first_seq + max(fragment_count, 1) > ? "
                                               "LIMIT 1"));
  find.bind(file.camera).bind(static_cast<std::int64_t>(scan.start.header.role));
  find.bind(static_cast<std::int64_t>(last)).bind(static_cast<std::int64_t>(first));
  VG_ASSIGN(const bool covered, find.step());
  return fmt::format("fragments {} to {}, {}", first, last,
                     covered ? "which the index has in another file" : "not in the index");
}

}  // namespace vonggac::record
