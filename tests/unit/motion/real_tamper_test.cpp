// Tamper states made on real footage, where Debian's opencv-doc is installed: a campus road with people.
#include <filesystem>

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "media/av/file_demuxer.h"
#include "unit/motion/tamper_bench.h"

namespace vonggac::motion {
namespace {

using test::Painting;
using test::TamperBench;

constexpr const char* kFootage = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

/// Its pictures, two seconds apart: 40.
const std::vector<Painting>& road() {
  static const std::vector<Painting> pictures = [] {
    std::vector<Painting> out;
    const auto file = media::av::FileDemuxer::open(kFootage, {.skip_loop_filter = true});
    while (file) {
      const auto picture = (*file)->next();
      if (!picture || !*picture) break;
      if ((*picture)->time_us() < static_cast<std::int64_t>(out.size()) * TamperBench::kStepUs) continue;
      const media::av::LumaView luma = (*picture)->luma();
      Painting painting{luma.width, luma.height, {}};
      for (int y = 0; y < luma.height; ++y) {
        const std::uint8_t* const row = luma.data + static_cast<std::ptrdiff_t>(y) * luma.stride;
        painting.pixels.insert(painting.pixels.end(), row, row + luma.width);
      }
      out.push_back(std::move(painting));
    }
    return out;
  }();
  return pictures;
}

class RealTamperTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFootage)) GTEST_SKIP() << "opencv-doc is not installed";
    ASSERT_GE(road().size(), 38U);
  }
  /// The road once round, then changed for `pictures`, then as it is.
  void play(int pictures, const std::function<void(cv::Mat&, int)>& change) {
    const int whole = static_cast<int>(road().size());
    bench.play(whole, [whole](int i) { return road()[static_cast<std::size_t>(i % whole)]; });
    EXPECT_TRUE(bench.said.empty());
    bench.play(pictures, [&](int i) {
      Painting painting = road()[static_cast<std::size_t>(i % whole)];
      cv::Mat picture(painting.height, painting.width, CV_8U, painting.pixels.data());
      change(picture, i - whole);
      return painting;
    });
    begun = bench.said;
    bench.play(12, [whole](int i) { return road()[static_cast<std::size_t>(i % whole)]; });
  }
  void expect(const std::string& kind) const {
    ASSERT_EQ(begun.size(), 1U) << kind;
    EXPECT_EQ(begun.front().rfind(kind + " begins", 0), 0U) << begun.front();
    ASSERT_EQ(bench.said.size(), 2U) << kind;
    EXPECT_EQ(bench.said.back().rfind(kind + " ends", 0), 0U) << bench.said.back();
    EXPECT_LE(bench.told_us.front(), static_cast<std::int64_t>(road().size()) * TamperBench::kStepUs +
                                         (kind == "frozen" ? 66'000'000 : 20'000'000));
  }

  TamperBench bench;
  std::vector<std::string> begun;
};

TEST_F(RealTamperTest, CoveredByAHand) {
  play(12, [](cv::Mat& picture, int i) {
    cv::Mat hand = cv::Mat::zeros(picture.size(), CV_8U);
    cv::ellipse(hand, {picture.cols / 2, picture.rows / 2}, {picture.cols * 31 / 50, picture.rows * 33 / 50}, 0, 0, 360,
                cv::Scalar(255), cv::FILLED);
    cv::GaussianBlur(hand, hand, {0, 0}, picture.cols / 20.0);
    for (int y = 0; y < picture.rows; ++y) {
      for (int x = 0; x < picture.cols; ++x) {
        const double share = hand.at<std::uint8_t>(y, x) / 255.0;
        const auto noise = test::hash_of(static_cast<std::uint32_t>(i * 977 + y * picture.cols + x)) % 5;
        auto& pixel = picture.at<std::uint8_t>(y, x);
        pixel = cv::saturate_cast<std::uint8_t>(pixel * (1 - share) + (55 + 30.0 * x / picture.cols + noise) * share);
      }
    }
  });
  expect("covered");
}

TEST_F(RealTamperTest, DefocusedALittleAndMuch) {
  for (const double part : {250.0, 100.0}) {
    bench.said.clear();
    bench.told_us.clear();
    TamperBench fresh;
    const int whole = static_cast<int>(road().size());
    fresh.play(whole, [](int i) { return road()[static_cast<std::size_t>(i)]; });
    fresh.play(20, [&](int i) {
      Painting painting = road()[static_cast<std::size_t>(i % whole)];
      cv::Mat picture(painting.height, painting.width, CV_8U, painting.pixels.data());
      cv::GaussianBlur(picture, picture, {0, 0}, picture.cols / part);
      return painting;
    });
    ASSERT_EQ(fresh.said.size(), 1U) << part;
    EXPECT_EQ(fresh.said.front().rfind("defocused begins", 0), 0U) << fresh.said.front();
  }
}

TEST_F(RealTamperTest, ShiftedByATwelfth) {
  play(12, [](cv::Mat& picture, int) {
    const cv::Mat way = (cv::Mat_<double>(2, 3) << 1, 0, picture.cols / 12.0, 0, 1, picture.rows / 20.0);
    cv::warpAffine(picture, picture, way, picture.size(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
  });
  expect("moved");
}

TEST_F(RealTamperTest, TurnedByEightDegrees) {
  play(12, [](cv::Mat& picture, int) {
    const cv::Point2f middle(static_cast<float>(picture.cols) / 2, static_cast<float>(picture.rows) / 2);
    cv::warpAffine(picture, picture, cv::getRotationMatrix2D(middle, 8, 1), picture.size(), cv::INTER_LINEAR,
                   cv::BORDER_REFLECT);
  });
  expect("moved");
}

TEST_F(RealTamperTest, Black) {
  play(12, [](cv::Mat& picture, int) { picture.setTo(16); });
  expect("black");
}

TEST_F(RealTamperTest, FrozenButForItsClock) {
  play(38, [](cv::Mat& picture, int i) {
    const Painting& stuck = road()[7];
    std::copy(stuck.pixels.begin(), stuck.pixels.end(), picture.ptr<std::uint8_t>());
    cv::rectangle(picture, {8, 8, 60, 14}, cv::Scalar(20 + i), cv::FILLED);
  });
  expect("frozen");
}

TEST_F(RealTamperTest, LightsOutFogAndNightAreNone) {
  const std::vector<std::function<void(cv::Mat&, int)>> look_alikes{
      [](cv::Mat& picture, int) { picture.convertTo(picture, CV_8U, 0.06, 14); },
      [](cv::Mat& picture, int) { picture.convertTo(picture, CV_8U, 0.2, 18); },
      [](cv::Mat& picture, int i) {
        const double fog = std::min(0.93, 0.15 * i);
        picture.convertTo(picture, CV_8U, 1 - fog, 175 * fog);
      }};
  for (std::size_t k = 0; k < look_alikes.size(); ++k) {
    TamperBench fresh;
    const int whole = static_cast<int>(road().size());
    fresh.play(whole, [](int i) { return road()[static_cast<std::size_t>(i)]; });
    fresh.play(100, [&](int i) {
      Painting painting = road()[static_cast<std::size_t>(i % whole)];
      cv::Mat picture(painting.height, painting.width, CV_8U, painting.pixels.data());
      look_alikes[k](picture, i - whole);
      for (std::uint8_t& pixel : painting.pixels) {
        pixel = cv::saturate_cast<std::uint8_t>(
            pixel +
            static_cast<int>(test::hash_of(static_cast<std::uint32_t>(i * 31 + (&pixel - painting.pixels.data()))) %
                             5) -
            2);
      }
      return painting;
    });
    EXPECT_TRUE(fresh.said.empty()) << k << ": " << fresh.said.front();
  }
}

TEST_F(RealTamperTest, NothingIsWrongWithTheRoadForAQuarterOfAnHour) {
  bench.play(450, [](int i) { return road()[static_cast<std::size_t>(i) % road().size()]; });
  EXPECT_TRUE(bench.said.empty()) << bench.said.front();
}

}  // namespace
}  // namespace vonggac::motion
