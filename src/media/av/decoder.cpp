#include "media/av/decoder.h"

#include <cstring>

#include "media/av/libav_types.h"
#include "media/av/picture_budget.h"
#include "media/h264_parameters.h"
#include "media/h265_parameters.h"
#include "media/nal_units.h"

namespace vonggac::media::av {
namespace {

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
    for (const base::Bytes& sps : parameters.sps) {
      if (is_too_large(codec_, sps, limits_.max_side_px)) return too_large();
    }
    const AVCodecID id = parameters.codec == Codec::kH265 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264;
    const AVCodec* codec = avcodec_find_decoder(id);
    if (codec == nullptr) return base::internal_error("libav has no decoder for this codec");
    context_.reset(avcodec_alloc_context3(codec));
    packet_.reset(av_packet_alloc());
    if (!context_ || !packet_) return base::no_space("no memory for a decoder");
    apply_caps(*context_, limits_.max_side_px, &budget_);
    context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
    if (limits_.skip_loop_filter) context_->skip_loop_filter = AVDISCARD_ALL;
    const base::Bytes sets = annex_b(parameters);
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
    return account(feed(payload, time_us, false, out));
  }

  base::Status decode_alone(base::ByteSpan payload, std::int64_t time_us, std::vector<Picture>& out) override {
    if (!given_up_.ok()) return given_up_;
    reset();
    const base::Status status = account(feed(payload, time_us, true, out));
    reset();
    return status;
  }

  void reset() override { avcodec_flush_buffers(context_.get()); }

 private:
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
