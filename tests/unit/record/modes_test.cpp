// What is recorded in which mode, and which gap rows say what is not there.
#include <gtest/gtest.h>

#include "record/camera_memory.h"
#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::FastFolder;
using test::HandClock;
using test::Seen;
using test::StepRecorder;
using test::SyntheticCamera;

class ModeTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(recorder.open().ok()); }

  static RecordPolicy on_motion() {
    RecordPolicy policy;
    policy.mode = RecordMode::kMotion;
    policy.pre_roll_us = 5'000'000;
    policy.post_roll_us = 4'000'000;
    return policy;
  }
  MotionEvent event(double start_s, double end_s, bool ended, std::uint64_t key = 1) const {
    MotionEvent e;
    e.key = key;
    e.start = begin + base::Micros(static_cast<std::int64_t>(start_s * 1e6));
    e.end = begin + base::Micros(static_cast<std::int64_t>(end_s * 1e6));
    e.ended = ended;
    e.score = 0.5F;
    return e;
  }
  void play(CameraTrack& track, double seconds) {
    recorder.play(source, track, static_cast<std::int64_t>(seconds * 1e6));
  }
  void commit() { ASSERT_TRUE(recorder.write_and_flush().ok()); }
  /// Seconds since the begin, of all that is stored.
  std::pair<double, double> stored_span() {
    const Seen seen = recorder.seen();
    if (seen.empty()) return {0, 0};
    return {since(seen.begin()->second.entry.start_us), since(seen.rbegin()->second.entry.end_us())};
  }
  double since(std::int64_t us) const { return static_cast<double>(us - begin.us) / 1e6; }
  std::string one(const std::string& sql) {
    const auto rows = recorder.rows(sql);
    return rows.empty() ? "" : rows.front();
  }

  FastFolder folder;
  HandClock clock;
  base::WallTime begin = clock.wall;
  SyntheticCamera source{clock};
  StepRecorder recorder{clock, folder.path()};
};

TEST_F(ModeTest, ContinuousStoresEveryFrameInSegmentsThatBeginWithAKeyFrame) {
  recorder.close();
  recorder.config.segment_max_us = 20'000'000;
  ASSERT_TRUE(recorder.open().ok());
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 70);
  track.shut(GapCause::kServiceStopped, "");
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "4");
  EXPECT_EQ(one("SELECT count(*) FROM segment WHERE flags & 4"), "0");
  std::int64_t media_90k = 0;
  for (const auto& [key, f] : recorder.seen()) media_90k += f.entry.duration_90k;
  EXPECT_NEAR(static_cast<double>(media_90k) / 90'000, 70, 0.2);
}

TEST_F(ModeTest, ALongGopSegmentIsCutAtTwiceTheLimit) {
  recorder.close();
  recorder.config.segment_max_us = 10'000'000;
  ASSERT_TRUE(recorder.open().ok());
  source.gop_frames = 0;
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 45);
  track.shut(GapCause::kServiceStopped, "");
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "3");
  EXPECT_EQ(one("SELECT count(*) FROM segment WHERE flags & 4"), "2") << "the later ones say they have no key frame";
}

TEST_F(ModeTest, AnEndlessGopWithoutAnyKeyFrameIsRecordedAfterTenSecondsFromItsBegin) {
  source.skip_to_mid_gop();
  source.gop_frames = 0;
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 9);
  commit();
  EXPECT_TRUE(recorder.seen().empty());
  play(track, 6);
  track.shut(GapCause::kServiceStopped, "");
  commit();
  const auto [from, to] = stored_span();
  EXPECT_NEAR(from, 0, 0.1) << "what was in RAM is not lost";
  EXPECT_NEAR(to, 15, 0.2);
}

TEST_F(ModeTest, ContinuousBeginsAtTheFirstKeyFrameOfAStream) {
  source.skip_to_mid_gop();
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 7);
  track.shut(GapCause::kServiceStopped, "");
  commit();
  EXPECT_EQ(one("SELECT count(*) || ' ' || sum(flags & 4) FROM segment"), "1 0");
  EXPECT_NEAR(stored_span().first, 1.93, 0.1);
}

TEST_F(ModeTest, MotionStoresPreRollEventAndPostRoll) {
  CameraTrack& track = recorder.add(1, on_motion());
  play(track, 20.7);
  commit();
  EXPECT_TRUE(recorder.seen().empty());
  track.on_motion(event(20, 20.7, false));
  play(track, 4.3);
  track.on_motion(event(20, 24, true));
  play(track, 15);
  commit();
  const auto [from, to] = stored_span();
  EXPECT_LE(from, 15.0);
  EXPECT_GE(from, 12.9) << "at most one GOP more than asked for";
  EXPECT_GE(to, 28.0);
  EXPECT_LE(to, 30.2);
  EXPECT_EQ(one("SELECT count(*) FROM segment WHERE flags & 3 = 3"), "1") << "sealed, with motion";
  EXPECT_EQ(one("SELECT count(*) || ' ' || min(ended) FROM motion_event"), "1 1");
  EXPECT_EQ(one("SELECT count(*) FROM gap"), "0") << "quiet times are no gaps";
  EXPECT_FALSE(track.state().recording);
}

TEST_F(ModeTest, AnEventThatIsOverWhenWeHearOfItIsStoredAllTheSame) {
  RecordPolicy policy = on_motion();
  policy.post_roll_us = 0;
  CameraTrack& track = recorder.add(1, policy);
  play(track, 20);
  track.on_motion(event(18, 18.5, true));
  play(track, 10);
  commit();
  const auto [from, to] = stored_span();
  EXPECT_LE(from, 13.0);
  EXPECT_GE(to, 18.5);
  EXPECT_LE(to, 24.1);
}

TEST_F(ModeTest, EventsThatFollowEachOtherStoreNoFrameTwice) {
  CameraTrack& track = recorder.add(1, on_motion());
  play(track, 20);
  track.on_motion(event(19, 19.5, true, 1));
  play(track, 6);
  track.on_motion(event(25, 25.9, true, 2));
  play(track, 20);
  commit();
  std::int64_t last_end = 0, media_us = 0;
  for (const auto& [key, f] : recorder.seen()) {
    EXPECT_GE(f.entry.start_us + 1000, last_end);
    last_end = f.entry.end_us();
    media_us += base::us_from_90k(f.entry.duration_90k);
  }
  const auto [from, to] = stored_span();
  EXPECT_NEAR(static_cast<double>(media_us) / 1e6, to - from, 0.2) << "one stretch without holes";
}

TEST_F(ModeTest, ARecordingDoesNotEndBetweenAPictureAndTheBPicturesShownBeforeIt) {
  for (std::uint8_t phase = 0; phase < 3; ++phase) {
    SyntheticCamera endless{clock};
    endless.b_pictures = true;
    endless.gop_frames = 0;
    CameraTrack& track = recorder.add(static_cast<std::uint8_t>(1 + phase), on_motion());
    const auto pass = [&](double seconds) { recorder.play(endless, track, static_cast<std::int64_t>(seconds * 1e6)); };
    const double at = since(clock.wall.us);
    pass(20);
    track.on_motion(event(at + 19, at + 19.5 + phase / 15.0, true, 1));
    pass(8.5);
    EXPECT_FALSE(track.state().recording) << "the first recording is over, in the middle of the group";
    track.on_motion(event(at + 28, at + 28.2, true, 2));
    pass(20);
    commit();
    recorder.tracks.clear();
  }
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "6");
  EXPECT_EQ(one("SELECT count(*) FROM segment a JOIN segment b ON a.camera = b.camera AND a.first_seq < b.first_seq "
                "WHERE b.start_us < a.end_us - 10000"),
            "0")
      << "the second one begins where the first one ends";
}

TEST_F(ModeTest, MotionJustBeforeTheLinkIsCutIsStillStored) {
  CameraTrack& track = recorder.add(1, on_motion());
  play(track, 20);
  track.on_stream_lost(GapCause::kLinkLost, "cable");
  track.on_motion(event(19.5, 19.9, false));
  commit();
  const auto [from, to] = stored_span();
  EXPECT_LE(from, 14.5);
  EXPECT_NEAR(to, 20, 0.1);
  EXPECT_EQ(one("SELECT count(*) FROM segment WHERE flags & 1"), "1");
}

TEST_F(ModeTest, OffStoresNothingAndKeepsAGopForViewers) {
  RecordPolicy policy;
  policy.mode = RecordMode::kOff;
  CameraTrack& track = recorder.add(1, policy);
  play(track, 11);
  commit();
  EXPECT_TRUE(recorder.seen().empty());
  EXPECT_EQ(track.current_gop().size(), 15U);
  EXPECT_LT(track.state().ring_bytes, 60'000U);
}

TEST_F(ModeTest, TheWeeklyScheduleIsReadInVietnameseTime) {
  RecordPolicy policy;
  policy.mode = RecordMode::kContinuous;
  policy.schedule = WeeklySchedule{};
  // 2026-03-20 09:46:40 UTC is a Friday, 16:46:40 in Viet Nam; record from 17:00 on.
  for (std::size_t slot = 4 * 48 + 34; slot < 4 * 48 + 36; ++slot) (*policy.schedule)[slot] = RecordMode::kContinuous;
  CameraTrack& track = recorder.add(1, policy);
  source.frame_bytes = 60;
  play(track, 820);
  commit();
  EXPECT_NEAR(stored_span().first, 800, 2.1) << "17:00:00 is 800 s after the begin";
}

TEST_F(ModeTest, ALostStreamIsAGapFromItsLastFrameToTheFirstFragmentAfter) {
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 5);
  track.on_stream_lost(GapCause::kLinkLost, "timed out");
  track.on_stream_lost(GapCause::kLinkLost, "timed out");
  clock.advance(base::Seconds(30));
  commit();
  EXPECT_EQ(one("SELECT count(*) || ' ' || count(end_us) FROM gap"), "1 0");
  play(track, 5);
  commit();
  const double from = since(std::stoll(one("SELECT start_us FROM gap")));
  const double to = since(std::stoll(one("SELECT end_us FROM gap")));
  EXPECT_NEAR(from, 5, 0.1);
  EXPECT_NEAR(to, 36, 1.1) << "the first fragment begins with the first key frame";
  EXPECT_EQ(one("SELECT detail FROM gap"), "timed out");
}

TEST_F(ModeTest, AGapChangesItsCauseWhenTheReasonBecomesKnown) {
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 5);
  track.on_stream_lost(GapCause::kLinkLost, "");
  clock.advance(base::Seconds(1));
  track.on_stream_lost(GapCause::kCameraUnreachable, "");
  commit();
  EXPECT_EQ(one("SELECT group_concat(cause) FROM gap"), "3") << "re-labelled while young";
  clock.advance(base::Seconds(60));
  track.on_stream_lost(GapCause::kAuthRefused, "");
  commit();
  EXPECT_EQ(one("SELECT group_concat(cause) FROM gap"), "3,4") << "later it is a second row";
  EXPECT_EQ(one("SELECT count(*) FROM gap WHERE end_us IS NULL"), "1");
}

TEST_F(ModeTest, PausedByTheOwnerKeepsNothingNotEvenInRam) {
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 5);
  RecordPolicy policy = test::continuous();
  policy.paused = true;
  track.set_policy(policy);
  play(track, 10);
  EXPECT_EQ(track.state().ring_bytes, 0U);
  EXPECT_TRUE(track.current_gop().empty());
  policy.paused = false;
  track.set_policy(policy);
  play(track, 5);
  commit();
  const std::int64_t from = std::stoll(one("SELECT start_us FROM gap WHERE cause = 13"));
  const std::int64_t to = std::stoll(one("SELECT end_us FROM gap WHERE cause = 13"));
  EXPECT_NEAR(since(from), 5, 0.1);
  EXPECT_NEAR(since(to), 16, 1.1);
  for (const auto& [key, f] : recorder.seen()) {
    EXPECT_TRUE(f.entry.end_us() <= from + 1000 || f.entry.start_us >= to);
  }
}

TEST_F(ModeTest, OtherParametersBeginANewSegmentAndEqualOnesDoNot) {
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 4);
  track.on_parameters(media::TrackKind::kVideo, test::h264_track(test::kSps1080p25, test::kPps1080));
  play(track, 4);
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM segment"), "1") << "only the frame rate in the VUI differs";
  track.on_parameters(media::TrackKind::kVideo, test::h264_320());
  play(track, 4);
  commit();
  EXPECT_EQ(one("SELECT count(*) || ' ' || count(DISTINCT parameters_id) FROM segment"), "2 2");
}

TEST_F(ModeTest, UnitsInTheRingAreStoredWithTheParametersTheyCameWith) {
  CameraTrack& track = recorder.add(1, on_motion());
  play(track, 8);
  track.on_parameters(media::TrackKind::kVideo, test::h264_320());
  play(track, 2);
  track.on_motion(event(9, 9.5, false));
  play(track, 2);
  commit();
  EXPECT_EQ(one("SELECT count(*) || ' ' || count(DISTINCT parameters_id) FROM segment"), "2 2");
}

TEST_F(ModeTest, UnreadableParametersAreAGapWithTheReason) {
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 4);
  media::TrackParameters broken = SyntheticCamera::parameters();
  broken.sps[0].resize(2);
  track.on_parameters(media::TrackKind::kVideo, broken);
  play(track, 4);
  commit();
  EXPECT_EQ(one("SELECT group_concat(cause) FROM gap WHERE end_us IS NULL"), "15");
  track.on_parameters(media::TrackKind::kVideo, SyntheticCamera::parameters());
  play(track, 4);
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM gap WHERE end_us IS NULL"), "0");
}

TEST_F(ModeTest, AudioIsStoredOnlyWhereThePolicySaysSo) {
  const auto frame = std::make_shared<const base::Bytes>(160, std::uint8_t{0x7f});
  for (const bool wanted : {false, true}) {
    RecordPolicy policy = test::continuous();
    policy.record_audio = wanted;
    CameraTrack& track = recorder.add(wanted ? 2 : 1, policy);
    track.on_parameters(media::TrackKind::kAudio, test::g711_mu());
    SyntheticCamera video(clock);
    for (int i = 0; i < 90; ++i) {
      track.on_unit(video.next());
      media::AccessUnit audio;
      audio.track = media::TrackKind::kAudio;
      audio.pts.ticks_90k = i * 6000;
      audio.capture = clock.mono;
      audio.payload = frame;
      track.on_unit(audio);
      clock.advance(base::Micros(66'667));
    }
  }
  commit();
  EXPECT_EQ(one("SELECT group_concat(audio_codec) FROM segment ORDER BY id"), "0,4");
}

TEST_F(ModeTest, MotionGridsEndUpInTheTableOfTheSegmentThatShowsThem) {
  CameraTrack& track = recorder.add(1, test::continuous());
  play(track, 5);
  std::array<std::uint8_t, 72> cells{};
  cells[0] = 0x80;
  track.on_motion_grid(begin + base::Seconds(2), cells);
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM motion_tail"), "1");
  track.on_stream_lost(GapCause::kLinkLost, "");
  commit();
  cells[0] = 0;
  cells[1] = 0x40;
  track.on_motion_grid(begin + base::Seconds(3), cells);  // late: its segment is sealed
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM motion_table"), "1");
  EXPECT_EQ(one("SELECT length(seconds) FROM motion_table"), "16") << "two seconds";
  EXPECT_EQ(one("SELECT hex(substr(cells, 1, 2)) || count(*) FROM motion_summary"), "80401") << "both seconds' cells";
  EXPECT_EQ(one("SELECT count(*) FROM motion_summary m JOIN segment s ON s.id = m.segment AND s.start_us = m.start_us"),
            "1");
  recorder.pipeline->index->request_tail_cleaning();
  clock.advance(base::Seconds(61));
  commit();
  EXPECT_EQ(one("SELECT count(*) FROM motion_tail"), "0");
  EXPECT_EQ(one("SELECT count(*) FROM fragment_tail"), "0");
}

TEST_F(ModeTest, AnEventThatGoesOnIsWrittenEveryTenSeconds) {
  CameraTrack& track = recorder.add(1, on_motion());
  for (int second = 1; second <= 25; ++second) {
    clock.advance(base::Seconds(1));
    track.on_motion(event(0, second, false));
    if (second != 9 && second != 12 && second != 22) continue;
    commit();
    const std::string end = one("SELECT (end_us - start_us) / 1000000 FROM motion_event");
    EXPECT_EQ(end, second == 9 ? "1" : second == 12 ? "11" : "21") << second;
  }
}

TEST_F(ModeTest, ANewLabelIsWrittenAtOnceAndABetterScoreWithTheEnd) {
  CameraTrack& track = recorder.add(1, on_motion());
  track.on_motion(event(0, 1, false));
  MotionEvent labelled = event(0, 2, false);
  labelled.labels = {{media::ObjectClass::kVehicle, 0.5F}};
  track.on_motion(labelled);
  commit();
  EXPECT_EQ(one("SELECT class || ' ' || score FROM motion_label"), "2 0.5");
  labelled.ended = true;
  labelled.labels = {{media::ObjectClass::kVehicle, 0.75F}, {media::ObjectClass::kPerson, 0.25F}};
  track.on_motion(labelled);
  commit();
  EXPECT_EQ(one("SELECT group_concat(class || ' ' || score, ', ') FROM motion_label ORDER BY class"), "1 0.25, 2 0.75");
  EXPECT_EQ(one("SELECT count(*) FROM motion_event"), "1");
}

TEST_F(ModeTest, TheFirstPictureOfALongEventIsWrittenAtOnce) {
  CameraTrack& track = recorder.add(1, on_motion());
  track.on_motion(event(0, 1, false));
  MotionEvent pictured = event(0, 2, false);
  pictured.thumbnail = {1};
  track.on_motion(pictured);
  track.on_motion(event(0, 3, false));
  commit();
  EXPECT_EQ(one("SELECT hex(jpeg) FROM motion_thumbnail"), "01");
  pictured = event(0, 4, false);
  pictured.thumbnail = {2};
  track.on_motion(pictured);
  commit();
  EXPECT_EQ(one("SELECT hex(jpeg) FROM motion_thumbnail"), "01") << "a better one waits for the next writing";
  track.on_motion(event(0, 12, false));
  commit();
  EXPECT_EQ(one("SELECT hex(jpeg) FROM motion_thumbnail"), "02");
}

TEST_F(ModeTest, AnAlarmIsWrittenAtOnceWithItsZone) {
  CameraTrack& track = recorder.add(1, on_motion());
  track.on_motion(event(0, 1, false));
  MotionEvent alarmed = event(0, 2, false);
  alarmed.alarm = "cổng";
  alarmed.alarm_at = alarmed.end;
  track.on_motion(alarmed);
  commit();
  EXPECT_EQ(one("SELECT alarm || ' ' || (alarm_us = end_us) FROM motion_event"), "cổng 1");
}

TEST_F(ModeTest, ATamperStateIsARowWithItsBeginningAndItsEnd) {
  CameraTrack& track = recorder.add(1, test::continuous());
  const base::WallTime at = clock.wall;
  track.on_tamper({1, at, TamperEnd::kGoesOn});
  track.on_tamper({1, at + base::Seconds(5), TamperEnd::kGoesOn});  // said again by another process
  track.on_tamper({5, at + base::Seconds(6), TamperEnd::kGoesOn});
  track.keep_view({1, 2, 3});
  commit();
  EXPECT_EQ(one("SELECT group_concat(kind || ' ' || ended_by) FROM tamper WHERE end_us IS NULL"), "1 0,5 0");
  const auto memory = load_camera_memory(recorder.config.data_dir);
  ASSERT_EQ(memory.size(), 1U);
  const CameraMemory& known = memory.begin()->second;
  EXPECT_EQ(known.view, (base::Bytes{1, 2, 3}));
  ASSERT_EQ(known.tampers.size(), 2U);
  EXPECT_EQ(known.tampers[0].kind, 1);
  EXPECT_EQ(known.tampers[0].at, at);
  track.on_tamper({1, at + base::Seconds(60), TamperEnd::kViewIsBack});
  track.on_tamper({1, at + base::Seconds(90), TamperEnd::kViewIsBack});  // nothing is open any more
  commit();
  EXPECT_EQ(one("SELECT (end_us - start_us) || ' ' || ended_by FROM tamper WHERE kind = 1"), "60000000 1");
  EXPECT_EQ(one("SELECT count(*) FROM tamper"), "2");
}

}  // namespace
}  // namespace vonggac::record
