/// What the MP4 writers make must play elsewhere: ffprobe, ffmpeg's decoder and GStreamer's qtdemux.
#include <algorithm>

#include <gtest/gtest.h>

#include "media/progressive_mp4.h"
#include "media/video_format.h"
#include "support/encoded_footage.h"
#include "support/footage.h"
#include "support/temp_folder.h"

namespace vonggac {
namespace {

constexpr std::size_t kGop = 15;

std::vector<test::FootageSample> samples_of(const test::EncodedFootage& footage) {
  std::vector<std::int64_t> decode_times;
  for (const auto& unit : footage.units) decode_times.push_back(unit.pts_90k);
  std::sort(decode_times.begin(), decode_times.end());
  std::vector<test::FootageSample> samples;
  for (std::size_t i = 0; i < footage.units.size(); ++i) {
    const std::int64_t next = i + 1 < decode_times.size() ? decode_times[i + 1] : decode_times[i] + 6000;
    samples.push_back({footage.units[i].payload, static_cast<std::uint32_t>(next - decode_times[i]),
                       static_cast<std::int32_t>(footage.units[i].pts_90k - decode_times[i]), footage.units[i].key});
  }
  return samples;
}

/// Segment bytes with one fragment per GOP.
base::Bytes segment_of(const test::EncodedFootage& footage, const std::optional<media::TrackParameters>& audio = {},
                       const test::FootageSample& audio_frame = {}) {
  test::FootageMaker maker;
  maker.init.video = footage.parameters;
  maker.init.audio = audio;
  maker.begin_segment();
  const auto samples = samples_of(footage);
  for (std::size_t i = 0; i < samples.size();) {
    std::size_t end = i + 1;
    while (end < samples.size() && !samples[end].key) ++end;
    const std::vector<test::FootageSample> gop(samples.begin() + static_cast<std::ptrdiff_t>(i),
                                               samples.begin() + static_cast<std::ptrdiff_t>(end));
    std::vector<test::FootageSample> sound;
    if (audio) sound.assign(gop.size() * 6000 / audio_frame.duration_90k, audio_frame);
    maker.add_fragment(gop, sound);
    i = end;
  }
  return maker.bytes();
}

struct Case {
  const char* name;
  const char* source;
  const char* options;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Mp4Playback : public testing::TestWithParam<Case> {
 protected:
  test::TempFolder folder_;
  test::EncodedFootage footage_ =
      test::encode_footage(folder_.path(), "reference", GetParam().source, GetParam().options);
};

TEST_P(Mp4Playback, SegmentDecodesToTheSameFramesWithoutComplaint) {
  ASSERT_FALSE(footage_.units.empty());
  const std::string path = folder_.file("segment.mp4");
  test::write_whole_file(path, segment_of(footage_));
  const auto expected = test::decode_frames(folder_.file("reference.mp4"));
  const auto shown = test::decode_frames(path);
  EXPECT_EQ(shown.errors, "");
  EXPECT_EQ(shown.hashes, expected.hashes);
  EXPECT_EQ(shown.hashes.size(), footage_.units.size());
}

TEST_P(Mp4Playback, SegmentTornAnywherePlaysUpToTheTear) {
  ASSERT_FALSE(footage_.units.empty());
  base::Bytes bytes = segment_of(footage_);
  const auto scan = media::scan_segment(media::MemorySource(bytes));
  ASSERT_TRUE(scan);
  ASSERT_GE(scan->fragments.size(), 3U);
  bytes.resize(scan->fragments[2].mdat_offset + 200);
  const std::string path = folder_.file("torn.mp4");
  test::write_whole_file(path, bytes);
  EXPECT_GE(test::decode_frames(path).hashes.size(), 2 * kGop);
}

TEST_P(Mp4Playback, SegmentIsReadByGStreamer) {
  ASSERT_FALSE(footage_.units.empty());
  const std::string path = folder_.file("segment.mp4");
  test::write_whole_file(path, segment_of(footage_));
  const std::string parser = footage_.parameters.codec == media::Codec::kH264 ? "h264parse" : "h265parse";
  const auto result = test::run_command("gst-launch-1.0 -v filesrc location=" + path + " ! qtdemux ! " + parser +
                                        " ! fakesink silent=false");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  std::size_t buffers = 0;
  for (const std::string& line : test::lines_of(result.output)) {
    if (line.find("chain   ***") != std::string::npos) ++buffers;
  }
  EXPECT_EQ(buffers, footage_.units.size()) << result.output.substr(0, 2000);
}

/// Shows frames [first, last) of the segment by a progressive file.
TEST_P(Mp4Playback, ProgressiveFileShowsExactlyTheFramesOfItsEditList) {
  ASSERT_FALSE(footage_.units.empty());
  const base::Bytes bytes = segment_of(footage_);
  const auto scan = media::scan_segment(media::MemorySource(bytes));
  ASSERT_TRUE(scan);
  const std::size_t first = kGop + 4, last = 2 * kGop + 7;
  media::ProgressiveMovie movie;
  movie.creation = scan->start.init.creation;
  movie.video.descriptions = {scan->start.init.video};
  for (std::size_t f = 1; f < 3; ++f) {
    const media::Fragment& fragment = scan->fragments[f];
    std::uint64_t offset = fragment.moof_offset + fragment.moof.tracks[0].data_offset;
    for (const media::FragmentSample& s : fragment.moof.tracks[0].fragment.samples) {
      movie.video.samples.push_back({0, offset, s.size_bytes, s.duration_90k, s.composition_offset_90k, 0, s.key});
      offset += s.size_bytes;
    }
  }
  movie.video.presentation_start_90k = (first - kGop) * 6000;
  movie.video.presentation_duration_90k = (last - first) * 6000;
  const auto file = media::make_progressive_mp4(movie);
  ASSERT_TRUE(file) << file.error().to_string();
  base::Bytes whole;
  for (const media::FilePiece& piece : media::pieces_of(*file, 0, file->total_bytes)) {
    const base::ByteSpan from = piece.in_head ? base::ByteSpan(file->head) : base::ByteSpan(bytes);
    const base::ByteSpan part = from.subspan(piece.offset, piece.size_bytes);
    whole.insert(whole.end(), part.begin(), part.end());
  }
  const std::string path = folder_.file("progressive.mp4");
  test::write_whole_file(path, whole);
  const auto all = test::decode_frames(folder_.file("reference.mp4"));
  const auto shown = test::decode_frames(path);
  EXPECT_EQ(shown.errors, "");
  const std::vector<std::string> expected(all.hashes.begin() + static_cast<std::ptrdiff_t>(first),
                                          all.hashes.begin() + static_cast<std::ptrdiff_t>(last));
  EXPECT_EQ(shown.hashes, expected);
  ASSERT_FALSE(shown.times.empty());
  EXPECT_EQ(shown.times.front(), "0");
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, Mp4Playback,
    testing::Values(
        Case{"h264", "testsrc2=size=320x240:rate=15:duration=4", "-c:v libx264 -preset veryfast -g 15 -bf 0"},
        Case{"h264_with_b_pictures", "testsrc2=size=320x240:rate=15:duration=4",
             "-c:v libx264 -preset veryfast -g 15 -bf 2 -x264-params open-gop=0:scenecut=0"},
        Case{"h265", "testsrc2=size=320x240:rate=15:duration=4",
             "-c:v libx265 -preset ultrafast -x265-params keyint=15:min-keyint=15:bframes=0:log-level=none"}),
    [](const auto& test_info) { return std::string(test_info.param.name); });

struct Encoding {
  const char* name;
  const char* size;
  const char* options;
};
void PrintTo(const Encoding& e, std::ostream* out) { *out << e.name; }

class ParameterSets : public testing::TestWithParam<Encoding> {};

/// Our parser against ffprobe's on the same stream.
TEST_P(ParameterSets, AreReadAsFfprobeReadsThem) {
  test::TempFolder folder;
  const auto footage = test::encode_footage(folder.path(), "reference",
                                            std::string("testsrc2=size=") + GetParam().size + ":rate=10:duration=0.5",
                                            GetParam().options);
  ASSERT_FALSE(footage.units.empty());
  const auto format = media::parse_video_format(footage.parameters);
  ASSERT_TRUE(format) << format.error().to_string();
  const auto probed = test::run_command(
      "ffprobe -v error -select_streams v -show_entries stream=width,height,level,has_b_frames,r_frame_rate "
      "-of default=nokey=1:noprint_wrappers=1 " +
      folder.file("reference.mp4"));
  const auto lines = test::lines_of(probed.output);  // width, height, has_b_frames, level, frame rate
  ASSERT_EQ(lines.size(), 5U) << probed.output;
  EXPECT_EQ(std::to_string(format->width), lines[0]);
  EXPECT_EQ(std::to_string(format->height), lines[1]);
  EXPECT_EQ(std::to_string(format->max_reorder_frames.value_or(99)), lines[2]);
  EXPECT_EQ(std::to_string(format->level_idc), lines[3]);
  ASSERT_TRUE(format->frame_rate);
  EXPECT_EQ(format->frame_rate->numerator / format->frame_rate->denominator, 10U);
}

INSTANTIATE_TEST_SUITE_P(
    Encoders, ParameterSets,
    testing::Values(
        Encoding{"baseline", "352x288", "-c:v libx264 -preset ultrafast -profile:v baseline"},
        Encoding{"main_cropped", "642x362", "-c:v libx264 -preset veryfast -profile:v main -bf 2"},
        Encoding{"high_hrd", "1280x720",
                 "-c:v libx264 -preset veryfast -bf 0 -b:v 1M -maxrate 1M -bufsize 1M -x264-params nal-hrd=vbr"},
        Encoding{"high_interlaced", "720x576", "-c:v libx264 -preset veryfast -flags +ilme+ildct -bf 2"},
        Encoding{"high_matrices", "1920x1080", "-c:v libx264 -preset veryfast -x264-params cqm=jvt -bf 3"},
        Encoding{"hevc_cropped", "642x362", "-c:v libx265 -preset ultrafast -x265-params log-level=none"},
        Encoding{"hevc_layers", "640x360",
                 "-c:v libx265 -preset ultrafast -x265-params log-level=none:temporal-layers=1:scaling-list=default"},
        Encoding{"hevc_hrd", "1280x720",
                 "-c:v libx265 -preset ultrafast -x265-params "
                 "log-level=none:hrd=1:vbv-maxrate=1000:vbv-bufsize=1000:bitrate=900:bframes=0"}),
    [](const auto& test_info) { return std::string(test_info.param.name); });

TEST(Mp4Audio, G711IsDecoded) {
  test::TempFolder folder;
  const auto footage = test::encode_footage(folder.path(), "reference", "testsrc2=size=320x240:rate=15:duration=2",
                                            "-c:v libx264 -preset ultrafast -g 15");
  ASSERT_FALSE(footage.units.empty());
  const test::FootageSample sound{base::Bytes(160, 0x55), 1800, 0, true};
  const std::string path = folder.file("segment.mp4");
  test::write_whole_file(path, segment_of(footage, test::g711_mu(), sound));
  const auto result = test::run_command(
      "ffprobe -v error -count_packets -show_entries "
      "stream=codec_name,sample_rate,channels,nb_read_packets -of csv=p=0 " +
      path);
  EXPECT_NE(result.output.find("pcm_mulaw,8000,1,100"), std::string::npos) << result.output;
  EXPECT_EQ(test::run_command("ffmpeg -v error -i " + path + " -f null -").output, "");
}

}  // namespace
}  // namespace vonggac
