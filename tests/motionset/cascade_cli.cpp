/// `motion_cascade [--loops N] [--key-frames-only] FILE`: feeds a recorded file to CameraAnalyser unit by unit, as the
/// analyse shard does, and prints what the scorer of the motion set reads. This is the path that records in service;
/// `vonggac motion` looks at every picture. An event starts when its report is sent, in stream time of the newest unit
/// taken in; a second of the motion grid stands for a box. cpu_s is analysis and decoding together. --loops plays the
/// file N times in a row, its times going on; `states` says for how much of that the camera was awake, coasting and
/// asleep.
extern "C" {
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "motion/camera_analyser.h"
#include "support/hand_clock.h"

namespace {

using namespace vonggac;

struct Event {
  std::int64_t start_ms = 0, end_ms = 0;
  std::vector<std::string> boxes;
};

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Reads length-prefixed NAL units of an avcC or hvcC record.
class Record {
 public:
  Record(const std::uint8_t* data, int size) : data_(data), size_(static_cast<std::size_t>(std::max(0, size))) {}
  unsigned u8(std::size_t at) const { return at < size_ ? data_[at] : 0U; }
  base::Bytes nal(std::size_t& at) const {
    const std::size_t length = u8(at) << 8 | u8(at + 1);
    at += 2;
    if (at + length > size_) return {};
    base::Bytes out(data_ + at, data_ + at + length);
    at += length;
    return out;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

media::TrackParameters parameters_of(const AVCodecParameters& codec) {
  const Record record(codec.extradata, codec.extradata_size);
  media::TrackParameters out;
  if (codec.codec_id == AV_CODEC_ID_H264) {
    out.codec = media::Codec::kH264;
    std::size_t at = 6;
    for (unsigned i = 0; i < (record.u8(5) & 31U); ++i) out.sps.push_back(record.nal(at));
    const unsigned pps = record.u8(at++);
    for (unsigned i = 0; i < pps; ++i) out.pps.push_back(record.nal(at));
    return out;
  }
  out.codec = media::Codec::kH265;
  std::size_t at = 23;
  for (unsigned a = 0; a < record.u8(22); ++a) {
    const unsigned type = record.u8(at) & 63U;
    const unsigned nals = record.u8(at + 1) << 8 | record.u8(at + 2);
    at += 3;
    for (unsigned i = 0; i < nals; ++i) {
      base::Bytes nal = record.nal(at);
      if (type == 32) out.vps.push_back(std::move(nal));
      if (type == 33) out.sps.push_back(std::move(nal));
      if (type == 34) out.pps.push_back(std::move(nal));
    }
  }
  return out;
}

struct Options {
  std::string file;
  int loops = 1;
  ipc::AnalyseCamera camera;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--loops" && i + 1 < argc) {
      options.loops = std::max(1, std::atoi(argv[++i]));
    } else if (argument == "--key-frames-only") {
      options.camera.key_frames_only = true;
    } else {
      options.file = argument;
    }
  }
  return options;
}

class Bench {
 public:
  Bench(int width, int height, const ipc::AnalyseCamera& camera)
      : width_(width), height_(height), analyser_(camera, clock_, [this](ipc::Message m) { hear(m); }) {}

  void run(AVFormatContext* input, int stream, int loops) {
    analyser_.set_parameters(parameters_of(*input->streams[stream]->codecpar));
    AVPacket* packet = av_packet_alloc();
    for (int i = 0; i < loops; ++i) {
      if (i > 0 && av_seek_frame(input, stream, 0, AVSEEK_FLAG_BACKWARD) < 0) break;
      loop_begins_us_ = i == 0 ? 0 : last_us_ + interval_us_;
      while (av_read_frame(input, packet) >= 0) {
        if (packet->stream_index == stream) take(*packet, input->streams[stream]->time_base);
        av_packet_unref(packet);
      }
    }
    av_packet_free(&packet);
    analyser_.finish();
  }
  void print(double spent_s) const {
    std::printf("{\"cpu_s\": %.6f, \"events\": [", spent_s);
    for (std::size_t i = 0; i < events_.size(); ++i) {
      std::printf("%s{\"start_ms\": %lld, \"end_ms\": %lld, \"boxes\": [", i == 0 ? "" : ", ",
                  static_cast<long long>(events_[i].start_ms), static_cast<long long>(events_[i].end_ms));
      for (std::size_t b = 0; b < events_[i].boxes.size(); ++b) {
        std::printf("%s%s", b == 0 ? "" : ", ", events_[i].boxes[b].c_str());
      }
      std::printf("]}");
    }
    const motion::AnalyserCounters& c = analyser_.counters();
    std::printf(
        "], \"units\": %llu, \"key_decoded\": %llu, \"run_decoded\": %llu, "
        "\"between_decoded\": %llu, \"wake_ups\": %llu",
        static_cast<unsigned long long>(c.units_taken), static_cast<unsigned long long>(c.key_decoded),
        static_cast<unsigned long long>(c.run_decoded), static_cast<unsigned long long>(c.between_decoded),
        static_cast<unsigned long long>(c.wake_ups));
    const double all_us = std::max(1.0, static_cast<double>(awake_us_ + coasting_us_ + asleep_us_));
    std::printf(", \"states\": {\"awake\": %.3f, \"coasting\": %.3f, \"asleep\": %.3f}}\n",
                static_cast<double>(awake_us_) / all_us, static_cast<double>(coasting_us_) / all_us,
                static_cast<double>(asleep_us_) / all_us);
  }

 private:
  void take(const AVPacket& packet, AVRational time_base) {
    media::AccessUnit unit;
    unit.key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    unit.capture.us = loop_begins_us_ + av_rescale_q(packet.pts, time_base, {1, 1'000'000});
    unit.pts.ticks_90k = av_rescale_q(unit.capture.us, {1, 1'000'000}, {1, 90'000});
    unit.payload = std::make_shared<base::Bytes>(packet.data, packet.data + packet.size);
    clock_.mono = unit.capture;
    now_ms_ = unit.capture.us / 1000;
    analyser_.take(std::move(unit));
    while (analyser_.has_work()) analyser_.step();
    interval_us_ = std::max<std::int64_t>(0, clock_.mono.us - last_us_);
    last_us_ = clock_.mono.us;
    (analyser_.awake() ? awake_us_ : analyser_.coasting() ? coasting_us_ : asleep_us_) += interval_us_;
  }
  void hear(const ipc::Message& message) {
    if (const auto* report = std::get_if<ipc::MotionReport>(&message)) {
      if (report->phase == ipc::MotionPhase::kStart) events_.push_back({now_ms_, now_ms_, {}});
      if (!events_.empty()) events_.back().end_ms = std::max(events_.back().start_ms, report->end.us / 1000);
      if (!events_.empty()) add_box(report->end.us / 1000, report->box_x, report->box_y, report->box_w, report->box_h);
    } else if (const auto* grid = std::get_if<ipc::MotionGrid>(&message)) {
      add_grid(*grid);
    }
  }
  void add_box(std::int64_t at_ms, float x, float y, float w, float h) {
    const auto px = [](float share, int size) { return static_cast<int>(share * static_cast<float>(size)); };
    char text[96];
    std::snprintf(text, sizeof text, "[%lld, %d, %d, %d, %d]", static_cast<long long>(at_ms), px(x, width_),
                  px(y, height_), px(w, width_), px(h, height_));
    if (w > 0 && h > 0) events_.back().boxes.emplace_back(text);
  }
  void add_grid(const ipc::MotionGrid& grid) {
    int left = motion::kGridColumns, top = motion::kGridRows, right = -1, bottom = -1;
    for (int cell = 0; cell < motion::kGridColumns * motion::kGridRows; ++cell) {
      if ((grid.cells[static_cast<std::size_t>(cell / 8)] >> (7 - cell % 8) & 1) == 0) continue;
      left = std::min(left, cell % motion::kGridColumns);
      right = std::max(right, cell % motion::kGridColumns);
      top = std::min(top, cell / motion::kGridColumns);
      bottom = std::max(bottom, cell / motion::kGridColumns);
    }
    if (right < 0 || events_.empty()) return;
    const auto share = [](int cells, int of) { return static_cast<float>(cells) / static_cast<float>(of); };
    add_box(grid.second.us / 1000 + 400, share(left, motion::kGridColumns), share(top, motion::kGridRows),
            share(right - left + 1, motion::kGridColumns), share(bottom - top + 1, motion::kGridRows));
  }

  int width_, height_;
  test::HandClock clock_;
  std::vector<Event> events_;
  std::int64_t now_ms_ = 0;
  std::int64_t loop_begins_us_ = 0, last_us_ = 0, interval_us_ = 0;
  std::int64_t awake_us_ = 0, coasting_us_ = 0, asleep_us_ = 0;
  motion::CameraAnalyser analyser_;
};

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(0);
  const Options options = options_of(argc, argv);
  av_log_set_level(AV_LOG_FATAL);
  AVFormatContext* input = nullptr;
  if (avformat_open_input(&input, options.file.c_str(), nullptr, nullptr) < 0 ||
      avformat_find_stream_info(input, nullptr) < 0) {
    std::fprintf(stderr, "%s: cannot be read\n", options.file.c_str());
    return 1;
  }
  const int stream = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream < 0) return 1;
  const AVCodecParameters& codec = *input->streams[stream]->codecpar;
  Bench bench(codec.width, codec.height, options.camera);
  const double before_s = cpu_s();
  bench.run(input, stream, options.loops);
  bench.print(cpu_s() - before_s);
  avformat_close_input(&input);
  return 0;
}
