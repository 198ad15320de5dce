// The object classifier `dnn` behind its entry: models of a few numbers, written here.
#include <gtest/gtest.h>

#include "plugins/dnn/object_network.h"
#include "plugins/dnn/onnx_facts.h"
#include "support/tiny_onnx.h"

namespace vonggac::dnn {
namespace {

struct Picture {
  Picture(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    for (int i = 0; i < width * height; ++i) rgb.insert(rgb.end(), {r, g, b});
    crop = {sizeof crop, width, height, width * 3, rgb.data()};
  }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  std::vector<std::uint8_t> rgb;
  vonggac_crop crop{};
};

/// SSD counts "nothing" as class 0, so its numbers are one higher.
std::optional<ClassMap> map_for(const std::string& family) {
  std::string why;
  return ClassMap::parse(
      family == "ssd" ? "1 = person\n2 = vehicle\n3 = animal" : "0 = person\n1 = vehicle\n2 = animal", why);
}

std::unique_ptr<ObjectNetwork> network_of(const test::TinyOnnx& model, std::string& why) {
  NetworkOptions options;
  options.model = model.file();
  if (model.family == "ssd") options.classes = map_for(model.family);
  return ObjectNetwork::create(options, why);
}

std::vector<vonggac_verdict> classify(ObjectNetwork& network, const std::vector<const vonggac_crop*>& crops) {
  std::vector<vonggac_verdict> verdicts(crops.size());
  std::vector<vonggac_verdict*> pointers;
  for (vonggac_verdict& verdict : verdicts) pointers.push_back(&verdict);
  network.classify(crops.data(), static_cast<std::uint32_t>(crops.size()), pointers.data());
  return verdicts;
}

class Family : public testing::TestWithParam<const char*> {};

TEST_P(Family, TellsPersonVehicleAndAnimalAndStaysSilentOnGrey) {
  test::TinyOnnx model;
  model.family = GetParam();
  std::string why;
  const auto network = network_of(model, why);
  ASSERT_NE(network, nullptr) << why;
  EXPECT_STREQ(layout_name(network->layout()), GetParam());
  const Picture red(40, 60, 255, 0, 0), blue(60, 40, 0, 0, 255), green(50, 50, 0, 255, 0), grey(50, 50, 114, 114, 114);
  const auto verdicts = classify(*network, {&red.crop, &blue.crop, &green.crop, &grey.crop});
  EXPECT_EQ(verdicts[0].object_class, VONGGAC_CLASS_PERSON);
  EXPECT_EQ(verdicts[1].object_class, VONGGAC_CLASS_VEHICLE);
  EXPECT_EQ(verdicts[2].object_class, VONGGAC_CLASS_ANIMAL);
  EXPECT_EQ(verdicts[3].object_class, VONGGAC_CLASS_NONE);
  EXPECT_GT(verdicts[0].score, 0.9F);
}

TEST_P(Family, AnswersForFourThingsInOnePassOfALargeModel) {
  test::TinyOnnx model;
  model.family = GetParam();
  model.side_px = 320;
  model.cell_px = 32;
  NetworkOptions options;
  options.model = model.file();
  std::string why;
  options.classes = map_for(model.family);
  const auto network = ObjectNetwork::create(options, why);
  ASSERT_NE(network, nullptr) << why;
  const Picture red(200, 200, 255, 0, 0), blue(200, 200, 0, 0, 255), green(200, 200, 0, 255, 0),
      grey(90, 90, 99, 99, 99);
  const auto verdicts = classify(*network, {&green.crop, &grey.crop, &red.crop, &blue.crop, &red.crop});
  EXPECT_EQ(verdicts[0].object_class, VONGGAC_CLASS_ANIMAL);
  EXPECT_EQ(verdicts[1].object_class, VONGGAC_CLASS_NONE);
  EXPECT_EQ(verdicts[2].object_class, VONGGAC_CLASS_PERSON);
  EXPECT_EQ(verdicts[3].object_class, VONGGAC_CLASS_VEHICLE);
  EXPECT_EQ(verdicts[4].object_class, VONGGAC_CLASS_PERSON);
}

INSTANTIATE_TEST_SUITE_P(Layouts, Family, testing::Values("yolov5", "yolov8", "ssd"));

TEST(Dnn, ReadsTheListOfDetectionsOfSsd) {
  const int shape[] = {1, 1, 2, 7};
  cv::Mat list(4, shape, CV_32F, cv::Scalar(0));
  const float rows[] = {0, 15, 0.9F, 0.5F, 0.5F, 0.7F, 0.9F, 0, 7, 0.2F, 0, 0, 1, 1};
  std::copy(std::begin(rows), std::end(rows), list.ptr<float>());
  ASSERT_EQ(layout_of({list}), Layout::kSsd);
  const std::vector<Object> objects = objects_in(Layout::kSsd, {list}, {300, 300}, 0.4F);
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].class_index, 15);
  EXPECT_FLOAT_EQ(objects[0].centre_x, 0.6F);
}

TEST(Dnn, NumbersThatAreNoneAreNoObjects) {
  const int shape[] = {1, 8, 20};
  cv::Mat output(3, shape, CV_32F, cv::Scalar(std::numeric_limits<float>::quiet_NaN()));
  EXPECT_TRUE(objects_in(Layout::kYolov8, {output}, {64, 64}, 0.4F).empty());
  EXPECT_TRUE(objects_in(Layout::kSsd, {output}, {64, 64}, 0.4F).empty());
  EXPECT_TRUE(objects_in(Layout::kYolov5, {}, {64, 64}, 0.4F).empty());
}

TEST(Dnn, AModelOfAnySizeIsGivenTheUsualOne) {
  test::TinyOnnx model;
  model.fixed_size = false;
  const auto facts = read_onnx_facts(model.file());
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->width_px, 0);
  model.fixed_size = true;
  EXPECT_EQ(read_onnx_facts(model.file())->width_px, 64);
  EXPECT_EQ(read_onnx_facts(model.file())->class_names.at(2), "dog");
}

TEST(Dnn, GarbageIsRefusedWithASentence) {
  std::string why;
  NetworkOptions options;
  options.model = "this is no model at all";
  EXPECT_EQ(ObjectNetwork::create(options, why), nullptr);
  EXPECT_NE(why.find("not an ONNX file"), std::string::npos) << why;
  const std::string whole = test::TinyOnnx().file();
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    options.model = whole.substr(0, size);
    why.clear();
    EXPECT_EQ(ObjectNetwork::create(options, why), nullptr) << size;
    EXPECT_FALSE(why.empty()) << size;
  }
}

TEST(Dnn, AModelThatDoesNotNameItsClassesNeedsALabelFile) {
  test::TinyOnnx model;
  model.with_names = false;
  std::string why;
  EXPECT_EQ(network_of(model, why), nullptr);
  EXPECT_NE(why.find("dnn.labels"), std::string::npos) << why;
}

TEST(ClassMap, ReadsNumbersRangesAndTheRest) {
  std::string why;
  const auto map = ClassMap::parse("# my model\n0 = person\r\n 1-3 = vehicle # cars\n* = other\n9 = none\n", why);
  ASSERT_TRUE(map.has_value()) << why;
  EXPECT_EQ(map->class_of(0), VONGGAC_CLASS_PERSON);
  EXPECT_EQ(map->class_of(3), VONGGAC_CLASS_VEHICLE);
  EXPECT_EQ(map->class_of(4), VONGGAC_CLASS_OTHER);
  EXPECT_EQ(map->class_of(9), VONGGAC_CLASS_NONE);
}

TEST(ClassMap, SaysWhichLineIsWrong) {
  std::string why;
  for (const char* text : {"0 = person\n1 = house\n", "0 = person\nx = other", "0 = person\n5-1 = other", "\n0 person",
                           "0 = person\n1-2-3 = other", "0 = person\n999999999 = other"}) {
    EXPECT_FALSE(ClassMap::parse(text, why).has_value()) << text;
    EXPECT_NE(why.find("line 2"), std::string::npos) << why;
  }
}

TEST(ClassMap, KnowsTheClassesOfCoco) {
  const ClassMap coco = ClassMap::coco();
  EXPECT_EQ(coco.class_of(0), VONGGAC_CLASS_PERSON);
  EXPECT_EQ(coco.class_of(3), VONGGAC_CLASS_VEHICLE);
  EXPECT_EQ(coco.class_of(16), VONGGAC_CLASS_ANIMAL);
  EXPECT_EQ(coco.class_of(56), VONGGAC_CLASS_OTHER);
}

}  // namespace
}  // namespace vonggac::dnn
