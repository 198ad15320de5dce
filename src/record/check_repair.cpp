#include "record/check_repair.h"

#include <algorithm>

#include <fmt/format.h>

#include "record/index_schema.h"
#include "record/recorder.h"
#include "record/segment_rows.h"

namespace vonggac::record {
namespace {

constexpr int kRepairBusyMs = 5000;

class Repairer {
 public:
  Repairer(const RepairContext& context, SqliteDb db) : context_(context), db_(std::move(db)) {}

  base::Status repair(Finding& finding) {
    VG_TRY(db_.run("BEGIN IMMEDIATE"));
    std::string done;
    const base::Status status = apply(finding, done);
    if (!status.ok()) {
      (void)db_.run("ROLLBACK");
      finding.detail += "; not repaired: " + status.message();
      return {};
    }
    VG_TRY(db_.run("COMMIT"));
    finding.repair = done;
    return {};
  }

 private:
  base::Status apply(const Finding& finding, std::string& done) {
    switch (finding.kind) {
      case FindingKind::kMissingFile:
        return drop_row(finding, done);
      case FindingKind::kShortFile:
        return cut_row(finding, done);
      case FindingKind::kLongFile:
        return finding.problem ? take_tail(finding, done) : base::Status();
      case FindingKind::kOrphanFile:
        return take_file(finding, done);
      default:
        return {};
    }
  }

  base::Result<StoredSegment> segment(std::int64_t id) {
    VG_ASSIGN(Statement row, Statement::prepare(db_, std::string(kSelectSegment) + "WHERE id = ?"));
    VG_ASSIGN(const bool there, row.bind(id).step());
    if (!there) return base::not_found("its row is gone");
    StoredSegment found = read_segment_row(row);
    row.reset();
    VG_TRY(load_fragments(db_, found));
    return found;
  }

  base::Status add_gap(const StoredSegment& s, std::int64_t start_us, std::int64_t end_us, const char* detail) {
    VG_ASSIGN(Statement insert, Statement::prepare(db_,
                                                   "INSERT INTO gap(camera, role, start_us, end_us, cause, detail, "
                                                   "epoch) VALUES(?,?,?,?,?,?,?)"));
    insert.bind(s.stream.camera).bind(static_cast<std::int64_t>(s.stream.role)).bind(start_us).bind(end_us);
    insert.bind(static_cast<std::int64_t>(GapCause::kUnknown)).bind(std::string_view(detail));
    return insert.bind(std::int64_t{s.epoch}).run();
  }

  base::Status delete_row(std::int64_t id) {
    for (const char* sql :
         {"DELETE FROM segment WHERE id = ?", "DELETE FROM fragment_table WHERE segment = ?",
          "DELETE FROM fragment_tail WHERE segment = ?", "DELETE FROM motion_table WHERE segment = ?"}) {
      VG_ASSIGN(Statement gone, Statement::prepare(db_, sql));
      VG_TRY(gone.bind(id).run());
    }
    return {};
  }

  base::Status drop_row(const Finding& finding, std::string& done) {
    VG_ASSIGN(const StoredSegment s, segment(finding.segment_id));
    VG_TRY(add_gap(s, s.start_us, s.end_us, "its segment file is missing"));
    VG_TRY(delete_row(s.id));
    done = "row removed, gap noted";
    return {};
  }

  /// Replaces fragments, size and end of a row by those of `s`.
  base::Status rewrite_row(const StoredSegment& s) {
    VG_ASSIGN(Statement update, Statement::prepare(db_,
                                                   "UPDATE segment SET end_us = ?, size_bytes = ?, fragment_count = "
                                                   "?, last_record_sha256 = ?, flags = flags | ? WHERE id = ?"));
    update.bind(s.end_us).bind(static_cast<std::int64_t>(s.size_bytes));
    update.bind(static_cast<std::int64_t>(s.fragments.size())).bind(base::ByteSpan(*s.last_record_sha256));
    VG_TRY(update.bind(std::int64_t{kSegmentSealed | kSegmentRepaired}).bind(s.id).run());
    const base::Bytes table = encode_fragment_table(s.fragments);
    VG_ASSIGN(Statement put,
              Statement::prepare(db_, "INSERT OR REPLACE INTO fragment_table(segment, entries) VALUES(?,?)"));
    return put.bind(s.id).bind(base::ByteSpan(table)).run();
  }

  static void measure(StoredSegment& s) {
    const FragmentEntry& last = s.fragments.back();
    s.size_bytes = last.offset_bytes + last.size_bytes;
    s.end_us = std::max(last.end_us(), last.start_us + 1);
  }

  base::Status cut_row(const Finding& finding, std::string& done) {
    VG_ASSIGN(StoredSegment s, segment(finding.segment_id));
    VG_ASSIGN(const OpenFile file, context_.files.open_file(finding.path));
    const std::int64_t old_end_us = s.end_us;
    std::optional<base::Sha256Digest> last;
    std::size_t whole = 0;
    for (const FragmentEntry& entry : s.fragments) {
      const auto fragment = media::read_fragment(file.source, entry.offset_bytes);
      if (!fragment || fragment->record.sequence != entry.seq) break;
      last = fragment->record.record_sha256;
      ++whole;
    }
    if (whole == 0) {
      VG_TRY(add_gap(s, s.start_us, s.end_us, "its segment file is cut"));
      VG_TRY(delete_row(s.id));
      done = "nothing whole is left in the file: row removed, gap noted, file left";
      return {};
    }
    s.fragments.resize(whole);
    s.last_record_sha256 = last;
    measure(s);
    VG_TRY(rewrite_row(s));
    VG_TRY(add_gap(s, s.end_us, std::max(s.end_us, old_end_us), "the end of its segment file is missing"));
    if (file.source.size_bytes() > s.size_bytes) VG_TRY(context_.disk.truncate(finding.path, s.size_bytes));
    done = fmt::format("row cut to {} fragments, gap noted", whole);
    return {};
  }

  /// Some row has fragments with these numbers.
  base::Result<bool> numbers_taken(const StreamKey& stream, std::uint64_t first, std::uint64_t last,
                                   std::int64_t but_id) {
    VG_ASSIGN(Statement find, Statement::prepare(db_,
                                                 "SELECT 1 FROM segment WHERE camera = ? AND role = ? AND first_seq "
                                                 "<= ? AND first_seq + max(fragment_count, 1) > ? AND id <> ? LIMIT "
                                                 "1"));
    find.bind(stream.camera).bind(static_cast<std::int64_t>(stream.role)).bind(static_cast<std::int64_t>(last));
    return find.bind(static_cast<std::int64_t>(first)).bind(but_id).step();
  }

  base::Status take_tail(const Finding& finding, std::string& done) {
    VG_ASSIGN(StoredSegment s, segment(finding.segment_id));
    VG_ASSIGN(const OpenFile file, context_.files.open_file(finding.path));
    const std::size_t before = s.fragments.size();
    for (;;) {
      const auto fragment = media::read_fragment(file.source, s.size_bytes);
      if (!fragment) break;
      const media::FragmentRecord& record = fragment->record;
      const bool ours = record.installation == context_.installation && record.camera == s.stream.camera &&
                        record.role == s.stream.role;
      const bool follows = record.sequence == s.fragments.back().seq + 1 && s.last_record_sha256 &&
                           record.previous_record_sha256 == *s.last_record_sha256;
      if (!ours || !follows || !media::verify_media_hash(file.source, *fragment).ok()) break;
      VG_ASSIGN(const bool taken, numbers_taken(s.stream, record.sequence, record.sequence, s.id));
      if (taken) break;
      s.fragments.push_back(entry_of(*fragment));
      s.last_record_sha256 = record.record_sha256;
      measure(s);
    }
    const std::size_t adopted = s.fragments.size() - before;
    if (adopted > 0) {
      VG_TRY(rewrite_row(s));
      VG_TRY(lift_chain_head(s));
    }
    const std::uint64_t left = file.source.size_bytes() - s.size_bytes;
    if (left > 0) VG_TRY(context_.disk.truncate(finding.path, s.size_bytes));
    done = fmt::format("{} fragments taken in, {} bytes cut", adopted, left);
    return {};
  }

  base::Status lift_chain_head(const StoredSegment& s) {
    VG_ASSIGN(Statement lift, Statement::prepare(db_,
                                                 "UPDATE camera SET last_seq = ?3, last_record_sha256 = ?4 WHERE "
                                                 "camera = ?1 AND role = ?2 AND last_seq < ?3"));
    lift.bind(s.stream.camera).bind(static_cast<std::int64_t>(s.stream.role));
    lift.bind(static_cast<std::int64_t>(s.fragments.back().seq));
    return lift.bind(base::ByteSpan(*s.last_record_sha256)).run();
  }

  base::Status take_file(const Finding& finding, std::string& done) {
    const std::optional<SegmentFile> name = parse_segment_path(finding.path);
    if (!name) return {};
    VG_ASSIGN(const OpenFile file, context_.files.open_file(finding.path));
    const auto scan = media::scan_segment(file.source, {true, false});
    if (!scan || scan->fragments.empty() || !scan->damaged.empty()) return {};
    StoredSegment s = segment_of(*name, *scan);
    VG_ASSIGN(const bool taken, numbers_taken(s.stream, s.fragments.front().seq, s.fragments.back().seq, 0));
    if (taken) return {};
    VG_ASSIGN(Statement next, Statement::prepare(db_, "SELECT ifnull(max(id), 0) + 1 FROM segment"));
    VG_ASSIGN(const bool row, next.step());
    s.id = row ? next.integer(0) : 1;
    next.reset();
    s.flags |= kSegmentRepaired;
    VG_ASSIGN(SegmentInserter inserter, SegmentInserter::prepare(db_));
    VG_TRY(inserter.insert(s));
    done = fmt::format("{} fragments taken in", s.fragments.size());
    return {};
  }

  const RepairContext& context_;
  SqliteDb db_;
};

}  // namespace

base::Status repair_findings(const RepairContext& context, CheckReport& report) {
  const bool sound = std::none_of(report.findings.begin(), report.findings.end(),
                                  [](const Finding& f) { return f.kind == FindingKind::kIndexCorrupt; });
  if (!sound || report.findings.empty()) return {};
  VG_ASSIGN(SqliteDb db, SqliteDb::open_index(index_path(context.data_dir), SqliteDb::Access::kWrite, kRepairBusyMs));
  Repairer repairer(context, std::move(db));
  for (Finding& finding : report.findings) VG_TRY(repairer.repair(finding));
  return {};
}

}  // namespace vonggac::record
