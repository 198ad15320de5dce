#include "media/av/decoder.h"

#include <cstring>

#include "media/av/libav_types.h"
#include "media/av/picture_budget.h"

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

/// The picture size a unit (or the parameter sets) announces; only asked when decoding failed, to tell "too large"
/// from "broken". libav's decoder refuses the size itself before it allocates anything, but does not say so.
bool announces_too_large(AVCodecContext& context, base::ByteSpan annex_b_unit, int max_side_px) {
  AVCodecParserContext* parser = av_parser_init(static_cast<int>(context.codec_id));
  if (parser == nullptr) return false;
  parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  std::uint8_t* unit = nullptr;
  int unit_bytes = 0;
  av_parser_parse2(parser, &context, &unit, &unit_bytes, annex_b_unit.data(), static_cast<int>(annex_b_unit.size()),
                   AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
  const bool too_large = parser->coded_width > max_side_px || parser->coded_height > max_side_px;
  av_parser_close(parser);
  return too_large;
}

class LibavDecoder final : public Decoder {
 public:
  explicit LibavDecoder(DecoderLimits limits) : limits_(limits), budget_(limits.max_side_px) {}

  base::Status open(const TrackParameters& parameters) {
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
    if (sent < 0 && announces_too_large(*context_, {packet_->data, payload.size()}, limits_.max_side_px))
      budget_.refuse();
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

  base::Status account(base::Status status) {
    if (budget_.refused()) {
      given_up_ = base::out_of_range("the picture is larger than " + std::to_string(limits_.max_side_px) +
                                     " pixels a side, or needs too many reference pictures");
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
