#include "probe/findings.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace vonggac::probe {
namespace {

using ipc::StreamReason;
using media::StreamRole;

/// "3 phút", "40 giây"; half seconds do not matter to anybody.
std::string span_vi(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} giây", seconds);
  if (seconds < 5'400) return fmt::format("{:.0f} phút", seconds / 60);
  if (seconds < 129'600) return fmt::format("{:.0f} giờ", seconds / 3'600);
  return fmt::format("{:.0f} ngày", seconds / 86'400);
}
std::string span_en(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} seconds", seconds);
  if (seconds < 5'400) return fmt::format("{:.0f} minutes", seconds / 60);
  if (seconds < 129'600) return fmt::format("{:.0f} hours", seconds / 3'600);
  return fmt::format("{:.0f} days", seconds / 86'400);
}

const char* codec_word(media::Codec codec) {
  return codec == media::Codec::kH265 ? "H.265" : codec == media::Codec::kH264 ? "H.264" : "?";
}

class Judge {
 public:
  Judge(const Survey& survey, const ProbeTask& task) : survey_(survey), task_(task) {}
  std::vector<Finding> run();

 private:
  void add(const char* code, Weight weight, std::string vi, std::string en,
           std::optional<std::size_t> stream = std::nullopt) {
    findings_.push_back({code, weight, stream, std::move(vi), std::move(en)});
  }
  void on_reach();
  void on_password();
  void on_onvif();
  void on_clock();
  void on_no_stream();
  void on_stream(std::size_t index);
  void on_gop(std::size_t index);
  void on_picture(std::size_t index);
  void on_channel(int channel);
  bool any_streamed() const {
    return std::any_of(survey_.streams.begin(), survey_.streams.end(), [](const auto& s) { return s.result.streamed; });
  }

  const Survey& survey_;
  const ProbeTask& task_;
  std::vector<Finding> findings_;
};

void Judge::on_reach() {
  if (survey_.public_address) {
    add("public_address", Weight::kFault,
        "Camera ở địa chỉ công khai trên internet, hình và mật khẩu đi không mã hoá: ai trên đường truyền cũng xem "
        "được. "
        "Hãy đóng cổng chuyển tiếp (port forwarding) trên modem và nối qua mạng nội bộ hoặc VPN.",
        "The camera is at a public internet address and sends pictures and password in the clear: everybody on the way "
        "can "
        "watch. Close the port forwarding on the modem and connect through the local network or a VPN.");
  }
  if (!survey_.nothing_listens) return;
  add("nothing_answers", Weight::kFault,
      "Không có gì trả lời ở địa chỉ này: kiểm tra camera đã cắm điện, cùng mạng với máy ghi, và địa chỉ đúng.",
      "Nothing answers at this address: see that the camera has power, is in the recorder's network, and that the "
      "address "
      "is right.");
}

void Judge::on_password() {
  const bool refused = survey_.budget.refused() > 0 && !any_streamed();
  if (refused) {
    add("wrong_password", Weight::kFault,
        "Camera không nhận tên đăng nhập hoặc mật khẩu này. Máy không thử thêm để camera không bị khoá: kiểm tra lại "
        "(nhãn "
        "dưới đáy camera, mã xác minh, tài khoản camera trong ứng dụng) rồi dò lại.",
        "The camera refuses this user name or password. It is not tried again, so that the camera does not lock: check "
        "it "
        "(the label, the verification code, the camera account in the app) and probe again.");
  } else if (survey_.needs_password || (survey_.onvif.wants_login && !task_.has_password())) {
    add("needs_password", any_streamed() ? Weight::kNote : Weight::kFault,
        "Camera đòi tên đăng nhập và mật khẩu: nhập của chủ camera rồi dò lại. Máy không bao giờ đoán mật khẩu.",
        "The camera wants a user name and password: type its owner's and probe again. Passwords are never guessed.");
  }
  if (!task_.has_password() && any_streamed()) {
    add("open_to_all", Weight::kWarning,
        "Camera cho xem mà không hỏi mật khẩu: ai trong mạng cũng xem được. Hãy đặt mật khẩu riêng.",
        "The camera shows its pictures without a password: everybody on the network can watch. Set one of its own.");
  }
}

void Judge::on_onvif() {
  const onvif::Vendor* vendor = survey_.vendor;
  if (!survey_.onvif.found && !survey_.nothing_listens) {
    const std::string vi = vendor != nullptr && !vendor->onvif_hint_vi.empty()
                               ? vendor->onvif_hint_vi
                               : "Bật ONVIF trong cài đặt mạng của camera (hoặc trong ứng dụng của hãng).";
    const std::string en = vendor != nullptr && !vendor->onvif_hint_en.empty()
                               ? vendor->onvif_hint_en
                               : "Switch ONVIF on in the camera's network settings (or in the vendor's app).";
    add("onvif_off", Weight::kNote, "Camera không trả lời ONVIF nên không đọc được hãng, số máy và giờ. " + vi,
        "The camera does not answer to ONVIF, so brand, serial number and clock cannot be read. " + en);
  }
  if (survey_.onvif.refused && any_streamed()) {
    add("onvif_other_user", Weight::kNote,
        "ONVIF không nhận mật khẩu này, nhưng luồng hình thì nhận: camera có người dùng ONVIF riêng (thường gặp ở "
        "Hikvision). "
        "Không cần thiết để ghi hình.",
        "ONVIF refuses this password though the streams take it: the camera has ONVIF users of its own (as Hikvision "
        "has). "
        "Recording does not need it.");
  }
  if (survey_.onvif.foreign_address) {
    add("names_other_host", Weight::kNote,
        "Camera tự xưng địa chỉ khác với địa chỉ vừa nối (thường do sau modem hoặc cấu hình cũ). Máy chỉ nối tới địa "
        "chỉ đã nhập.",
        "The camera calls itself by another address than the one contacted (behind a modem, or an old setting). Only "
        "the "
        "address that was typed is contacted.");
  }
}

void Judge::on_clock() {
  std::optional<std::int64_t> offset = survey_.onvif.clock_offset_ms;
  for (const SurveyedStream& stream : survey_.streams) {
    const auto measured = stream.result.gauge.reading().clock_offset_ms;
    if (measured && !offset) offset = measured;
  }
  if (!offset || std::llabs(*offset) <= kClockOffMs) return;
  const double seconds = static_cast<double>(std::llabs(*offset)) / 1000;
  const bool behind = *offset < 0;
  add("clock_off", Weight::kWarning,
      fmt::format(
          "Đồng hồ camera {} {}: giờ in trên hình sẽ sai. Bật NTP (tự chỉnh giờ) và chọn múi giờ GMT+7 trong camera.",
          behind ? "chậm" : "nhanh", span_vi(seconds)),
      fmt::format(
          "The camera's clock is {} {}: the time in the picture is wrong. Switch NTP on and set the zone GMT+7.",
          span_en(seconds), behind ? "slow" : "fast"));
}

void Judge::on_no_stream() {
  if (any_streamed() || survey_.nothing_listens || survey_.budget.refused() > 0 || survey_.needs_password) return;
  const onvif::Vendor* vendor = survey_.vendor;
  const bool known = vendor != nullptr && !vendor->hint_vi.empty();
  if (vendor != nullptr && !vendor->rtsp) {
    add("brand_without_streams", Weight::kFault, vendor->hint_vi, vendor->hint_en);
    return;
  }
  if (survey_.rtsp_port == 0) {
    add("rtsp_off", Weight::kFault,
        "Không thấy cổng RTSP (luồng hình). " + (known ? vendor->hint_vi
                                                       : std::string("Bật RTSP trong cài đặt camera hoặc "
                                                                     "nhập địa chỉ rtsp:// đầy đủ.")),
        "There is no RTSP port (the streams). " +
            (known ? vendor->hint_en
                   : std::string("Switch RTSP on in the camera, or type its whole rtsp:// address.")));
    return;
  }
  add("no_stream_found", Weight::kFault,
      "Không tìm thấy luồng hình nào. " + (known ? vendor->hint_vi
                                                 : std::string("Chọn hãng camera, bật ONVIF, hoặc nhập địa "
                                                               "chỉ rtsp:// đầy đủ.")),
      "No stream was found. " +
          (known ? vendor->hint_en
                 : std::string("Choose the brand, switch ONVIF on, or type the whole rtsp:// address.")));
}

void Judge::on_gop(std::size_t index) {
  const SurveyedStream& stream = survey_.streams[index];
  const StreamReading reading = stream.result.gauge.reading();
  const bool seen = reading.gop_s.has_value();
  const double distance = seen ? *reading.gop_s : reading.watched_s;
  if (distance <= kLongGopS) return;
  const onvif::Vendor* vendor = survey_.vendor;
  const bool known = vendor != nullptr && !vendor->smart_vi.empty();
  const std::string vi =
      known ? vendor->smart_vi : "tắt H.264+/H.265+/Smart Codec trong camera, đặt khoảng khung I 2 giây";
  const std::string en =
      known ? vendor->smart_en : "switch H.264+/H.265+/smart codec off and set the I frame interval to 2 seconds";
  add("long_gop", Weight::kWarning,
      fmt::format("Khung hình khóa cách nhau {}{}: xem trực tiếp và tua sẽ chậm. Cách sửa: {}.", seen ? "" : "hơn ",
                  span_vi(std::floor(distance)), vi),
      fmt::format("Key pictures are {}{} apart: live view and seeking are slow. To mend it: {}.",
                  seen ? "" : "more than ", span_en(std::floor(distance)), en),
      index);
}

void Judge::on_picture(std::size_t index) {
  const SurveyedStream& stream = survey_.streams[index];
  const StreamReading reading = stream.result.gauge.reading();
  if (stream.offer.role == StreamRole::kMain && reading.height > 0 && reading.height < kSmallHeight) {
    add("small_picture", Weight::kWarning,
        fmt::format("Hình chỉ {}×{}: khó nhận ra người và biển số. Chọn ít nhất 1280×720 cho luồng chính.",
                    reading.width, reading.height),
        fmt::format(
            "The picture is only {}×{}: people and plates are hard to make out. Choose at least 1280×720 for the "
            "main stream.",
            reading.width, reading.height),
        index);
  }
  const bool slow = reading.frames_per_second > 0 && reading.frames_per_second < kSlowFps - 0.5;
  if (stream.offer.role == StreamRole::kMain && slow) {
    add("slow_frames", Weight::kWarning,
        fmt::format("Chỉ {:.0f} hình mỗi giây: chuyển động nhanh bị giật. Đặt 12 đến 25 hình mỗi giây.",
                    reading.frames_per_second),
        fmt::format("Only {:.0f} frames a second: quick movement is jerky. Set 12 to 25.", reading.frames_per_second),
        index);
  }
  if (reading.audio != media::Codec::kNone && stream.offer.role == StreamRole::kMain) {
    add("audio_on", Weight::kNote,
        "Camera đang gửi cả tiếng. Tiếng chỉ được ghi khi chủ camera đồng ý bằng văn bản; nếu không, hãy tắt micro.",
        "The camera sends sound too. Sound is recorded only with its owner's written agreement; else switch the "
        "microphone "
        "off.",
        index);
  }
}

void Judge::on_stream(std::size_t index) {
  const SurveyedStream& stream = survey_.streams[index];
  if (!stream.result.streamed) return;
  on_gop(index);
  on_picture(index);
  if (stream.result.transport == ipc::Transport::kUdp) {
    add("udp_only", Weight::kWarning,
        "Camera chỉ gửi hình qua UDP: mạng yếu sẽ mất hình. Nên nối dây mạng thay cho Wi-Fi.",
        "The camera sends over UDP only: a weak network loses pictures. Prefer a cable to wireless.", index);
  }
}

void Judge::on_channel(int channel) {
  std::optional<std::size_t> main, sub;
  for (std::size_t i = 0; i < survey_.streams.size(); ++i) {
    const SurveyedStream& stream = survey_.streams[i];
    if (stream.offer.channel != channel || !stream.result.streamed) continue;
    (stream.offer.role == StreamRole::kMain ? main : sub) = i;
  }
  if (!main) return;
  const std::string where_vi = channel > 1 ? fmt::format("Kênh {}: ", channel) : "";
  const std::string where_en = channel > 1 ? fmt::format("Channel {}: ", channel) : "";
  if (!sub) {
    add("no_sub_stream", Weight::kWarning,
        where_vi +
            "Không có luồng phụ: tìm chuyển động và xem nhiều ô sẽ tốn máy. Bật luồng phụ (640×360, H.264) trong "
            "camera.",
        where_en +
            "There is no sub stream: looking for movement and the wall cost more. Switch one on (640×360, H.264).",
        main);
  }
  const media::Codec main_codec = survey_.streams[*main].result.gauge.reading().codec;
  const media::Codec wall = sub ? survey_.streams[*sub].result.gauge.reading().codec : main_codec;
  if (wall == media::Codec::kH265) {
    add("h265_on_wall", Weight::kWarning,
        where_vi +
            fmt::format("Luồng chính {} và không có luồng phụ H.264: nhiều trình duyệt không xem trực tiếp được. Đặt "
                        "luồng phụ là H.264.",
                        codec_word(main_codec)),
        where_en +
            fmt::format("The main stream is {} and there is no H.264 sub stream: many browsers cannot show it live. "
                        "Set the sub stream to H.264.",
                        codec_word(main_codec)),
        main);
  }
}

std::vector<Finding> Judge::run() {
  on_reach();
  on_password();
  on_no_stream();
  on_onvif();
  on_clock();
  int channels = 0;
  for (std::size_t i = 0; i < survey_.streams.size(); ++i) {
    on_stream(i);
    channels = std::max(channels, survey_.streams[i].offer.channel);
  }
  for (int channel = 1; channel <= channels; ++channel) on_channel(channel);
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.weight > b.weight; });
  return std::move(findings_);
}

}  // namespace

const char* weight_name(Weight weight) {
  return weight == Weight::kFault ? "fault" : weight == Weight::kWarning ? "warning" : "note";
}

std::vector<Finding> judge(const Survey& survey, const ProbeTask& task) { return Judge(survey, task).run(); }

}  // namespace vonggac::probe
