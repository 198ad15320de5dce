#include "core/plugin_watch.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

using ipc::AnalysePart;
using ipc::AnalysePartState;

PluginWatch watch_with(const std::string& detector, const std::string& classifier) {
  AnalyseConfig analyse;
  analyse.detector = detector;
  analyse.classifier = classifier;
  return {analyse, PluginConfig{"/plugins", {"dnn.model=/m"}}};
}

base::MonoTime at(std::int64_t seconds) { return {seconds * 1'000'000}; }

TEST(PluginWatch, BuiltInPartsAreNoPlugins) {
  const PluginWatch watch = watch_with("builtin", "none");
  EXPECT_TRUE(watch.setup().detector.empty());
  EXPECT_TRUE(watch.setup().classifier.empty());
  EXPECT_TRUE(watch.setup().hardware_decode);
  ASSERT_EQ(watch.views().size(), 1U);
  EXPECT_EQ(watch.views()[0].part, "hardware_decode");
}

TEST(PluginWatch, ThreeCrashesInTenMinutesLeaveAPartOutAndSayWhy) {
  PluginWatch watch = watch_with("mog2", "dnn");
  EXPECT_FALSE(watch.on_crash(AnalysePart::kDetector, "killed by signal 11", at(0)));
  EXPECT_FALSE(watch.on_crash(AnalysePart::kDetector, "killed by signal 11", at(10)));
  EXPECT_EQ(watch.setup().detector, "mog2");
  EXPECT_TRUE(watch.on_crash(AnalysePart::kDetector, "killed by signal 6", at(20)));
  EXPECT_TRUE(watch.setup().detector.empty());
  EXPECT_EQ(watch.setup().classifier, "dnn") << "the other one goes on";
  const PartView view = watch.views()[0];
  EXPECT_EQ(view.state, "disabled");
  EXPECT_EQ(view.crashes, 3U);
  EXPECT_NE(view.detail.find("3 times in ten minutes (last: killed by signal 6)"), std::string::npos) << view.detail;
  EXPECT_NE(view.detail.find("the built-in engine goes on"), std::string::npos);
  watch.on_report({AnalysePart::kDetector, AnalysePartState::kRunning, "mog2", "4", ""});
  EXPECT_EQ(watch.views()[0].state, "disabled") << "a late report of another shard changes nothing";
}

TEST(PluginWatch, SeldomCrashesAreForgiven) {
  PluginWatch watch = watch_with("mog2", "none");
  for (int hour = 0; hour < 20; ++hour) {
    EXPECT_FALSE(watch.on_crash(AnalysePart::kDetector, "killed by signal 11", at(hour * 3600)));
  }
  EXPECT_EQ(watch.views()[0].crashes, 20U);
}

TEST(PluginWatch, ReportsAreShownAsTheyCome) {
  PluginWatch watch = watch_with("builtin", "dnn");
  EXPECT_EQ(watch.views()[0].state, "starting");
  watch.on_report({AnalysePart::kClassifier, AnalysePartState::kFailed, "dnn", "4.6.0", "/m: No such file"});
  EXPECT_EQ(watch.views()[0].state, "failed");
  EXPECT_EQ(watch.views()[0].detail, "/m: No such file");
  EXPECT_EQ(watch.views()[0].version, "4.6.0");
  watch.on_report({AnalysePart::kHardwareDecode, AnalysePartState::kOff, "va-api", "", "no render node"});
  EXPECT_EQ(watch.views()[1].state, "off");
}

TEST(PluginWatch, ACrashOfOurOwnCodeBlamesNoPlugin) {
  PluginWatch watch = watch_with("mog2", "dnn");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(watch.on_crash(AnalysePart::kNone, "killed by signal 11", at(i)));
  EXPECT_EQ(watch.setup().detector, "mog2");
}

}  // namespace
}  // namespace vonggac::core
