/// `motion_drift --clip FILE --scene still|visits|busy [--hours 10] [--from-hour 0] [--seed 1] [--exposure 1] [--raw]`:
/// hours of video of a street in slow light, made on the fly and shown to the engine and to the cascade. Prints what
/// they did in each hour. --exposure: the time constant of the camera's exposure, in seconds.
///
/// still   the empty place                      visits  10 s of the street in every minute, the empty place between
/// busy    the street over and over             --raw   not encoded and decoded again, and without the cascade
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>

#include <opencv2/core.hpp>

#include "camera_encoder.h"
#include "day.h"
#include "media/av/decoder.h"
#include "motion/camera_analyser.h"
#include "motion/engine.h"
#include "motion/frame_sampler.h"
#include "street.h"
#include "support/hand_clock.h"

namespace {

using namespace vonggac;

constexpr int kPicturesPerS = 8;
constexpr double kHourS = 3600;
constexpr double kRoundS = 60, kVisitBeginS = 40, kVisitEndS = 50;  // of a minute with a visit
constexpr double kBlindS = 20;                                      // after the start nothing is judged

struct Options {
  std::string clip, scene = "still";
  double hours = 10, from_hour = 0, exposure_s = 1;
  unsigned seed = 1;
  bool raw = false;
};

/// What happened in an hour (or the rest of one).
struct Hour {
  double video_s = 0, engine_cpu_s = 0, cascade_cpu_s = 0, moving_s = 0, noise_grey = 0;
  int events = 0, cascade_events = 0, false_events = 0, false_cascade_events = 0;
  int visits = 0, visits_found = 0, visits_found_by_cascade = 0;
  std::int64_t people = 0, people_marked = 0;
  std::size_t heap_bytes = 0;
  std::vector<double> false_events_at_s;  ///< since the beginning
};

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t heap_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void must(const base::Status& status) {
  if (status.ok()) return;
  std::fputs((status.to_string() + "\n").c_str(), stderr);
  std::exit(1);
}

class Run {
 public:
  Run(const Options& options, drift::Street street)
      : options_(options),
        street_(std::move(street)),
        day_(street_.size, options.seed, options.exposure_s),
        engine_(motion::Engine::create({})),
        cascade_({}, clock_, [this](const ipc::Message& message) { hear(message); }) {
    if (options_.raw) return;
    auto encoder = drift::CameraEncoder::create({street_.size, kPicturesPerS, 2 * kPicturesPerS, 150});
    if (!encoder) must(encoder.error());
    encoder_ = std::move(encoder).value();
    auto decoder = media::av::Decoder::create(encoder_->parameters());
    if (!decoder) must(decoder.error());
    decoder_ = std::move(decoder).value();
    cascade_.set_parameters(encoder_->parameters());
  }

  void go() {
    const auto pictures = static_cast<std::int64_t>(options_.hours * kHourS * kPicturesPerS);
    constexpr auto kHourPictures = static_cast<std::int64_t>(kHourS) * kPicturesPerS;
    for (std::int64_t i = 0; i < pictures; ++i) {
      if (i % kHourPictures == 0) hours_.emplace_back();
      time_s_ = static_cast<double>(i) / kPicturesPerS;
      step();
      if ((i + 1) % kHourPictures == 0 || i + 1 == pictures) finish_hour();
    }
    cascade_.finish();
  }
  std::string json() const;

 private:
  bool visited() const {
    const double second = std::fmod(time_s_, kRoundS);
    return options_.scene == "visits" && second >= kVisitBeginS && second < kVisitEndS;
  }
  /// Close enough to a visit to belong to it.
  bool near_visit() const {
    const double second = std::fmod(time_s_, kRoundS);
    return options_.scene == "visits" && second >= kVisitBeginS - 1 && second < kVisitEndS + 3;
  }
  std::size_t shown() const {
    const double begin_s = options_.scene == "visits" ? 7.3 * std::floor(time_s_ / kRoundS) : 0;  // others each time
    return static_cast<std::size_t>((begin_s + time_s_) * street_.pictures_per_s) % street_.pictures.size();
  }

  void step() {
    const bool busy = options_.scene == "busy" || visited();
    const cv::Mat& scene = busy ? street_.pictures[shown()] : street_.plate;
    day_.look(scene, options_.from_hour * kHourS + time_s_, picture_);
    Hour& hour = hours_.back();
    hour.video_s += 1.0 / kPicturesPerS;
    hour.noise_grey += day_.noise() / kPicturesPerS;
    follow_visit();
    const std::int64_t time_us = 1'000'000 + static_cast<std::int64_t>(time_s_ * 1e6);
    if (options_.raw) {
      look({picture_.data, picture_.cols, picture_.rows, static_cast<int>(picture_.step)}, time_us);
      return;
    }
    auto unit = encoder_->encode(picture_, time_us);
    if (!unit) must(unit.error());
    std::vector<media::av::Picture> decoded;
    must(decoder_->decode(*unit->payload, time_us, decoded));
    for (const media::av::Picture& one : decoded) {
      const media::av::LumaView luma = one.luma();
      look({luma.data, luma.width, luma.height, luma.stride}, one.time_us());
    }
    clock_.mono = unit->capture;
    const double before_s = cpu_s();
    cascade_.take(std::move(*unit));
    while (cascade_.has_work()) cascade_.step();
    hour.cascade_cpu_s += cpu_s() - before_s;
  }

  void look(const motion::Luma& luma, std::int64_t time_us) {
    if (!sampler_.take(time_us)) return;
    const double before_s = cpu_s();
    const motion::EngineOutput output = engine_->look(luma, time_us);
    Hour& hour = hours_.back();
    hour.engine_cpu_s += cpu_s() - before_s;
    if (output.event_active) hour.moving_s += 1.0 / kPicturesPerS;
    if (time_s_ < kBlindS) return;
    if (output.event_started) {
      ++hour.events;
      const bool expected = options_.scene == "busy" || near_visit();
      hour.false_events += !expected;
      if (!expected) hour.false_events_at_s.push_back(time_s_);
    }
    found_ = found_ || (output.event_active && near_visit());
    if (options_.scene == "busy") count_people(output, luma);
  }

  void count_people(const motion::EngineOutput& output, const motion::Luma& luma) {
    for (const cv::Rect& person : street_.there[shown()]) {
      ++hours_.back().people;
      hours_.back().people_marked +=
          std::any_of(output.boxes.begin(), output.boxes.end(), [&](const motion::MovingBox& moving) {
            const cv::Rect2f box(
                moving.box.x * static_cast<float>(luma.width), moving.box.y * static_cast<float>(luma.height),
                moving.box.w * static_cast<float>(luma.width), moving.box.h * static_cast<float>(luma.height));
            return (cv::Rect2f(person) & box).area() >= 0.25F * static_cast<float>(person.area());
          });
    }
  }

  /// A visit is judged 3 s after its end.
  void follow_visit() {
    const bool now_near = near_visit() && time_s_ >= kBlindS;
    if (near_ && !now_near) {
      ++hours_.back().visits;
      hours_.back().visits_found += found_;
      hours_.back().visits_found_by_cascade += found_by_cascade_;
    }
    if (!now_near) found_ = found_by_cascade_ = false;
    near_ = now_near;
  }

  void hear(const ipc::Message& message) {
    const auto* const report = std::get_if<ipc::MotionReport>(&message);
    if (report == nullptr || report->phase != ipc::MotionPhase::kStart || time_s_ < kBlindS) return;
    ++hours_.back().cascade_events;
    const bool expected = options_.scene == "busy" || near_visit();
    hours_.back().false_cascade_events += !expected;
    found_by_cascade_ = found_by_cascade_ || expected;
  }

  void finish_hour() {
    hours_.back().heap_bytes = heap_bytes();
    std::fputs(
        fmt::format("{} {}: hour {} of {}\n", options_.scene, options_.seed, hours_.size(), options_.hours).c_str(),
        stderr);
  }

  const Options options_;
  const drift::Street street_;
  drift::Day day_;
  std::unique_ptr<drift::CameraEncoder> encoder_;
  std::unique_ptr<media::av::Decoder> decoder_;
  std::unique_ptr<motion::Engine> engine_;
  motion::FrameSampler sampler_;
  test::HandClock clock_;
  motion::CameraAnalyser cascade_;
  cv::Mat picture_;
  std::vector<Hour> hours_;
  double time_s_ = 0;
  bool near_ = false, found_ = false, found_by_cascade_ = false;
};

std::string Run::json() const {
  std::string text = fmt::format("{{\"scene\": \"{}\", \"seed\": {}, \"raw\": {}, \"from_hour\": {}, \"hours\": [",
                                 options_.scene, options_.seed, options_.raw, options_.from_hour);
  for (const Hour& hour : hours_) {
    text += fmt::format(
        "{}\n  {{\"video_s\": {:.1f}, \"events\": {}, \"false_events\": {}, \"moving_s\": {:.1f}, \"noise_grey\": "
        "{:.2f}, "
        "\"engine_cpu_ms_per_s\": {:.3f}, \"heap_bytes\": {}",
        &hour == hours_.data() ? "" : ",", hour.video_s, hour.events, hour.false_events, hour.moving_s,
        hour.noise_grey / hour.video_s, 1000 * hour.engine_cpu_s / hour.video_s, hour.heap_bytes);
    if (!options_.raw) {
      text += fmt::format(", \"cascade_events\": {}, \"false_cascade_events\": {}, \"cascade_cpu_ms_per_s\": {:.3f}",
                          hour.cascade_events, hour.false_cascade_events, 1000 * hour.cascade_cpu_s / hour.video_s);
    }
    if (options_.scene == "visits") {
      text += fmt::format(", \"visits\": {}, \"visits_found\": {}", hour.visits, hour.visits_found);
      if (!options_.raw) text += fmt::format(", \"visits_found_by_cascade\": {}", hour.visits_found_by_cascade);
    }
    if (options_.scene == "busy")
      text += fmt::format(", \"people\": {}, \"people_marked\": {}", hour.people, hour.people_marked);
    text += fmt::format(", \"false_events_at_s\": [{:.1f}]}}", fmt::join(hour.false_events_at_s, ", "));
  }
  return text + "]}\n";
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--raw") {
      options.raw = true;
      continue;
    }
    if (++i >= argc) return false;
    const std::string value = argv[i];
    if (name == "--clip")
      options.clip = value;
    else if (name == "--scene")
      options.scene = value;
    else if (name == "--hours")
      options.hours = std::atof(value.c_str());
    else if (name == "--from-hour")
      options.from_hour = std::atof(value.c_str());
    else if (name == "--exposure")
      options.exposure_s = std::atof(value.c_str());
    else if (name == "--seed")
      options.seed = static_cast<unsigned>(std::atoi(value.c_str()));
    else
      return false;
  }
  return !options.clip.empty() && options.hours > 0 && options.exposure_s > 0 &&
         (options.scene == "still" || options.scene == "visits" || options.scene == "busy");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(
        "usage: motion_drift --clip FILE [--scene still|visits|busy] [--hours N] [--from-hour N] [--seed N] "
        "[--exposure S] "
        "[--raw]\n",
        stderr);
    return 2;
  }
  cv::setNumThreads(0);
  must(media::av::warm_up());
  auto street = drift::Street::load(options.clip);
  if (!street) must(street.error());
  Run run(options, std::move(street).value());
  run.go();
  std::fputs(run.json().c_str(), stdout);
  return 0;
}
