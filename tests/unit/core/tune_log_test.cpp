#include "core/tune_log.h"

#include <gtest/gtest.h>

#include "ipc/motion_texts.h"

namespace vonggac::core {
namespace {

constexpr std::int64_t kBegin = 1'795'440'000'000'000;
constexpr base::WallTime kNow{kBegin + 3'600'000'000};

TuneRecord record(double from_s, double to_s, ipc::MotionVerdict verdict, std::uint16_t fires_at,
                  std::vector<std::pair<float, float>> feet = {{0.5F, 0.5F}}) {
  TuneRecord out;
  out.start = {kBegin + static_cast<std::int64_t>(from_s * 1e6)};
  out.end = {kBegin + static_cast<std::int64_t>(to_s * 1e6)};
  out.candidate.verdict = verdict;
  out.candidate.fires_at = fires_at;
  out.candidate.feet.points = std::move(feet);
  return out;
}
ipc::Zone zone(bool ignore, float left, float top, float right, float bottom) {
  return {"z",
          ignore ? ipc::ZoneKind::kIgnore : ipc::ZoneKind::kDetect,
          {{{left, top}, {right, top}, {right, bottom}, {left, bottom}}},
          ""};
}
std::int64_t events(const boost::json::object& answer, const char* key) {
  return answer.at(key).at("events").to_number<std::int64_t>();
}

constexpr std::uint16_t kFrom5 = 0b111110000, kFrom7 = 0b111000000;

TEST(TuneLog, CountsWhatOtherSensitivitiesWouldHaveRaised) {
  TuneLog log;
  log.add(record(100, 104, ipc::MotionVerdict::kMoves, kFrom5));
  log.add(record(200, 203, ipc::MotionVerdict::kTooLittleTravel, kFrom7));
  log.add(record(300, 303, ipc::MotionVerdict::kLikeAnInsect, 0));
  const TuneSettings own{5, {}};
  EXPECT_EQ(events(log.answer(own, {5, {}}, kNow, TuneLog::kKeep), "with"), 1);
  const auto higher = log.answer(own, {7, {}}, kNow, TuneLog::kKeep);
  EXPECT_EQ(events(higher, "now"), 1);
  EXPECT_EQ(events(higher, "with"), 2);
  EXPECT_NE(higher.at("with").at("note").at("en").as_string().find("At least"), boost::json::string::npos);
  EXPECT_EQ(events(log.answer(own, {4, {}}, kNow, TuneLog::kKeep), "with"), 0);
}

TEST(TuneLog, JoinsWhatOneEventWouldHold) {
  TuneLog log;
  log.add(record(100, 104, ipc::MotionVerdict::kMoves, kFrom5));
  log.add(record(103, 107, ipc::MotionVerdict::kMoves, kFrom5));
  log.add(record(108, 109, ipc::MotionVerdict::kMoves, kFrom5));
  log.add(record(120, 121, ipc::MotionVerdict::kMoves, kFrom5));
  const auto answer = log.answer({5, {}}, {5, {}}, kNow, TuneLog::kKeep);
  EXPECT_EQ(events(answer, "now"), 2);
  EXPECT_DOUBLE_EQ(answer.at("now").at("moving_s").as_double(), 10)
      << "the events' length, with the second between them";
  EXPECT_EQ(answer.at("now").at("things").to_number<int>(), 4);
}

TEST(TuneLog, DecidesZonesByWhereThingsStood) {
  TuneLog log;
  log.add(record(100, 104, ipc::MotionVerdict::kMoves, kFrom5, {{0.1F, 0.9F}, {0.2F, 0.9F}}));
  log.add(record(200, 204, ipc::MotionVerdict::kMoves, kFrom5, {{0.8F, 0.4F}, {0.9F, 0.4F}}));
  log.add(record(300, 304, ipc::MotionVerdict::kOutsideZones, kFrom5, {{0.9F, 0.95F}}));
  const TuneSettings own{5, {zone(false, 0, 0.3F, 1, 0.92F)}};
  const auto with = [&](std::vector<ipc::Zone> zones) {
    return events(log.answer(own, {5, std::move(zones)}, kNow, TuneLog::kKeep), "with");
  };
  EXPECT_EQ(with({}), 3) << "the whole picture";
  EXPECT_EQ(with({zone(false, 0.7F, 0, 1, 0.5F)}), 1);
  EXPECT_EQ(with({zone(true, 0, 0.8F, 0.5F, 1)}), 2);
  EXPECT_EQ(with({zone(true, 0, 0, 1, 1)}), 0);
  EXPECT_EQ(events(log.answer(own, own, kNow, TuneLog::kKeep), "with"), 2) << "as it was";
}

TEST(TuneLog, ForgetsAfterAnHourAndBeyondItsBound) {
  TuneLog log;
  log.add(record(0, 1, ipc::MotionVerdict::kMoves, kFrom5));
  log.add(record(3700, 3701, ipc::MotionVerdict::kMoves, kFrom5));
  const base::WallTime later{kBegin + 3'701'000'000};
  EXPECT_EQ(events(log.answer({5, {}}, {5, {}}, later, base::Seconds(7200)), "now"), 1);
  for (std::size_t i = 0; i < 2 * TuneLog::kMaxRecords; ++i) {
    log.add(record(3702 + 0.1 * static_cast<double>(i), 3702 + 0.1 * static_cast<double>(i),
                   ipc::MotionVerdict::kNoChange, 0));
  }
  const auto answer = log.answer({5, {}}, {5, {}}, later, base::Seconds(7200));
  EXPECT_EQ(events(answer, "now"), 0);
  EXPECT_EQ(answer.at("things").as_array().size(), 200U) << "the newest are shown";
}

TEST(TuneLog, ShowsLiveFiguresWhileTheyAreFresh) {
  TuneLog log;
  log.begin_shadow({8, {}}, {kNow.us - 10'000'000}, {kNow.us + 10'000'000});
  ipc::MotionLive live;
  live.own.things = live.shadow.things = 1;
  live.own.verdict = ipc::MotionVerdict::kTooLittleTravel;
  live.own.threshold_grey = 9.5F;
  live.shadow.threshold_grey = 6.25F;
  log.set_live(live, kNow - base::Seconds(1));
  TuneRecord seen = record(3595, 3598, ipc::MotionVerdict::kMoves, kFrom5);
  seen.candidate.shadow = true;
  log.add(seen);
  const auto answer = log.answer({5, {}}, {8, {}}, kNow, TuneLog::kKeep);
  EXPECT_EQ(answer.at("live").at("reason").as_string(), "too_little_travel");
  EXPECT_EQ(answer.at("live").at("threshold_grey").as_double(), 9.5);
  EXPECT_EQ(answer.at("shadow").at("live").at("threshold_grey").as_double(), 6.25);
  EXPECT_EQ(events(answer, "shadow"), 1);
  EXPECT_EQ(events(answer, "now"), 0) << "what the shadow saw is nobody's event";
  const auto later = log.answer({5, {}}, {8, {}}, kNow + base::Seconds(20), TuneLog::kKeep);
  EXPECT_TRUE(later.at("live").is_null());
  EXPECT_TRUE(later.at("shadow").is_null());
}

TEST(MotionTexts, ExistForEveryReasonInBothLanguages) {
  for (int i = 1; i <= static_cast<int>(ipc::MotionReason::kPictureChanged); ++i) {
    const auto reason = static_cast<ipc::MotionReason>(i);
    EXPECT_STRNE(sentence_of(reason).vi, "");
    EXPECT_STRNE(sentence_of(reason).en, sentence_of(reason).vi);
    EXPECT_STRNE(ipc::motion_reason_name(reason), "");
  }
  for (int i = 0; i <= static_cast<int>(ipc::MotionVerdict::kLikeLight); ++i) {
    const auto verdict = static_cast<ipc::MotionVerdict>(i);
    EXPECT_STRNE(sentence_of(verdict).vi, "");
    EXPECT_STRNE(sentence_of(verdict).en, sentence_of(verdict).vi);
    EXPECT_STRNE(ipc::motion_verdict_name(verdict), "");
  }
}

}  // namespace
}  // namespace vonggac::core
