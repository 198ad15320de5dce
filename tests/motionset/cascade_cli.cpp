/// `motion_cascade FILE`: feeds a recorded file to CameraAnalyser unit by unit, as the analyse shard does, and prints
/// what the scorer of the motion set reads. This is the path that records in service; `vonggac motion` looks at every
/// picture. An event starts when its report is sent, in stream time of the newest unit taken in; a second of the motion
/// grid stands for a box. cpu_s is analysis and decoding together.
extern "C" {
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <cstdio>
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

class Bench {
 public:
  Bench(int width, int height)
      : width_(width), height_(height), analyser_({}, clock_, [this](ipc::Message m) { hear(m); }) {}

  void run(AVFormatContext* input, int stream) {
    analyser_.set_parameters(parameters_of(*input->streams[stream]->codecpar));
    AVPacket* packet = av_packet_alloc();
    while (av_read_frame(input, packet) >= 0) {
      if (packet->stream_index == stream) take(*packet, input->streams[stream]->time_base);
      av_packet_unref(packet);
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
    std::printf("], \"units\": %llu, \"key_decoded\": %llu, \"run_decoded\": %llu, \"wake_ups\": %llu}\n",
                static_cast<unsigned long long>(c.units_taken), static_cast<unsigned long long>(c.key_decoded),
                static_cast<unsigned long long>(c.run_decoded), static_cast<unsigned long long>(c.wake_ups));
  }

 private:
  void take(const AVPacket& packet, AVRational time_base) {
    media::AccessUnit unit;
    unit.key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    unit.capture.us = av_rescale_q(packet.pts, time_base, {1, 1'000'000});
    unit.pts.ticks_90k = av_rescale_q(packet.pts, time_base, {1, 90'000});
    unit.payload = std::make_shared<base::Bytes>(packet.data, packet.data + packet.size);
    clock_.mono = unit.capture;
    now_ms_ = unit.capture.us / 1000;
    analyser_.take(std::move(unit));
    while (analyser_.has_work()) analyser_.step();
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
  motion::CameraAnalyser analyser_;
};

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(0);
  const std::string file = argc > 1 ? argv[argc - 1] : "";
  AVFormatContext* input = nullptr;
  if (avformat_open_input(&input, file.c_str(), nullptr, nullptr) < 0 ||
      avformat_find_stream_info(input, nullptr) < 0) {
    std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
    return 1;
  }
  const int stream = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream < 0) return 1;
  const AVCodecParameters& codec = *input->streams[stream]->codecpar;
  Bench bench(codec.width, codec.height);
  const double before_s = cpu_s();
  bench.run(input, stream);
  bench.print(cpu_s() - before_s);
  avformat_close_input(&input);
  return 0;
}
