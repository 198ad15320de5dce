/// Counts the frames of a data directory's recordings by the counter camsim stamps into each access unit, and those
/// missing between the first and the last of each session. Reads the segment files alone, not the index.
/// Usage: frame_count DATA_DIR [--within-files]   prints
/// {"frames","lost","duplicated","unreadable_files","cameras":[...]}
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

/// Counters per stream of one camera, in file order.
using Counters = std::vector<std::uint64_t>;

std::optional<std::uint64_t> counter_of(const base::Bytes& sample, media::Codec codec) {
  media::LengthPrefixedNals nals(sample);
  base::ByteSpan nal;
  while (nals.next(nal)) {
    if (const auto found = camsim::read_frame_counter(nal, codec)) return found->counter;
  }
  return std::nullopt;
}

bool read_file(const fs::path& path, Counters& out) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto source = media::FileSource::open(fd.get());
  if (!source) return false;
  const auto scan = media::scan_segment(*source);
  if (!scan) return false;
  const media::Codec codec = scan->start.init.video.codec;
  base::Bytes sample;
  for (const media::Fragment& fragment : scan->fragments) {
    for (const media::MoofTrack& track : fragment.moof.tracks) {
      if (track.fragment.track_id != 1) continue;
      std::uint64_t at = fragment.moof_offset + track.data_offset;
      for (const media::FragmentSample& s : track.fragment.samples) {
        sample.resize(s.size_bytes);
        if (!source->read_at(at, sample).ok()) return false;
        at += s.size_bytes;
        if (const auto counter = counter_of(sample, codec)) out.push_back(*counter);
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
  for (auto& [camera, paths] : files) {
    std::sort(paths.begin(), paths.end());
    Counters counters;
    std::set<std::size_t> file_begins;
    for (const fs::path& path : paths) {
      if (within_files) file_begins.insert(counters.size());
      unreadable += read_file(path, counters) ? 0 : 1;
    }
    std::uint64_t camera_lost = 0;
    std::uint64_t camera_duplicated = 0;
    for (std::size_t i = 1; i < counters.size(); ++i) {
      if (file_begins.count(i) != 0) continue;
      if (counters[i] <= counters[i - 1]) {
        ++camera_duplicated;
      } else {
        camera_lost += counters[i] - counters[i - 1] - 1;
      }
    }
    frames += counters.size();
    lost += camera_lost;
    duplicated += camera_duplicated;
    cameras.push_back(json::object{
        {"camera", camera}, {"frames", counters.size()}, {"lost", camera_lost}, {"duplicated", camera_duplicated}});
  }
  result["frames"] = frames;
  result["lost"] = lost;
  result["duplicated"] = duplicated;
  result["unreadable_files"] = unreadable;
  result["cameras"] = std::move(cameras);
  std::printf("%s\n", json::serialize(result).c_str());
  return unreadable == 0 ? 0 : 1;
}
