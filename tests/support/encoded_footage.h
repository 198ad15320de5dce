/// Real encoded video for integration tests: ffmpeg encodes lavfi's testsrc2, the access units come back in decode
/// order with their times. Also runs ffprobe and ffmpeg on what we wrote. Header-only; needs ffmpeg in PATH.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "media/access_unit.h"
#include "media/nal_units.h"

namespace vonggac::test {

struct CommandResult {
  int exit_code = -1;
  std::string output;  ///< stdout and stderr
};

inline CommandResult run_command(const std::string& command) {
  CommandResult result;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) result.output.append(buffer, got);
  const int status = ::pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct EncodedUnit {
  base::Bytes payload;  ///< length-prefixed NAL units
  std::int64_t pts_90k = 0;
  bool key = false;
};

struct EncodedFootage {
  media::TrackParameters parameters;
  std::vector<EncodedUnit> units;  ///< decode order
};

/// Splits an Annex B stream at its access unit delimiters; parameter sets stay in the units, as cameras send them.
inline void split_annex_b(const base::Bytes& stream, EncodedFootage& footage) {
  using media::Codec;
  const Codec codec = footage.parameters.codec;
  std::size_t at = 0;
  const auto start_code = [&](std::size_t i) {
    return i + 3 <= stream.size() && stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1;
  };
  while (at < stream.size() && !start_code(at)) ++at;
  while (at + 3 < stream.size()) {
    std::size_t end = at + 3;
    while (end < stream.size() && !start_code(end)) ++end;
    std::size_t trimmed = end;
    while (end < stream.size() && trimmed > at + 3 && stream[trimmed - 1] == 0) --trimmed;
    const base::ByteSpan nal = base::ByteSpan(stream).subspan(at + 3, trimmed - at - 3);
    at = end;
    const bool delimiter = codec == Codec::kH264 ? media::h264::nal_type(nal) == media::h264::kAccessUnitDelimiter
                                                 : media::h265::nal_type(nal) == media::h265::kAccessUnitDelimiter;
    if (delimiter) footage.units.emplace_back();
    if (footage.units.empty()) continue;
    EncodedUnit& unit = footage.units.back();
    base::ByteWriter writer(unit.payload);
    writer.u32(static_cast<std::uint32_t>(nal.size()));
    writer.raw(nal);
    unit.key = unit.key || media::is_random_access(codec, nal);
    if (!media::is_parameter_set(codec, nal)) continue;
    const base::Bytes set(nal.begin(), nal.end());
    const bool is_sps = codec == Codec::kH264 ? media::h264::nal_type(nal) == media::h264::kSps
                                              : media::h265::nal_type(nal) == media::h265::kSps;
    const bool is_vps = codec == Codec::kH265 && media::h265::nal_type(nal) == media::h265::kVps;
    std::vector<base::Bytes>& sets = is_vps   ? footage.parameters.vps
                                     : is_sps ? footage.parameters.sps
                                              : footage.parameters.pps;
    if (sets.empty()) sets.push_back(set);
  }
}

inline base::Bytes read_whole_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_whole_file(const std::string& path, base::ByteSpan bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// `source` like "testsrc2=size=320x240:rate=15:duration=4", `options` like "-c:v libx264 -g 30 -bf 0". Files are
/// made in `folder`; FOLDER/NAME.mp4 stays as the reference. Empty units: ffmpeg failed.
inline EncodedFootage encode_footage(const std::string& folder, const std::string& name, const std::string& source,
                                     const std::string& options) {
  const std::string mp4 = folder + "/" + name + ".mp4", annex_b = folder + "/" + name + ".annexb";
  EncodedFootage footage;
  const bool h265 = options.find("265") != std::string::npos;
  footage.parameters.codec = h265 ? media::Codec::kH265 : media::Codec::kH264;
  const std::string kind = h265 ? "hevc" : "h264";
  const auto encoded = run_command("ffmpeg -v error -y -f lavfi -i " + source + " " + options +
                                   " -pix_fmt yuv420p -video_track_timescale 90000 " + mp4 +
                                   " && ffmpeg -v error -y -i " + mp4 + " -c copy -bsf:v " + kind + "_mp4toannexb," +
                                   kind + "_metadata=aud=insert -f " + kind + " " + annex_b);
  if (encoded.exit_code != 0) {
    std::fprintf(stderr, "%s\n", encoded.output.c_str());
    return footage;
  }
  split_annex_b(read_whole_file(annex_b), footage);
  const auto packets = run_command("ffprobe -v error -select_streams v -show_entries packet=pts -of csv=p=0 " + mp4);
  std::size_t index = 0;
  for (const std::string& line : lines_of(packets.output)) {
    if (index < footage.units.size() && !line.empty()) footage.units[index++].pts_90k = std::stoll(line);
  }
  if (index != footage.units.size()) footage.units.clear();
  return footage;
}

/// One hash per shown frame, as ffmpeg decodes the file. A decoder complaint is in `errors`.
struct DecodedFrames {
  std::vector<std::string> hashes;
  std::vector<std::string> times;  ///< pts in 1/90000 s
  std::string errors;
};

inline DecodedFrames decode_frames(const std::string& path) {
  DecodedFrames frames;
  const std::string hashes = path + ".framemd5";
  frames.errors = run_command("ffmpeg -v warning -y -i " + path +
                              " -map 0:v -fps_mode passthrough -enc_time_base 1:90000 -f framemd5 " + hashes)
                      .output;
  std::ifstream in(hashes);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::vector<std::string> columns;
    for (std::string field; std::getline(fields, field, ',');) {
      columns.push_back(field.substr(field.find_first_not_of(' ')));
    }
    if (columns.size() != 6) continue;
    frames.times.push_back(columns[2]);
    frames.hashes.push_back(columns[5]);
  }
  return frames;
}

}  // namespace vonggac::test
