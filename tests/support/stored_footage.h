/// A data directory with footage and index, made without the recorder: every row and byte is the test's own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "record/archive.h"
#include "record/index_schema.h"
#include "record/segment_rows.h"
#include "support/footage.h"
#include "support/hand_clock.h"
#include "support/temp_folder.h"

namespace vonggac::test {

constexpr std::int64_t kSecondUs = 1'000'000;

class StoredFootage {
 public:
  TempFolder folder;
  HandClock clock;
  FootageMaker maker;  ///< of the camera that records now

  StoredFootage() {
    std::filesystem::create_directories(folder.file("media"));
    db_ = record::SqliteDb::open_index(folder.file("index.db"), record::SqliteDb::Access::kWrite, 0).value();
    must(db_.run("PRAGMA synchronous = OFF"));
    must(db_.run(("INSERT INTO meta VALUES('installation', '" + maker.installation.to_string() + "')").c_str()));
    must(db_.run("INSERT INTO meta VALUES('clean_shutdown', 1)"));
    std::ofstream(folder.file("node.json")) << "{\"installation\": \"" << maker.installation.to_string() << "\"}";
  }

  record::StreamKey stream() const { return {maker.camera, maker.role}; }
  std::string path(const record::SegmentFile& file) const { return folder.file(record::segment_path(file)); }

  /// A segment of GOPs of 15 frames at 15 fps, one second each, sealed.
  record::SegmentFile segment(int gops, std::size_t frames = 15) {
    maker.begin_segment();
    for (int i = 0; i < gops; ++i) maker.add_gop(frames);
    return seal();
  }
  /// Writes what the maker has and adds its row.
  record::SegmentFile seal() {
    const record::SegmentFile file = write_file();
    record::StoredSegment row = row_of(file);
    row.id = next_id_++;
    must(record::SegmentInserter::prepare(db_)->insert(row));
    return file;
  }
  /// The same for a segment that is still being written.
  record::SegmentFile leave_open() {
    const record::SegmentFile file = write_file();
    record::StoredSegment row = row_of(file);
    row.id = next_id_++;
    const std::vector<record::FragmentEntry> entries = row.fragments;
    must(record::SegmentInserter::prepare(db_)->insert(row));
    const std::string id = std::to_string(row.id);
    must(db_.run(("DELETE FROM fragment_table WHERE segment = " + id).c_str()));
    must(db_.run(("UPDATE segment SET flags = flags & ~1, end_us = 0, size_bytes = 0, fragment_count = 0, "
                  "last_record_sha256 = NULL WHERE id = " +
                  id)
                     .c_str()));
    for (const auto& e : entries) add_tail(row.id, e);
    return file;
  }
  /// Writes the file but no row.
  record::SegmentFile write_file() {
    const record::SegmentFile file{maker.camera, maker.segment_start().us};
    std::filesystem::create_directories(std::filesystem::path(path(file)).parent_path());
    overwrite(file, maker.bytes());
    return file;
  }
  void overwrite(const record::SegmentFile& file, base::ByteSpan bytes) const {
    std::ofstream out(path(file), std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  base::Bytes bytes_of(const record::SegmentFile& file) const {
    std::ifstream in(path(file), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void flip_bit(const record::SegmentFile& file, std::uint64_t offset) const {
    base::Bytes bytes = bytes_of(file);
    bytes.at(offset) ^= 1;
    overwrite(file, bytes);
  }
  record::StoredSegment row_of(const record::SegmentFile& file) const {
    const base::Bytes bytes = bytes_of(file);
    return record::segment_of(file, media::scan_segment(media::MemorySource(bytes)).value());
  }

  void sql(const std::string& text) { must(db_.run(text.c_str())); }
  /// First column of the first row.
  std::int64_t number(const std::string& text) {
    auto statement = record::Statement::prepare(db_, text);
    const auto row = statement ? statement->step() : base::Result<bool>(statement.error());
    if (!row || !*row) std::abort();
    return statement->integer(0);
  }
  void gap(std::int64_t start_us, std::int64_t end_us, record::GapCause cause) {
    auto insert = record::Statement::prepare(
        db_, "INSERT INTO gap(camera, role, start_us, end_us, cause, detail, epoch) VALUES(?,0,?,?,?,'why',0)");
    must(insert->bind(maker.camera).bind(start_us).bind(end_us).bind(static_cast<std::int64_t>(cause)).run());
  }
  void motion(std::int64_t start_us, std::int64_t end_us) {
    auto insert = record::Statement::prepare(
        db_,
        "INSERT INTO motion_event(camera, start_us, end_us, ended, score, box_x, box_y, box_w, box_h, zone) "
        "VALUES(?,?,?,1,0.5,0.1,0.2,0.3,0.4,'gate')");
    must(insert->bind(maker.camera).bind(start_us).bind(end_us).run());
  }
  std::unique_ptr<record::Archive> archive() const { return record::Archive::open(folder.path()).value(); }

 private:
  static void must(const base::Status& status) {
    if (status.ok()) return;
    std::fprintf(stderr, "%s\n", status.to_string().c_str());
    std::abort();
  }
  void add_tail(std::int64_t segment, const record::FragmentEntry& e) {
    auto insert = record::Statement::prepare(
        db_,
        "INSERT INTO fragment_tail(segment, seq, offset_bytes, size_bytes, start_us, media_start_90k, "
        "duration_90k, flags, record_sha256) VALUES(?,?,?,?,?,?,?,?,zeroblob(32))");
    insert->bind(segment).bind(static_cast<std::int64_t>(e.seq)).bind(static_cast<std::int64_t>(e.offset_bytes));
    insert->bind(std::int64_t{e.size_bytes}).bind(e.start_us).bind(e.media_start_90k);
    must(insert->bind(std::int64_t{e.duration_90k}).bind(std::int64_t{e.flags}).run());
  }

  record::SqliteDb db_;
  std::int64_t next_id_ = 1;
};

}  // namespace vonggac::test
