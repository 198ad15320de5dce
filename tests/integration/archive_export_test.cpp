/// Exports of footage that ffmpeg encoded, judged by ffmpeg: exactly the frames of the range, from the first on,
/// without a complaint of the decoder, across segments, gaps and changes of resolution.
#include <gtest/gtest.h>

#include "record/export.h"
#include "support/encoded_footage.h"
#include "support/stored_footage.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kFrameTicks = 6000;  // 15 fps

struct Case {
  const char* name;
  const char* options;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ArchiveExport : public testing::TestWithParam<Case> {
 protected:
  test::EncodedFootage encode(const std::string& name, const std::string& size, int seconds) {
    return test::encode_footage(stored_.folder.path(), name,
                                "testsrc2=size=" + size + ":rate=15:duration=" + std::to_string(seconds),
                                GetParam().options);
  }

  /// Stores the units as segments of `gops_per_segment` fragments; their wall times follow from maker.wall.
  void store(const test::EncodedFootage& footage, std::size_t gops_per_segment) {
    stored_.maker.init.video = footage.parameters;
    ++stored_.maker.init_generation;
    std::vector<std::int64_t> decode;
    for (const auto& unit : footage.units) decode.push_back(unit.pts_90k);
    std::sort(decode.begin(), decode.end());
    std::vector<test::FootageSample> gop;
    std::size_t gops = 0;
    for (std::size_t i = 0; i < footage.units.size(); ++i) {
      const auto& unit = footage.units[i];
      gop.push_back({unit.payload, kFrameTicks, static_cast<std::int32_t>(unit.pts_90k - decode[i]), unit.key});
      const bool ends = i + 1 == footage.units.size() || footage.units[i + 1].key;
      if (!ends) continue;
      if (gops % gops_per_segment == 0) stored_.maker.begin_segment();
      stored_.maker.add_fragment(gop);
      gop.clear();
      if (++gops % gops_per_segment == 0 || i + 1 == footage.units.size()) stored_.seal();
    }
  }

  static test::EncodedFootage without_parameter_sets(test::EncodedFootage footage) {
    for (auto& unit : footage.units) {
      base::Bytes kept;
      base::ByteWriter writer(kept);
      media::LengthPrefixedNals nals(unit.payload);
      base::ByteSpan nal;
      while (nals.next(nal)) {
        if (media::is_parameter_set(footage.parameters.codec, nal)) continue;
        writer.u32(static_cast<std::uint32_t>(nal.size()));
        writer.raw(nal);
      }
      unit.payload = std::move(kept);
    }
    return footage;
  }

  static std::int64_t frame_us(std::size_t index) {
    return base::us_from_90k(static_cast<std::int64_t>(index) * kFrameTicks);
  }

  ExportReport export_range(std::int64_t from_us, std::int64_t to_us) {
    out_ = stored_.folder.file("export.mp4");
    ClipRequest request;
    request.stream = stored_.stream();
    request.from = {from_us};
    request.to = {to_us};
    const auto archive = stored_.archive();
    const auto report = export_clip(*archive, request, {out_, true});
    EXPECT_TRUE(report) << report.error().to_string();
    return report ? *report : ExportReport{};
  }

  using Hashes = std::vector<std::string>;
  static Hashes slice(const Hashes& all, std::size_t from, std::size_t to) {
    return {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)};
  }

  test::StoredFootage stored_;
  std::string out_;
};

TEST_P(ArchiveExport, AnyRangeShowsExactlyItsFrames) {
  const auto footage = encode("reference", "320x240", 6);
  ASSERT_EQ(footage.units.size(), 90U);
  const std::int64_t start = stored_.maker.wall.us;
  store(footage, 2);
  const auto reference = test::decode_frames(stored_.folder.file("reference.mp4"));
  ASSERT_EQ(reference.hashes.size(), 90U);
  struct Range {
    std::size_t first, end;
  };
  for (const Range& range : {Range{0, 90}, Range{0, 1}, Range{14, 15}, Range{15, 16}, Range{7, 38}, Range{29, 61},
                             Range{30, 60}, Range{44, 46}, Range{89, 90}}) {
    // Odd ends, somewhere between two frames.
    const std::int64_t from = start + frame_us(range.first) - 20'000, to = start + frame_us(range.end - 1) + 9'000;
    const ExportReport report = export_range(from, to);
    const auto shown = test::decode_frames(out_);
    EXPECT_EQ(shown.errors, "");
    EXPECT_EQ(shown.hashes, slice(reference.hashes, range.first, range.end)) << range.first << ".." << range.end;
    EXPECT_EQ(report.frames, range.end - range.first);
    EXPECT_EQ(report.first_frame.us, start + frame_us(range.first));
    EXPECT_EQ(report.last_frame.us, start + frame_us(range.end - 1));
    ASSERT_FALSE(shown.times.empty());
    EXPECT_EQ(shown.times.front(), "0");
  }
}

TEST_P(ArchiveExport, GapKeepsWallTimeAndIsListed) {
  const auto footage = encode("reference", "320x240", 2);
  ASSERT_EQ(footage.units.size(), 30U);
  const std::int64_t start = stored_.maker.wall.us;
  store(footage, 2);
  stored_.maker.skip(3'500'000);
  store(footage, 2);
  const ExportReport report = export_range(start, start + 60'000'000);
  EXPECT_EQ(report.frames, 60U);
  EXPECT_TRUE(report.wall_time_kept);
  const auto shown = test::decode_frames(out_);
  EXPECT_EQ(shown.errors, "");
  ASSERT_EQ(shown.times.size(), 60U);
  EXPECT_EQ(std::stoll(shown.times[30]), base::ticks_90k_from_us(5'500'000));
  ASSERT_EQ(report.holes.size(), 2U);
  EXPECT_EQ(report.holes[0].start.us, start + 2'000'000);
  EXPECT_EQ(report.holes[0].end.us, start + 5'500'000);
}

TEST_P(ArchiveExport, ChangeOfResolutionPlaysOnBothSides) {
  // As from a camera that tells its parameters outside the stream only: the sample entries must do.
  const auto small = without_parameter_sets(encode("small", "320x240", 2));
  const auto large = without_parameter_sets(encode("large", "640x360", 2));
  ASSERT_EQ(small.units.size() + large.units.size(), 60U);
  const std::int64_t start = stored_.maker.wall.us;
  store(small, 1);
  store(large, 1);
  const ExportReport report = export_range(start + 500'000, start + 3'500'000);
  EXPECT_EQ(report.frames, 45U);
  EXPECT_FALSE(report.cut_at);
  // The decoder's own output, without scaling to one size.
  const auto decoded = test::run_command("ffmpeg -v warning -y -i " + out_ +
                                         " -map 0:v -autoscale 0 -fps_mode passthrough -f framemd5 " + out_ + ".md5");
  EXPECT_EQ(decoded.output, "");
  const auto lines = test::lines_of(std::string(base::as_text(test::read_whole_file(out_ + ".md5"))));
  std::size_t small_frames = 0, large_frames = 0;
  for (const std::string& line : lines) {
    if (line.find(" 115200,") != std::string::npos) ++small_frames;  // 320 * 240 * 3 / 2
    if (line.find(" 345600,") != std::string::npos) ++large_frames;  // 640 * 360 * 3 / 2
  }
  EXPECT_EQ(small_frames, 22U);
  EXPECT_EQ(large_frames, 23U);
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, ArchiveExport,
    testing::Values(
        Case{"h264", "-c:v libx264 -preset veryfast -g 15 -bf 0"},
        Case{"h264_with_b_pictures", "-c:v libx264 -preset veryfast -g 15 -bf 2 -x264-params open-gop=0:scenecut=0"},
        Case{"h265", "-c:v libx265 -preset ultrafast -x265-params keyint=15:min-keyint=15:bframes=0:log-level=none"}),
    [](const auto& test_info) { return std::string(test_info.param.name); });

}  // namespace
}  // namespace vonggac::record
