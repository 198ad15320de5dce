#include "media/av/decoder.h"

#include <cstring>

#include "base/log.h"
#include "media/av/hardware_decode.h"
#include "media/av/libav_types.h"
#include "media/av/picture_budget.h"
#include "media/h264_parameters.h"
#include "media/h265_parameters.h"
#include "media/nal_units.h"

extern "C" {
#include <libavutil/hwcontext.h>
}

namespace vonggac::media::av {
namespace {

constexpr int kHardwareErrors = 5;               // in a row, then software
constexpr std::size_t kMaxUnitBytes = 8U << 20;  // as ipc::kMaxAccessUnitBytes
constexpr std::uint8_t kStartCode[] = {0, 0, 0, 1};

/// Parameter sets as libav wants them in extradata: start codes between them.
base::Bytes annex_b(const TrackParameters& parameters) {
  base::Bytes out;
  for (const auto* sets : {&parameters.vps, &parameters.sps, &parameters.pps}) {
    for (const base::Bytes& set : *sets) {
      out.insert(out.end(), std::begin(kStartCode), std::end(kStartCode));
      out.insert(out.end(), set.begin(), set.end());
    }
  }
  return out;
}

/// Replaces each 4-byte length by a start code of the same size. kDataLoss if a length points outside.
base::Status lengths_to_start_codes(std::uint8_t* data, std::size_t size) {
  std::size_t at = 0;
  while (at < size) {
    if (size - at < 4) return base::data_loss("NAL length cut off");
    const std::size_t length = (std::size_t{data[at]} << 24) | (std::size_t{data[at + 1]} << 16) |
                               (std::size_t{data[at + 2]} << 8) | data[at + 3];
    if (length > size - at - 4) return base::data_loss("NAL length points outside the unit");
    std::memcpy(data + at, kStartCode, sizeof kStartCode);
    at += 4 + length;
  }
  return {};
}

/// Whether a sequence parameter set announces pictures above the cap. libav refuses those too, before it allocates
/// anything, but what it answers looks like any other broken unit.
bool is_too_large(Codec codec, base::ByteSpan nal, int max_side_px) {
  const auto above = [max_side_px](const auto& sps) {
    const auto cap = static_cast<std::uint32_t>(max_side_px);
    return sps.ok() && (sps->coded_width > cap || sps->coded_height > cap);
  };
  if (codec == Codec::kH264) return h264::nal_type(nal) == h264::kSps && above(parse_h264_sps(nal));
  return h265::nal_type(nal) == h265::kSps && above(parse_h265_sps(nal));
}

bool holds_too_large(Codec codec, base::ByteSpan payload, int max_side_px) {
  LengthPrefixedNals nals(payload);
  for (base::ByteSpan nal; nals.next(nal);) {
    if (is_too_large(codec, nal, max_side_px)) return true;
  }
  return false;
}

class LibavDecoder final : public Decoder {
 public:
  explicit LibavDecoder(DecoderLimits limits) : limits_(limits), budget_(limits.max_side_px) {}

  base::Status open(const TrackParameters& parameters) {
    codec_ = parameters.codec;
    parameters_ = parameters;
    hardware_ = limits_.hardware;
    for (const base::Bytes& sps : parameters.sps) {
      if (is_too_large(codec_, sps, limits_.max_side_px)) return too_large();
    }
    return open_codec();
  }

  base::Status open_codec() {
    const AVCodecID id = codec_ == Codec::kH265 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264;
    const AVCodec* codec = avcodec_find_decoder(id);
    if (codec == nullptr) return base::internal_error("libav has no decoder for this codec");
    context_.reset(avcodec_alloc_context3(codec));
    packet_.reset(av_packet_alloc());
    if (!context_ || !packet_) return base::no_space("no memory for a decoder");
    apply_caps(*context_, limits_.max_side_px, &budget_);
    context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
    if (limits_.skip_loop_filter) context_->skip_loop_filter = AVDISCARD_ALL;
    if (hardware_ != nullptr) hardware_->attach(*context_);
    const base::Bytes sets = annex_b(parameters_);
    if (!sets.empty()) {
      context_->extradata = static_cast<std::uint8_t*>(av_mallocz(sets.size() + AV_INPUT_BUFFER_PADDING_SIZE));
      if (context_->extradata == nullptr) return base::no_space("no memory for parameter sets");
      std::memcpy(context_->extradata, sets.data(), sets.size());
      context_->extradata_size = static_cast<int>(sets.size());
    }
    // Broken parameter sets are told when opening; the stream may still bring good ones in band, so try without.
    if (avcodec_open2(context_.get(), codec, nullptr) < 0) return base::data_loss("parameter sets are not understood");
    return {};
  }

  base::Status decode(base::ByteSpan payload, std::int64_t time_us, std::vector<Picture>& out) override {
    if (!given_up_.ok()) return given_up_;
    return account(feed_guarded(payload, time_us, false, out));
  }

  base::Status decode_alone(base::ByteSpan payload, std::int64_t time_us, std::vector<Picture>& out) override {
    if (!given_up_.ok()) return given_up_;
    reset();
    const base::Status status = account(feed_guarded(payload, time_us, true, out));
    reset();
    return status;
  }

  void reset() override { avcodec_flush_buffers(context_.get()); }
  bool in_hardware() const override { return in_hardware_; }

 private:
  /// With a graphics device: says when its driver's code may run, and leaves it for good after trouble.
  base::Status feed_guarded(base::ByteSpan payload, std::int64_t time_us, bool drain, std::vector<Picture>& out) {
    if (hardware_ == nullptr) return feed(payload, time_us, drain, out);
    hardware_->in_hand(true);
    const base::Status status = feed(payload, time_us, drain, out);
    hardware_->in_hand(false);
    hardware_errors_ = status.ok() ? 0 : hardware_errors_ + 1;
    if (hardware_errors_ < kHardwareErrors) return status;
    base::log::warning("media", "a stream does not decode in hardware ({}); software goes on", status.message());
    hardware_ = nullptr;
    in_hardware_ = false;
    errors_in_a_row_ = 0;
    VG_TRY(open_codec());
    return status;
  }

  /// A picture in the graphics processor's memory is fetched; others are as they are.
  base::Status fetch(FramePtr& frame) {
    const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
    in_hardware_ = format != nullptr && (format->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0;
    if (!in_hardware_) return {};
    FramePtr fetched(av_frame_alloc());
    if (!fetched) return base::no_space("no memory for a picture");
    int code = av_hwframe_transfer_data(fetched.get(), frame.get(), 0);
    if (code >= 0) code = av_frame_copy_props(fetched.get(), frame.get());
    if (code < 0) return from_libav(code, "fetch a picture from the graphics processor");
    frame = std::move(fetched);
    return {};
  }

  base::Status feed(base::ByteSpan payload, std::int64_t time_us, bool drain, std::vector<Picture>& out) {
    if (payload.empty() || payload.size() > kMaxUnitBytes) return base::data_loss("access unit of an impossible size");
    av_packet_unref(packet_.get());
    if (av_new_packet(packet_.get(), static_cast<int>(payload.size())) < 0) return base::no_space("no memory");
    std::memcpy(packet_->data, payload.data(), payload.size());
    VG_TRY(lengths_to_start_codes(packet_->data, payload.size()));
    packet_->pts = time_us;
    const int sent = avcodec_send_packet(context_.get(), packet_.get());
    if (sent >= 0 && drain) avcodec_send_packet(context_.get(), nullptr);
    const std::size_t before = out.size();
    VG_TRY(take_pictures(time_us, out));
    if (sent < 0 && holds_too_large(codec_, payload, limits_.max_side_px)) budget_.refuse();
    if (sent < 0) return from_libav(sent, "decode");
    if (drain && out.size() == before) return base::data_loss("key picture did not decode");
    return {};
  }

  base::Status take_pictures(std::int64_t time_us, std::vector<Picture>& out) {
    for (;;) {
      FramePtr frame(av_frame_alloc());
      if (!frame) return base::no_space("no memory for a picture");
      const int got = avcodec_receive_frame(context_.get(), frame.get());
      if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
      if (got < 0) return from_libav(got, "decode");
      VG_TRY(fetch(frame));
      const std::int64_t picture_us = frame->pts == AV_NOPTS_VALUE ? time_us : frame->pts;
      VG_ASSIGN(Picture picture, make_picture(std::move(frame), picture_us));
      out.push_back(std::move(picture));
    }
  }

  base::Status too_large() const {
    return base::out_of_range("the picture is larger than " + std::to_string(limits_.max_side_px) +
                              " pixels a side, or needs too many reference pictures");
  }

  base::Status account(base::Status status) {
    if (budget_.refused()) {
      given_up_ = too_large();
      return given_up_;
    }
    errors_in_a_row_ = status.ok() ? 0 : errors_in_a_row_ + 1;
    if (errors_in_a_row_ >= limits_.max_errors_in_a_row) {
      given_up_ = base::unavailable("the last " + std::to_string(errors_in_a_row_) + " pictures did not decode (" +
                                    status.message() + ")");
      return given_up_;
    }
    return status;
  }

  DecoderLimits limits_;
  Codec codec_ = Codec::kNone;
  TrackParameters parameters_;
  HardwareDecode* hardware_ = nullptr;
  bool in_hardware_ = false;
  int hardware_errors_ = 0;  ///< in a row
  PictureBudget budget_;
  CodecContextPtr context_;
  PacketPtr packet_;
  int errors_in_a_row_ = 0;
  base::Status given_up_;
};

}  // namespace

base::Result<std::unique_ptr<Decoder>> Decoder::create(const TrackParameters& parameters, DecoderLimits limits) {
  if (!is_video(parameters.codec)) return base::invalid_argument("not a video track");
  auto decoder = std::make_unique<LibavDecoder>(limits);
  VG_TRY(decoder->open(parameters));
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace vonggac::media::av
