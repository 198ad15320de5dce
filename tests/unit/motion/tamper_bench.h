/// A TamperWatch with pictures two seconds apart, and what it said, in words.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "motion/tamper_watch.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::test {

class TamperBench {
 public:
  static constexpr std::int64_t kStepUs = 2'000'000;
  TamperBench() : watch(3, 7, [this](const ipc::Message& message) { take(message); }) {}

  void play(int pictures, const std::function<Painting(int)>& paint) {
    for (int k = 0; k < pictures; ++k, ++at_) {
      const Painting painting = paint(at_);
      watch.look(painting.luma(), kStartUs + at_ * kStepUs, true);
    }
  }

  motion::TamperWatch watch;
  std::vector<std::string> said;      ///< "covered begins at 80 s": since when, not when it was told
  std::vector<std::int64_t> told_us;  ///< when, since the first picture
  std::vector<ipc::TamperView> views;

 private:
  static constexpr std::int64_t kStartUs = 5'000'000'000;
  void take(const ipc::Message& message) {
    if (const auto* view = std::get_if<ipc::TamperView>(&message)) views.push_back(*view);
    const auto* report = std::get_if<ipc::TamperReport>(&message);
    if (report == nullptr) return;
    said.push_back(std::string(ipc::tamper_kind_name(report->kind)) + (report->active ? " begins at " : " ends at ") +
                   std::to_string((report->since.us - kStartUs) / 1'000'000) + " s");
    told_us.push_back(at_ * kStepUs);
  }
  int at_ = 0;
};

}  // namespace vonggac::test
