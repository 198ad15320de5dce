// Searching a month of motion grids: makes an index.db as twenty busy cameras would leave it (segments, fragment
// tables, motion tables, events), then asks for regions of it. Prints JSON.
//   bench_search DIR [cameras] [days] [part of a region's name]
// An index that is already in DIR is taken as it is.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "record/index_schema.h"
#include "record/media_paths.h"
#include "record/motion_scan.h"
#include "record/motion_search.h"
#include "record/sqlite.h"

namespace {

using namespace vonggac;
namespace json = boost::json;

constexpr std::int64_t kBegin = 1'795'440'000;  // 2026-11-23
constexpr std::int64_t kSegmentSeconds = 300;
constexpr std::size_t kFragmentTableBytes = 1650;  // 150 GOPs of 2 s

void must(const base::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.to_string().c_str());
  std::exit(1);
}

base::CameraId camera_id(int n) {
  base::CameraId id;
  id.bytes.fill(static_cast<std::uint8_t>(n + 1));
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  return id;
}

/// A street as a camera sees it: people and vehicles that follow a few paths; more of them by day.
class Street {
 public:
  Street(unsigned seed, double activity) : random_(seed), activity_(activity) {}

  /// The next second: true and the cells that moved, or false.
  bool next(std::int64_t second, record::MotionCells& cells) {
    if (left_s_ <= 0) {
      const double hour = static_cast<double>(second / 3600 % 24);
      const double share = std::min(0.9, activity_ * (hour >= 22 || hour < 5 ? 0.35 : 1.32));
      // Visits last 12 s on average; a second of quiet ends with the chance that gives this share.
      if (uniform() > share / (1 - share) / 12) return false;
      begin();
    }
    --left_s_;
    cells.fill(0);
    for (Walker& walker : walkers_) walk(walker, cells);
    return true;
  }

 private:
  struct Walker {
    double x, y, dx, dy, w, h;
  };
  double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  void begin() {
    left_s_ = 2 + static_cast<int>(-std::log(std::max(1e-6, uniform())) * 11);
    walkers_.clear();
    const int count = uniform() < 0.75 ? 1 : uniform() < 0.8 ? 2 : 4;
    for (int i = 0; i < count; ++i) {
      const double way = uniform();
      const bool right = uniform() < 0.5;
      if (way < 0.7) {  // along the street
        walkers_.push_back({right ? 0.0 : 31.0, 8 + 4 * uniform(), (right ? 1 : -1) * (0.6 + 4 * uniform() * uniform()),
                            0.1 * (uniform() - 0.5), 1 + 3 * uniform(), 2 + 3 * uniform()});
      } else if (way < 0.95) {  // from the gate down the alley
        walkers_.push_back({14 + 3 * uniform(), 4, 0.3 * (uniform() - 0.5), 0.3 + 0.5 * uniform(), 1 + uniform(), 3});
      } else {  // anywhere, now and then
        walkers_.push_back({31 * uniform(), 17 * uniform(), uniform() - 0.5, uniform() - 0.5, 1.5, 2});
      }
    }
  }
  static void walk(Walker& walker, record::MotionCells& cells) {
    const double from_x = std::min(walker.x, walker.x + walker.dx), to_x = std::max(walker.x, walker.x + walker.dx);
    const double from_y = std::min(walker.y, walker.y + walker.dy), to_y = std::max(walker.y, walker.y + walker.dy);
    for (int row = static_cast<int>(from_y); row <= static_cast<int>(to_y + walker.h); ++row) {
      for (int column = static_cast<int>(from_x); column <= static_cast<int>(to_x + walker.w); ++column) {
        if (row < 0 || row >= 18 || column < 0 || column >= 32) continue;
        const int i = row * 32 + column;
        cells[static_cast<std::size_t>(i / 8)] |= static_cast<std::uint8_t>(0x80 >> (i % 8));
      }
    }
    walker.x += walker.dx;
    walker.y += walker.dy;
    if (walker.x < -4 || walker.x > 34) walker.dx = -walker.dx;
  }

  std::mt19937 random_;
  double activity_;
  int left_s_ = 0;
  std::vector<Walker> walkers_;
};

struct Made {
  std::uint64_t moving_seconds = 0, motion_bytes = 0, events = 0;
};

class Generator {
 public:
  explicit Generator(record::SqliteDb& db) : db_(db) {
    segment_ = prepare(
        "INSERT INTO segment(id, camera, role, file_us, start_us, end_us, size_bytes, flags, init_bytes, first_seq, "
        "fragment_count, epoch, video_codec, parameters_id) VALUES(?,?,0,?,?,?,75000000,?,900,?,150,1,1,77)");
    table_ = prepare("INSERT INTO fragment_table VALUES(?,?)");
    motion_ = prepare("INSERT INTO motion_table VALUES(?,?)");
    summary_ = prepare("INSERT INTO motion_summary VALUES(?,?,?,?)");
    event_ = prepare(
        "INSERT INTO motion_event(camera, start_us, end_us, ended, score, box_x, box_y, box_w, box_h, zone) "
        "VALUES(?,?,?,1,?,0.4,0.5,0.1,0.2,'')");
  }

  Made run(int cameras, int days) {
    std::vector<Street> streets;
    for (int n = 0; n < cameras; ++n) {
      streets.emplace_back(1000U + static_cast<unsigned>(n), 0.10 + 0.20 * n / std::max(1, cameras - 1));
    }
    const std::int64_t segments = days * 24 * 3600 / kSegmentSeconds;
    must(db_.run("BEGIN"));
    for (std::int64_t s = 0; s < segments; ++s) {
      for (int n = 0; n < cameras; ++n) {
        add(camera_id(n), kBegin + s * kSegmentSeconds, streets[static_cast<std::size_t>(n)], s);
      }
      if (s % 288 == 287) must(db_.run("COMMIT; BEGIN"));
    }
    must(db_.run("COMMIT"));
    must(db_.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    return made_;
  }

 private:
  record::Statement prepare(const char* sql) {
    auto statement = record::Statement::prepare(db_, sql);
    if (!statement) must(statement.error());
    return std::move(statement).value();
  }

  void add(const base::CameraId& camera, std::int64_t begin, Street& street, std::int64_t s) {
    record::MotionSeconds seconds;
    record::MotionCells cells{};
    for (std::int64_t second = begin; second < begin + kSegmentSeconds; ++second) {
      if (street.next(second, cells)) seconds[second] = cells;
    }
    const std::int64_t id = ++id_, start_us = begin * 1'000'000 + 137'000;
    segment_.bind(id).bind(camera).bind(start_us).bind(start_us).bind(start_us + kSegmentSeconds * 1'000'000);
    must(segment_.bind(std::int64_t{seconds.empty() ? 1 : 3}).bind(1 + s * 150).run());
    base::Bytes fragments(kFragmentTableBytes);
    for (std::uint8_t& byte : fragments) byte = static_cast<std::uint8_t>(noise_());
    must(table_.bind(id).bind(base::ByteSpan(fragments)).run());
    if (seconds.empty()) return;
    const base::Bytes blob = record::encode_motion_table(seconds);
    made_.moving_seconds += seconds.size();
    made_.motion_bytes += blob.size();
    must(motion_.bind(id).bind(base::ByteSpan(blob)).run());
    const record::MotionCells mask = record::moved_cells(seconds);
    must(summary_.bind(camera).bind(start_us).bind(id).bind(base::ByteSpan(mask)).run());
    add_events(camera, seconds);
  }

  void add_events(const base::CameraId& camera, const record::MotionSeconds& seconds) {
    std::int64_t first = seconds.begin()->first, last = first;
    const auto put = [&] {
      ++made_.events;
      event_.bind(camera).bind(first * 1'000'000).bind((last + 1) * 1'000'000);
      must(event_.bind(static_cast<double>(noise_() % 1000) / 1000).run());
    };
    for (const auto& [second, cells] : seconds) {
      if (second > last + 3) {
        put();
        first = second;
      }
      last = second;
    }
    put();
  }

  record::SqliteDb& db_;
  record::Statement segment_, table_, motion_, summary_, event_;
  std::mt19937 noise_{7};
  std::int64_t id_ = 0;
  Made made_;
};

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Takes the file out of the kernel's cache; its pages must be clean.
void forget_pages(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fdatasync(fd);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  ::close(fd);
}

struct Question {
  const char* name;
  const char* region;
};

/// The median of three, each on a new connection (SQLite's page cache empty).
json::object measure(const std::string& path, const Question& question, int cameras, std::size_t limit, bool cold) {
  std::vector<std::pair<double, double>> runs;  // wall, CPU
  record::MotionSearchResult result;
  for (int i = 0; i < 3; ++i) {
    if (cold) forget_pages(path);
    auto db = record::SqliteDb::open_index(path, record::SqliteDb::Access::kReadOnly, 1000);
    if (!db) must(db.error());
    record::MotionSearch search;
    for (int n = 0; n < cameras; ++n) search.cameras.push_back(camera_id(cameras == 1 ? 19 : n));
    search.region = record::MotionRegion::parse(question.region).value();
    search.limit = limit;
    const double wall = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    auto found = record::search_motion(*db, search);
    if (!found) must(found.error());
    runs.emplace_back(seconds_of(CLOCK_MONOTONIC) - wall, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    result = std::move(*found);
  }
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto ms = [](double s) { return static_cast<double>(static_cast<std::int64_t>(s * 1e5 + 0.5)) / 100; };
  return {{"region", question.name},
          {"cameras", cameras},
          {"limit", limit},
          {"kernel_cache", cold ? "dropped" : "warm"},
          {"cpu_ms", ms(runs[1].second)},
          {"wall_ms", ms(runs[1].first)},
          {"hits", result.spans.size()},
          {"segments", result.segments},
          {"segments_read", result.segments_read}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_search DIR [cameras] [days]\n");
    return 2;
  }
  const std::string path = record::index_path(argv[1]);
  const int cameras = argc > 2 ? std::atoi(argv[2]) : 20, days = argc > 3 ? std::atoi(argv[3]) : 30;
  std::filesystem::create_directories(argv[1]);
  Made made;
  if (!std::filesystem::exists(path)) {
    auto db = record::SqliteDb::open_index(path, record::SqliteDb::Access::kWrite, 1000);
    if (!db) must(db.error());
    must(db->run("PRAGMA synchronous = OFF"));
    made = Generator(*db).run(cameras, days);
  }
  constexpr std::array<Question, 4> kQuestions{
      Question{"quiet corner", "0.9,0.85,0.1,0.15"}, Question{"gate", "0.44,0.25,0.1,0.15"},
      Question{"street", "0,0.45,1,0.3"}, Question{"whole picture", "0,0,1,1"}};
  json::array searches;
  for (const Question& question : kQuestions) {
    if (argc > 4 && std::string(question.name).find(argv[4]) == std::string::npos) continue;
    for (const int count : {1, cameras}) {
      for (const std::size_t limit : {std::size_t{200}, std::size_t{10'000'000}}) {
        searches.push_back(measure(path, question, count, limit, false));
      }
      searches.push_back(measure(path, question, count, 10'000'000, true));
    }
  }
  const json::object report{{"cameras", cameras},
                            {"days", days},
                            {"activity", static_cast<double>(made.moving_seconds) / (86'400.0 * days * cameras)},
                            {"moving_seconds", made.moving_seconds},
                            {"events", made.events},
                            {"motion_table_bytes", made.motion_bytes},
                            {"bytes_per_moving_second", static_cast<double>(made.motion_bytes) /
                                                            std::max(1.0, static_cast<double>(made.moving_seconds))},
                            {"index_bytes", std::filesystem::file_size(path)},
                            {"searches", std::move(searches)}};
  std::puts(json::serialize(report).c_str());
  return 0;
}
