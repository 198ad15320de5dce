#include "motion/object_labeller.h"

#include <gtest/gtest.h>

#include "motion/event_reporter.h"
#include "motion/label_sampler.h"

namespace vonggac::motion {
namespace {

class FakeClassifier final : public Classifier {
 public:
  std::size_t max_batch() const override { return 4; }
  base::Result<std::vector<media::ObjectLabel>> classify(const std::vector<const media::av::RgbCrop*>& crops) override {
    batches.push_back(crops.size());
    cpu_us += cost_us;
    if (failing) return base::unavailable("out of order");
    std::vector<media::ObjectLabel> labels;
    for (const auto* crop : crops) labels.push_back({static_cast<media::ObjectClass>(crop->width_px), 0.7F});
    return labels;
  }
  std::vector<std::size_t> batches;
  bool failing = false;
  std::int64_t cpu_us = 0, cost_us = 0;
};

LabelRequest request(std::uint64_t event, media::ObjectClass shown = media::ObjectClass::kPerson) {
  LabelRequest out;
  out.slot = 3;
  out.generation = 9;
  out.event = event;
  out.crop.width_px = static_cast<int>(shown);
  return out;
}

struct Labeller {
  FakeClassifier classifier;
  ObjectLabeller labeller{classifier, [this] { return classifier.cpu_us; }};
  base::MonoTime now{1'000'000};
  std::vector<LabelResult> after(std::int64_t us) {
    now.us += us;
    return labeller.work(now);
  }
};

TEST(ObjectLabeller, GathersCropsOfSeveralCamerasIntoOneCall) {
  Labeller world;
  world.labeller.submit(request(1), world.now);
  EXPECT_TRUE(world.after(50'000).empty());
  world.labeller.submit(request(2, media::ObjectClass::kVehicle), world.now);
  const auto results = world.after(160'000);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(world.classifier.batches, (std::vector<std::size_t>{2}));
  EXPECT_EQ(results[1].event, 2U);
  EXPECT_EQ(results[1].label.object_class, media::ObjectClass::kVehicle);
  EXPECT_EQ(results[0].slot, 3);
  EXPECT_EQ(results[0].generation, 9U);
}

TEST(ObjectLabeller, AFullBatchDoesNotWait) {
  Labeller world;
  for (std::uint64_t i = 1; i <= 6; ++i) world.labeller.submit(request(i), world.now);
  EXPECT_EQ(world.after(0).size(), 4U);
  EXPECT_TRUE(world.after(0).empty());
  EXPECT_EQ(world.after(200'000).size(), 2U);
}

TEST(ObjectLabeller, TakesNoMoreThanItsShareOfTheProcessor) {
  Labeller world;
  world.classifier.cost_us = 100'000;
  int calls = 0;
  for (int i = 0; i < 100; ++i) {  // ten seconds
    world.labeller.submit(request(1), world.now);
    calls += world.after(100'000).empty() ? 0 : 1;
  }
  EXPECT_NEAR(calls * 0.1, 10 * ObjectLabeller::kCpuShare, 0.3);
}

TEST(ObjectLabeller, DropsTheOldestWhenItCannotKeepUp) {
  Labeller world;
  for (std::uint64_t i = 0; i < ObjectLabeller::kMaxWaiting + 3; ++i) world.labeller.submit(request(i), world.now);
  EXPECT_EQ(world.labeller.dropped(), 3U);
  EXPECT_EQ(world.after(0).front().event, 3U);
}

TEST(ObjectLabeller, StopsAskingAClassifierThatOnlyFails) {
  Labeller world;
  world.classifier.failing = true;
  for (int i = 0; i < 20; ++i) {
    world.labeller.submit(request(1), world.now);
    EXPECT_TRUE(world.after(300'000).empty());
  }
  EXPECT_EQ(world.labeller.failed(), "out of order");
  EXPECT_EQ(world.classifier.batches.size(), static_cast<std::size_t>(ObjectLabeller::kErrorsInARow));
  EXPECT_FALSE(world.labeller.waiting());
}

TEST(LabelSampler, AsksAtMostTwiceASecondAndTakesThingsInTurn) {
  LabelSampler sampler;
  const std::vector<MovingBox> boxes{{0, {0.1F, 0.1F, 0.2F, 0.2F}, 0.9F}, {0, {0.6F, 0.6F, 0.2F, 0.2F}, 0.5F}};
  int asked = 0, second = 0;
  for (int i = 0; i < 80; ++i) {  // ten seconds at eight pictures a second
    const auto part = sampler.choose(1, boxes, i * 125'000);
    asked += part ? 1 : 0;
    second += part && part->x > 0.3F ? 1 : 0;
  }
  EXPECT_EQ(asked, 20);
  EXPECT_EQ(second, 10);
}

TEST(LabelSampler, AsksSeldomOnceTheAnswerIsSure) {
  LabelSampler sampler;
  const std::vector<MovingBox> boxes{{0, {0.1F, 0.1F, 0.2F, 0.2F}, 0.9F}};
  (void)sampler.choose(1, boxes, 0);
  sampler.note(1, 0.95F);
  EXPECT_FALSE(sampler.choose(1, boxes, 3'900'000));
  EXPECT_TRUE(sampler.choose(1, boxes, 4'000'000));
  EXPECT_TRUE(sampler.choose(2, boxes, 4'500'000)) << "another event is another question";
}

TEST(LabelSampler, TheMarginStaysInsideThePicture) {
  LabelSampler sampler;
  const auto part = sampler.choose(1, {{0, {0.9F, 0.0F, 0.1F, 0.5F}, 0.9F}}, 0);
  ASSERT_TRUE(part);
  EXPECT_FLOAT_EQ(part->x + part->w, 1.0F);
  EXPECT_FLOAT_EQ(part->y, 0.0F);
  EXPECT_GT(part->h, 0.6F);
}

TEST(EventReporter, KeepsTheBestScoreOfEachClassAndSendsThemWithTheEvent) {
  std::vector<ipc::MotionReport> sent;
  EventReporter reporter(1, 2, [&](ipc::Message message) {
    if (auto* report = std::get_if<ipc::MotionReport>(&message)) sent.push_back(*report);
  });
  EngineOutput output;
  output.event_active = output.event_started = true;
  reporter.report(output, 1'000'000, [] { return base::Bytes(); });
  const std::uint64_t event = reporter.open_event();
  ASSERT_NE(event, 0U);
  reporter.add_label(event, {media::ObjectClass::kPerson, 0.5F});
  reporter.add_label(event, {media::ObjectClass::kVehicle, 0.6F});
  reporter.add_label(event, {media::ObjectClass::kPerson, 0.9F});
  reporter.add_label(event, {media::ObjectClass::kPerson, 0.3F});
  reporter.add_label(event + 1, {media::ObjectClass::kAnimal, 1.0F});
  output.event_active = output.event_started = false;
  output.event_ended = true;
  reporter.report(output, 5'000'000, [] { return base::Bytes(); });
  ASSERT_EQ(sent.back().phase, ipc::MotionPhase::kEnd);
  ASSERT_EQ(sent.back().labels.size(), 2U);
  EXPECT_FLOAT_EQ(sent.back().labels[0].score, 0.9F);
  EXPECT_EQ(sent.back().labels[1].object_class, media::ObjectClass::kVehicle);
  EXPECT_EQ(reporter.open_event(), 0U);
}

}  // namespace
}  // namespace vonggac::motion
