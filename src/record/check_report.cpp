#include <algorithm>

#include <fmt/format.h>

#include <boost/json.hpp>

#include "record/check.h"

namespace vonggac::record {

const char* finding_kind_name(FindingKind kind) {
  switch (kind) {
    case FindingKind::kOrphanFile:
      return "orphan_file";
    case FindingKind::kMissingFile:
      return "missing_file";
    case FindingKind::kShortFile:
      return "short_file";
    case FindingKind::kLongFile:
      return "long_file";
    case FindingKind::kForeignFile:
      return "foreign_file";
    case FindingKind::kSpecialFile:
      return "special_file";
    case FindingKind::kHashMismatch:
      return "hash_mismatch";
    case FindingKind::kRowMismatch:
      return "row_mismatch";
    case FindingKind::kChainBreak:
      return "chain_break";
    case FindingKind::kRowOverlap:
      return "row_overlap";
    case FindingKind::kIndexCorrupt:
      return "index_corrupt";
  }
  return "unknown";
}

bool CheckReport::clean() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.problem && f.repair.empty(); });
}

std::string check_report_json(const CheckReport& report) {
  boost::json::array findings;
  for (const Finding& f : report.findings) {
    boost::json::object json{{"kind", finding_kind_name(f.kind)},
                             {"path", f.path},
                             {"detail", f.detail},
                             {"problem", f.problem},
                             {"repair", f.repair}};
    if (f.camera) json["camera"] = f.camera->to_string();
    if (f.sequence) json["sequence"] = *f.sequence;
    findings.push_back(std::move(json));
  }
  const boost::json::object json{{"clean", report.clean()},
                                 {"full", report.full},
                                 {"service_running", report.service_running},
                                 {"segments", report.segments},
                                 {"fragments", report.fragments},
                                 {"files", report.files},
                                 {"media_bytes", report.media_bytes},
                                 {"hashed_bytes", report.hashed_bytes},
                                 {"findings", std::move(findings)}};
  return boost::json::serialize(json);
}

std::string check_report_text(const CheckReport& report) {
  std::string text;
  for (const Finding& f : report.findings) {
    text += fmt::format("{:14} {}", finding_kind_name(f.kind), f.path);
    if (f.sequence) text += fmt::format(" fragment {}", *f.sequence);
    text += ": " + f.detail;
    if (!f.repair.empty()) text += " -> " + f.repair;
    if (!f.problem) text += " (nothing is wrong)";
    text += "\n";
  }
  text += fmt::format("{} segments, {} fragments, {} files, {} bytes of media, {} bytes hashed: {}\n", report.segments,
                      report.fragments, report.files, report.media_bytes, report.hashed_bytes,
                      report.clean() ? "clean" : "NOT clean");
  return text;
}

}  // namespace vonggac::record
