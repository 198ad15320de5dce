// The host against real plug-in files: good ones, and each kind of bad one.
#include "motion/plugin_host.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temp_folder.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::motion {
namespace {

const std::string kGood = VONGGAC_PLUGIN_FOLDER;
const std::string kBad = VONGGAC_TEST_PLUGIN_FOLDER;

std::string why_not(const std::string& folder, const std::string& name,
                    vonggac_plugin_kind kind = VONGGAC_MOTION_DETECTOR) {
  const auto library = PluginLibrary::load(folder, name, kind);
  return library ? std::string() : library.error().message();
}

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

void copy_file(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary);
  out << in.rdbuf();
}

TEST(PluginLibrary, LoadsWhatComesWithTheProgram) {
  for (const char* name : {"example", "mog2", "knn"}) EXPECT_EQ(why_not(kGood, name), "") << name;
  EXPECT_EQ(why_not(kGood, "dnn", VONGGAC_OBJECT_CLASSIFIER), "");
}

TEST(PluginLibrary, RefusesAnotherMajorVersionAndSaysWhich) {
  EXPECT_SAYS(why_not(kBad, "other_major"), "made for plug-in interface 2.0, this program has 1.0");
}

TEST(PluginLibrary, RefusesAShortDescriptionMissingFunctionsAndTheWrongKind) {
  EXPECT_SAYS(why_not(kBad, "short_description"), "shorter than the plug-in interface");
  EXPECT_SAYS(why_not(kBad, "no_look"), "lacks functions");
  EXPECT_SAYS(why_not(kGood, "mog2", VONGGAC_OBJECT_CLASSIFIER), "is not an object classifier");
  EXPECT_SAYS(why_not(kGood, "dnn"), "is not a motion detector");
}

TEST(PluginLibrary, RefusesNamesThatLeaveTheFolder) {
  for (const char* name : {"../mog2", "", "a/b", "Mog2", "mog2.so", "/etc/passwd", "x\n"}) {
    EXPECT_SAYS(why_not(kGood, name), "plug-in's name") << name;
  }
}

TEST(PluginLibrary, RefusesFilesOthersCanWrite) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/mine.so";
  copy_file(kGood + "/example.so", path);
  chmod(path.c_str(), 0755);
  EXPECT_EQ(why_not(folder.path(), "mine"), "");
  chmod(path.c_str(), 0757);
  EXPECT_SAYS(why_not(folder.path(), "mine"), "can be written by other users");
  chmod(path.c_str(), 0755);
  chmod(folder.path().c_str(), 0777);
  EXPECT_SAYS(why_not(folder.path(), "mine"), "can be written by other users");
  chmod(folder.path().c_str(), 0700);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path.c_str(), 12345, 0), 0);
    EXPECT_SAYS(why_not(folder.path(), "mine"), "belongs to another user");
  }
}

TEST(PluginLibrary, RefusesLinksFoldersAndWhatIsNoLibrary) {
  const test::TempFolder folder;
  ASSERT_EQ(symlink((kGood + "/example.so").c_str(), (folder.path() + "/linked.so").c_str()), 0);
  ASSERT_EQ(mkdir((folder.path() + "/box.so").c_str(), 0755), 0);
  std::ofstream(folder.path() + "/text.so") << "hello";
  EXPECT_SAYS(why_not(folder.path(), "linked"), "symbolic link");
  EXPECT_SAYS(why_not(folder.path(), "box"), "is not a file");
  EXPECT_SAYS(why_not(folder.path(), "text"), "cannot be loaded");
  EXPECT_SAYS(why_not(folder.path(), "gone"), "gone.so");
  EXPECT_SAYS(why_not(folder.path() + "/nowhere", "gone"), "plug-in directory");
}

// ---- the host --------------------------------------------------------------------------------------------

ipc::AnalyseSetup setup_with(const std::string& folder, const std::string& detector,
                             const std::string& classifier = "") {
  ipc::AnalyseSetup setup;
  setup.plugin_directory = folder;
  setup.detector = detector;
  setup.classifier = classifier;
  return setup;
}

struct Host {
  explicit Host(const ipc::AnalyseSetup& setup)
      : host(PluginHost::prepare(setup, [this](ipc::AnalysePart part) { marks.push_back(part); })) {
    host->start();
  }
  std::string detail() {
    std::string text;
    for (const auto& report : host->take_reports()) text += report.detail + "\n";
    return text;
  }
  std::vector<ipc::AnalysePart> marks;
  std::unique_ptr<PluginHost> host;
};

/// Something walks through from picture 30 on; eight pictures a second.
struct Walk {
  int started = 0, ended = 0, boxes = 0;
  std::int64_t first_us = 0;
  bool grid = false;
  std::string zone;
};
Walk walk(Engine& engine, int pictures = 110) {
  const test::PaintedScene scene(320, 180);
  Walk walk;
  for (int i = 0; i < pictures; ++i) {
    test::Painting painting = scene.street();
    if (i >= 30 && i < 80) scene.put(painting, (i - 30) * 6 - 20, 70, 30, 60);
    const EngineOutput out = engine.look(painting.luma(), (i + 1) * 125'000);
    if (out.event_started) {
      ++walk.started;
      walk.first_us = out.event_start_us;
      walk.zone = out.zone;
    }
    walk.ended += out.event_ended ? 1 : 0;
    walk.boxes += static_cast<int>(out.boxes.size());
    for (const std::uint8_t cells : out.grid) walk.grid = walk.grid || cells != 0;
  }
  return walk;
}

class Detector : public testing::TestWithParam<const char*> {};

TEST_P(Detector, TellsAWalkerAsOneEventWithBoxesAndGrid) {
  Host host(setup_with(kGood, GetParam()));
  const auto engine = host.host->make_engine({});
  const Walk found = walk(*engine);
  EXPECT_EQ(found.started, 1);
  EXPECT_EQ(found.ended, 1);
  EXPECT_GT(found.boxes, 20);
  EXPECT_TRUE(found.grid);
  EXPECT_GE(found.first_us, 30 * 125'000);
  EXPECT_LE(found.first_us, 40 * 125'000);
  const auto reports = host.host->take_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].state, ipc::AnalysePartState::kRunning);
  EXPECT_FALSE(reports[0].version.empty());
}

TEST_P(Detector, PeeksWithoutLearning) {
  Host host(setup_with(kGood, GetParam()));
  const auto engine = host.host->make_engine({});
  (void)walk(*engine, 30);
  const test::PaintedScene scene(320, 180);
  test::Painting quiet = scene.street(), crowded = scene.street();
  scene.put(crowded, 100, 60, 60, 80);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(engine->peek(quiet.luma()));
    EXPECT_TRUE(engine->peek(crowded.luma())) << i;
  }
}

TEST_P(Detector, ObeysZones) {
  Host host(setup_with(kGood, GetParam()));
  EngineSettings ignoring;
  ignoring.zones.push_back({"all", ipc::ZoneKind::kIgnore, {{0, 0}, {1, 0}, {1, 1}, {0, 1}}});
  EXPECT_EQ(walk(*host.host->make_engine(ignoring)).started, 0);
  EngineSettings elsewhere;
  elsewhere.zones.push_back({"sky", ipc::ZoneKind::kDetect, {{0, 0}, {1, 0}, {1, 0.2F}, {0, 0.2F}}});
  EXPECT_EQ(walk(*host.host->make_engine(elsewhere)).started, 0);
  EngineSettings gate;
  gate.zones.push_back({"gate", ipc::ZoneKind::kDetect, {{0, 0.3F}, {1, 0.3F}, {1, 1}, {0, 1}}});
  const Walk found = walk(*host.host->make_engine(gate));
  EXPECT_EQ(found.started, 1);
  EXPECT_EQ(found.zone, "gate");
}

INSTANTIATE_TEST_SUITE_P(Installed, Detector, testing::Values("example", "mog2", "knn"));

TEST(PluginHost, MarksItsPartAroundEachCall) {
  Host host(setup_with(kGood, "example"));
  const auto engine = host.host->make_engine({});
  host.marks.clear();
  const test::PaintedScene scene(320, 180);
  (void)engine->look(scene.street().luma(), 125'000);
  const std::vector<ipc::AnalysePart> wanted{ipc::AnalysePart::kDetector, ipc::AnalysePart::kNone,
                                             ipc::AnalysePart::kDetector, ipc::AnalysePart::kNone};
  EXPECT_EQ(host.marks, wanted);
}

class Fallback : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Fallback, TheBuiltInEngineGoesOnAndTheReasonIsTold) {
  Host host(setup_with(kBad, GetParam().first));
  const auto engine = host.host->make_engine({});
  EXPECT_EQ(walk(*engine).started, 1);
  const std::string detail = host.detail();
  EXPECT_SAYS(detail, GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(Broken, Fallback,
                         testing::Values(std::pair{"failing", "cannot look; the built-in engine goes on"},
                                         std::pair{"throwing", "thrown on purpose"},
                                         std::pair{"not_created", "no room?for ?? a detector"},
                                         std::pair{"other_major", "interface 2.0"}, std::pair{"gone", "gone.so"},
                                         std::pair{"unprepared", "got 0 options"}));

TEST(PluginHost, BoxesOutsideThePictureAreCutAndNumbersThatAreNoneLeftOut) {
  Host host(setup_with(kBad, "wild_boxes"));
  const auto engine = host.host->make_engine({});
  const test::PaintedScene scene(320, 180);
  (void)engine->look(scene.street().luma(), 125'000);
  const EngineOutput out = engine->look(scene.street().luma(), 250'000);
  ASSERT_EQ(out.boxes.size(), 1U);
  EXPECT_FLOAT_EQ(out.boxes[0].box.x, 0);
  EXPECT_FLOAT_EQ(out.boxes[0].box.w, 0.5F);
  EXPECT_FLOAT_EQ(out.boxes[0].score, 1);
}

TEST(PluginHost, ADetectorThatCannotPeekNeverSleeps) {
  Host host(setup_with(kBad, "no_peek"));
  const auto engine = host.host->make_engine({});
  const test::PaintedScene scene(320, 180);
  (void)engine->look(scene.street().luma(), 125'000);
  EXPECT_TRUE(engine->peek(scene.street().luma()));
}

TEST(PluginHost, HandsOverOnlyThePluginsOwnOptions) {
  ipc::AnalyseSetup setup = setup_with(kBad, "unprepared");
  setup.plugin_options = {"other.model=/x", "misbehaving.path=/a=b", "misbehavingtoo.y=z"};
  Host host(setup);
  EXPECT_SAYS(host.detail(), "got 1 options, path is /a=b");
}

TEST(PluginHost, AMissingModelLeavesMotionAlone) {
  ipc::AnalyseSetup setup = setup_with(kGood, "", "dnn");
  setup.plugin_options = {"dnn.model=/nowhere/model.onnx"};
  Host host(setup);
  EXPECT_EQ(host.host->classifier(), nullptr);
  EXPECT_SAYS(host.detail(), "/nowhere/model.onnx: No such file");
  EXPECT_EQ(walk(*host.host->make_engine({})).started, 1);
}

}  // namespace
}  // namespace vonggac::motion
