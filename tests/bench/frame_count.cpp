/// Counts the frames of a data directory's recordings by the counter camsim stamps into each access unit, and those
/// missing between the first and the last of each session. Reads the segment files alone, not the index.
/// A hole in the counters that no fragment beside it marks as damage is an unmarked one.
/// Usage: frame_count DATA_DIR [--within-files]   prints {"frames","lost","duplicated","fragments",
///        "marked_fragments","unmarked_holes","unreadable_files","cameras":[...]}
/// --within-files: what is missing between two files was not meant to be recorded (motion mode).
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>

#include <boost/json.hpp>

#include "base/unique_fd.h"
#include "camsim/frame_counter.h"
#include "media/fmp4_reader.h"
#include "media/nal_units.h"

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace vonggac;

struct Frame {
  std::uint64_t counter = 0;
  bool marked = false;  ///< its fragment says that something was lost, or that the time axis begins anew
};
/// Of one camera, in file order.
struct Frames {
  std::vector<Frame> frames;
  std::uint64_t fragments = 0;
  std::uint64_t marked_fragments = 0;
};

std::optional<std::uint64_t> counter_of(const base::Bytes& sample, media::Codec codec) {
  media::LengthPrefixedNals nals(sample);
  base::ByteSpan nal;
  while (nals.next(nal)) {
    if (const auto found = camsim::read_frame_counter(nal, codec)) return found->counter;
  }
  return std::nullopt;
}

bool read_file(const fs::path& path, Frames& out) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto source = media::FileSource::open(fd.get());
  if (!source) return false;
  const auto scan = media::scan_segment(*source);
  if (!scan) return false;
  const media::Codec codec = scan->start.init.video.codec;
  base::Bytes sample;
  for (const media::Fragment& fragment : scan->fragments) {
    const auto& flags = fragment.record.flags;
    ++out.fragments;
    out.marked_fragments += flags.has_damaged ? 1 : 0;
    for (const media::MoofTrack& track : fragment.moof.tracks) {
      if (track.fragment.track_id != 1) continue;
      std::uint64_t at = fragment.moof_offset + track.data_offset;
      for (const media::FragmentSample& s : track.fragment.samples) {
        sample.resize(s.size_bytes);
        if (!source->read_at(at, sample).ok()) return false;
        at += s.size_bytes;
        if (const auto counter = counter_of(sample, codec)) {
          out.frames.push_back({*counter, flags.has_damaged || flags.discontinuity_before});
        }
      }
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const bool within_files = argc == 3 && std::string_view(argv[2]) == "--within-files";
  if (argc != 2 && !within_files) {
    std::fprintf(stderr, "usage: frame_count DATA_DIR [--within-files]\n");
    return 2;
  }
  std::map<std::string, std::vector<fs::path>> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(argv[1]) / "media")) {
    if (entry.path().extension() == ".mp4") {
      files[entry.path().parent_path().parent_path().filename().string()].push_back(entry.path());
    }
  }
  json::object result;
  json::array cameras;
  std::uint64_t frames = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t fragments = 0;
  std::uint64_t marked_fragments = 0;
  std::uint64_t unmarked_holes = 0;
  for (auto& [camera, paths] : files) {
    std::sort(paths.begin(), paths.end());
    Frames read;
    std::set<std::size_t> file_begins;
    for (const fs::path& path : paths) {
      if (within_files) file_begins.insert(read.frames.size());
      unreadable += read_file(path, read) ? 0 : 1;
    }
    const std::vector<Frame>& seen = read.frames;
    fragments += read.fragments;
    marked_fragments += read.marked_fragments;
    std::uint64_t camera_lost = 0;
    std::uint64_t camera_duplicated = 0;
    for (std::size_t i = 1; i < seen.size(); ++i) {
      if (file_begins.count(i) != 0) continue;
      if (seen[i].counter <= seen[i - 1].counter) {
        ++camera_duplicated;
        continue;
      }
      const std::uint64_t hole = seen[i].counter - seen[i - 1].counter - 1;
      camera_lost += hole;
      unmarked_holes += hole > 0 && !seen[i].marked && !seen[i - 1].marked ? 1 : 0;
    }
    frames += seen.size();
    lost += camera_lost;
    duplicated += camera_duplicated;
    cameras.push_back(json::object{
        {"camera", camera}, {"frames", seen.size()}, {"lost", camera_lost}, {"duplicated", camera_duplicated}});
  }
  result["frames"] = frames;
  result["lost"] = lost;
  result["duplicated"] = duplicated;
  result["fragments"] = fragments;
  result["marked_fragments"] = marked_fragments;
  result["unmarked_holes"] = unmarked_holes;
  result["unreadable_files"] = unreadable;
  result["cameras"] = std::move(cameras);
  std::printf("%s\n", json::serialize(result).c_str());
  return unreadable == 0 ? 0 : 1;
}
