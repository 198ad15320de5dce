// Footage of a real recorder, served by a real web worker from inside its sandbox.
#include <string>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "record/recorder.h"
#include "support/encoded_footage.h"
#include "support/hand_clock.h"
#include "support/temp_folder.h"
#include "worker_fixture.h"

namespace vonggac::test {
namespace {

namespace json = boost::json;

struct Footage : WorkerFixture {
  /// 20 s of pictures with a second and a half of motion in the middle, then a proper stop.
  void SetUp() override {
    const EncodedFootage source = encode_footage(folder.path(), "source", "testsrc2=size=320x240:rate=15:duration=20",
                                                 "-c:v libx264 -g 30 -bf 0");
    ASSERT_EQ(source.units.size(), 300U);
    record::RecorderConfig config;
    config.data_dir = world.folder();
    config.low_water_fraction = 0;
    auto recorder = record::Recorder::create(clock, config);
    ASSERT_TRUE(recorder.ok()) << recorder.error().to_string();
    record::RecordPolicy policy;
    policy.mode = record::RecordMode::kContinuous;
    record::CameraRecorder& camera = (*recorder)->open_camera(base::CameraId{*base::Uuid::parse(kCamera)}, policy);
    camera.on_parameters(media::TrackKind::kVideo, source.parameters);
    start = clock.wall;
    for (const EncodedUnit& unit : source.units) {
      media::AccessUnit out;
      out.pts.ticks_90k = unit.pts_90k;
      out.capture = clock.mono;
      out.key = unit.key;
      out.payload = std::make_shared<const base::Bytes>(unit.payload);
      camera.on_unit(out);
      if (unit.pts_90k == 15 * 6'000 * 10) camera.on_motion(motion());
      clock.advance(base::Micros(66'667));
      (*recorder)->tick();
    }
    (*recorder)->stop(record::GapCause::kServiceStopped, 5'000'000);
    recorder = base::internal_error("done");
    WorkerFixture::SetUp();
  }

  record::MotionEvent motion() const {
    record::MotionEvent event;
    event.key = 1;
    event.start = clock.wall - base::Millis(1500);
    event.end = clock.wall;
    event.ended = true;
    event.score = 0.7F;
    event.zone = "gate";
    event.thumbnail = {0xFF, 0xD8, 0xFF, 0xD9};
    return event;
  }
  std::string span(int from_s, int to_s) const {
    return "from=" + base::to_iso8601(start + base::Seconds(from_s)) +
           "&to=" + base::to_iso8601(start + base::Seconds(to_s));
  }
  std::string clip(int from_s, int to_s) {
    return std::string("/api/v1/cameras/") + kCamera + "/clip.mp4?" + span(from_s, to_s) + "&purpose=" + purpose;
  }

  TempFolder folder;
  std::string purpose = world.purpose_of(user).to_string();
  HandClock clock;
  base::WallTime start;
};

TEST_F(Footage, ListsClipsEventsAndGaps) {
  const json::value clips = json::parse(get("/api/v1/clips?" + span(0, 60)).body);
  ASSERT_EQ(clips.at("clips").as_array().size(), 1U);
  const json::object& clip = clips.at("clips").at(0).as_object();
  EXPECT_EQ(clip.at("camera").as_string(), kCamera);
  EXPECT_NEAR(clip.at("duration_ms").to_number<double>(), 20'000, 200);
  EXPECT_EQ(clip.at("codec").as_string(), "h264");
  EXPECT_EQ(clip.at("width").to_number<int>(), 320);
  EXPECT_TRUE(clip.at("motion").as_bool());

  const json::value events = json::parse(get(std::string("/api/v1/events?camera=") + kCamera).body);
  ASSERT_EQ(events.at("events").as_array().size(), 1U);
  const json::object& event = events.at("events").at(0).as_object();
  EXPECT_EQ(event.at("zone").as_string(), "gate");
  EXPECT_EQ(event.at("duration_ms").to_number<int>(), 1500);
  const auto thumbnail =
      get("/api/v1/events/" + std::to_string(event.at("id").to_number<std::int64_t>()) + "/thumbnail.jpg");
  EXPECT_EQ(thumbnail.header("Content-Type"), "image/jpeg");
  EXPECT_EQ(thumbnail.body, "\xFF\xD8\xFF\xD9");

  const json::value gaps = json::parse(get("/api/v1/gaps").body);
  ASSERT_EQ(gaps.at("gaps").as_array().size(), 1U);
  EXPECT_EQ(gaps.at("gaps").at(0).at("cause").as_string(), "service_stopped");
  EXPECT_TRUE(gaps.at("gaps").at(0).at("end").is_null());
}

TEST_F(Footage, PlaysARange) {
  const auto answer = get(clip(5, 10));
  ASSERT_EQ(answer.status(), 200) << answer.body;
  EXPECT_EQ(answer.header("Content-Type"), "video/mp4");
  write_whole_file(folder.file("out.mp4"), base::as_bytes(answer.body));
  const auto probe =
      run_command("ffprobe -v error -show_entries format=duration -of csv=p=0 " + folder.file("out.mp4"));
  EXPECT_NEAR(std::stod(probe.output), 5.0, 0.3);
  const auto decoded = run_command("ffmpeg -v error -i " + folder.file("out.mp4") + " -f null -");
  EXPECT_EQ(decoded.output, "");
}

TEST_F(Footage, SendsTheSameBytesInPieces) {
  const auto whole = get(clip(0, 20));
  ASSERT_EQ(whole.status(), 200);
  const std::size_t size = whole.body.size();
  ASSERT_GT(size, 2U * 262'144U) << "more than two pieces";
  for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{0, 0}, {1000, 300'000}, {size - 1, size - 1}}) {
    const auto part = get(clip(0, 20), "Range: bytes=" + std::to_string(first) + "-" + std::to_string(last) + "\r\n");
    EXPECT_EQ(part.status(), 206);
    EXPECT_EQ(part.header("ETag"), whole.header("ETag"));
    EXPECT_TRUE(part.body == whole.body.substr(first, last - first + 1)) << first << "-" << last;
  }
  const auto tail = get(clip(0, 20), "Range: bytes=-100\r\n");
  EXPECT_TRUE(tail.body == whole.body.substr(size - 100));
  const auto beyond = get(clip(0, 20), "Range: bytes=" + std::to_string(size) + "-\r\n");
  EXPECT_EQ(beyond.status(), 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */" + std::to_string(size));
  const auto head = get(clip(0, 20), "", "HEAD");
  EXPECT_EQ(head.header("Content-Length"), std::to_string(size));
  const auto hostile = get(clip(0, 20), "Range: bytes=0-99999999999999999999,-1,5-,--\r\n");
  EXPECT_EQ(hostile.body.size(), size);
}

TEST_F(Footage, SaysThatNothingIsThere) {
  EXPECT_EQ(get(clip(100, 110)).status(), 404);
  EXPECT_EQ(get("/api/v1/cameras/01932b6e-7a10-7c3e-9f00-ffffffffffff/clip.mp4?" + span(0, 10) + "&purpose=" + purpose)
                .status(),
            404);
  EXPECT_EQ(get("/api/v1/events/4711/thumbnail.jpg").status(), 404);
  EXPECT_EQ(get("/api/v1/clips?" + span(100, 110)).body, R"({"clips":[],"more":false})");
}

TEST_F(Footage, LetsGoOfAViewerWhoStopsReadingAClip) {
  RawClient client(core.port());
  client.send(request(clip(0, 20)));
  ASSERT_TRUE(client.read_at_least(1000));
  EXPECT_EQ(get("/healthz").status(), 200);
}

}  // namespace
}  // namespace vonggac::test
