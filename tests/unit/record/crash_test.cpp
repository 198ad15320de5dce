// The promise of the write order: what readers have once seen is there after any failure.
#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/unique_fd.h"
#include "media/fmp4_reader.h"
#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::FastFolder;
using test::HandClock;
using test::Seen;
using test::StepRecorder;
using test::SyntheticCamera;

/// The fragment is in its file, whole, and is the one the index speaks of.
::testing::AssertionResult is_stored(const std::string& data_dir, const base::CameraId& camera,
                                     const test::SeenFragment& seen) {
  const base::UniqueFd fd(::open((data_dir + "/" + seen.path).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return ::testing::AssertionFailure() << seen.path << " is not there";
  const auto source = media::FileSource::open(fd.get());
  const auto fragment = media::read_fragment(*source, seen.entry.offset_bytes);
  if (!fragment) return ::testing::AssertionFailure() << seen.path << ": " << fragment.error().message();
  const base::Status hash = media::verify_media_hash(*source, *fragment);
  if (!hash.ok()) return ::testing::AssertionFailure() << seen.path << ": " << hash.message();
  if (fragment->record.sequence != seen.entry.seq || fragment->record.camera != camera) {
    return ::testing::AssertionFailure() << seen.path << ": another fragment is there";
  }
  return ::testing::AssertionSuccess();
}

/// Opens the data directory anew and checks everything that was ever acknowledged, and that all the index shows
/// is really stored.
void expect_nothing_lost(HandClock& clock, const std::string& data_dir, const Seen& acknowledged) {
  StepRecorder again(clock, data_dir);
  const base::Status opened = again.open();
  ASSERT_TRUE(opened.ok()) << opened.to_string();
  const Seen after = again.seen();
  for (const auto& [key, fragment] : acknowledged) {
    const auto found = after.find(key);
    ASSERT_TRUE(found != after.end()) << "fragment " << key.second << " was acknowledged and is gone";
    EXPECT_EQ(found->second.entry.start_us, fragment.entry.start_us);
  }
  for (const auto& [key, fragment] : after) EXPECT_TRUE(is_stored(data_dir, key.first, fragment));
}

void keep(Seen& all, const Seen& more) {
  for (const auto& [key, fragment] : more) all.insert_or_assign(key, fragment);
}

/// Two cameras for 12 s, a flush every second, a lost stream in between. `acknowledged` grows with every flush.
void record_a_while(StepRecorder& recorder, HandClock& clock, Seen& acknowledged) {
  SyntheticCamera first(clock), second(clock);
  CameraTrack& a = recorder.add(1, test::continuous());
  CameraTrack& b = recorder.add(2, test::continuous());
  for (int frame = 0; frame < 12 * 15; ++frame) {
    a.on_unit(first.next());
    b.on_unit(second.next());
    if (frame == 100) b.on_stream_lost(GapCause::kLinkLost, "test");
    clock.advance(base::Micros(first.frame_us()));
    recorder.tick();
    if (frame % 15 == 14) {
      (void)recorder.write_and_flush();
      keep(acknowledged, recorder.seen());
    }
  }
}

std::uint64_t calls_without_faults() {
  FastFolder folder;
  HandClock clock;
  StepRecorder recorder(clock, folder.path());
  recorder.config.segment_max_us = 4'000'000;
  EXPECT_TRUE(recorder.open().ok());
  Seen acknowledged;
  record_a_while(recorder, clock, acknowledged);
  EXPECT_GE(acknowledged.size(), 10U);
  return recorder.faults().calls;
}

/// Each single call of the disk fails once, or from then on; then the power goes.
void sweep(base::ErrorKind kind, std::uint64_t fail_count, bool no_syncfs) {
  const std::uint64_t calls = calls_without_faults();
  ASSERT_GT(calls, 20U);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE(testing::Message() << "call " << n << " of " << calls);
    FastFolder folder;
    HandClock clock;
    Seen acknowledged;
    std::mt19937_64 random(n);
    {
      StepRecorder recorder(clock, folder.path());
      recorder.config.segment_max_us = 4'000'000;
      recorder.faults().fail_at = n;
      recorder.faults().fail_count = fail_count;
      recorder.faults().kind = kind;
      recorder.faults().no_syncfs = no_syncfs;
      ASSERT_TRUE(recorder.open().ok());
      record_a_while(recorder, clock, acknowledged);
      if (fail_count == 1) {
        EXPECT_GE(acknowledged.size(), 8U) << "one failure must not end the recording";
      }
      recorder.close();
      recorder.faults().power_cut(random);
    }
    expect_nothing_lost(clock, folder.path(), acknowledged);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(WriteOrder, SurvivesEverySingleIoError) { sweep(base::ErrorKind::kDataLoss, 1, false); }
TEST(WriteOrder, SurvivesEverySingleLackOfSpace) { sweep(base::ErrorKind::kNoSpace, 1, false); }
TEST(WriteOrder, SurvivesADiskThatTurnsReadOnlyAtAnyCall) {
  sweep(base::ErrorKind::kPermissionDenied, 1'000'000, false);
}
TEST(WriteOrder, SurvivesErrorsInARow) { sweep(base::ErrorKind::kDataLoss, 5, false); }
TEST(WriteOrder, SurvivesIoErrorsWhereFilesAreSyncedOneByOne) { sweep(base::ErrorKind::kDataLoss, 1, true); }

TEST(WriteOrder, KeepsEveryAcknowledgedFragmentThroughRandomPowerCuts) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    FastFolder folder;
    HandClock clock;
    std::mt19937_64 random(seed);
    Seen acknowledged;
    for (int life = 0; life < 3; ++life) {
      StepRecorder recorder(clock, folder.path());
      ASSERT_TRUE(recorder.open().ok());
      std::vector<std::unique_ptr<SyntheticCamera>> sources;
      for (std::uint8_t n = 1; n <= 3; ++n) {
        sources.push_back(std::make_unique<SyntheticCamera>(clock));
        sources.back()->gop_frames = n == 3 ? 0 : 20 + n * 10;
        recorder.add(n, test::continuous());
      }
      const int frames = static_cast<int>(random() % 400);
      for (int frame = 0; frame < frames; ++frame) {
        for (std::uint8_t n = 1; n <= 3; ++n) recorder.tracks[n]->on_unit(sources[n - 1U]->next());
        clock.advance(base::Micros(66'666));
        recorder.tick();
        if (random() % 4 == 0) (void)recorder.pipeline->stage->step();
        if (random() % 15 == 0) {
          ASSERT_TRUE(recorder.flush().ok());
          keep(acknowledged, recorder.seen());
        }
      }
      recorder.close();
      recorder.faults().power_cut(random);
      clock.advance(base::Seconds(5));
    }
    expect_nothing_lost(clock, folder.path(), acknowledged);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace vonggac::record
