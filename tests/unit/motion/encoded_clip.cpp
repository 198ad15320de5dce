#include "unit/motion/encoded_clip.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

#include <cstring>

#include "base/bytes.h"

namespace vonggac::test {
namespace {

using Nals = std::vector<base::Bytes>;

Nals split(base::ByteSpan annex_b) {
  Nals nals;
  std::size_t start = 0, at = 0;
  bool inside = false;
  const auto close = [&](std::size_t end) {
    while (end > start && annex_b[end - 1] == 0) --end;
    if (inside && end > start)
      nals.emplace_back(annex_b.begin() + static_cast<std::ptrdiff_t>(start),
                        annex_b.begin() + static_cast<std::ptrdiff_t>(end));
  };
  while (at + 3 <= annex_b.size()) {
    if (annex_b[at] == 0 && annex_b[at + 1] == 0 && annex_b[at + 2] == 1) {
      close(at);
      start = at += 3;
      inside = true;
    } else {
      ++at;
    }
  }
  close(annex_b.size());
  return nals;
}

void sort_parameter_sets(const Nals& nals, media::TrackParameters& parameters) {
  for (const base::Bytes& nal : nals) {
    if (parameters.codec == media::Codec::kH265) {
      const int type = nal[0] >> 1 & 63;
      if (type == 32) parameters.vps.push_back(nal);
      if (type == 33) parameters.sps.push_back(nal);
      if (type == 34) parameters.pps.push_back(nal);
    } else {
      if ((nal[0] & 31) == 7) parameters.sps.push_back(nal);
      if ((nal[0] & 31) == 8) parameters.pps.push_back(nal);
    }
  }
}

media::AccessUnit unit_of(const AVPacket& packet, int fps) {
  auto payload = std::make_shared<base::Bytes>();
  base::ByteWriter writer(*payload);
  for (const base::Bytes& nal : split({packet.data, static_cast<std::size_t>(packet.size)})) {
    writer.u32(static_cast<std::uint32_t>(nal.size()));
    writer.raw(nal);
  }
  media::AccessUnit unit;
  unit.key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  unit.capture.us = packet.pts * 1'000'000 / fps;
  unit.pts.ticks_90k = packet.pts * 90'000 / fps;
  unit.payload = std::move(payload);
  return unit;
}

AVCodecContext* open_encoder(const ClipShape& shape) {
  const bool h265 = shape.codec == media::Codec::kH265;
  const AVCodec* codec = avcodec_find_encoder_by_name(h265 ? "libx265" : "libx264");
  if (codec == nullptr) return nullptr;
  AVCodecContext* context = avcodec_alloc_context3(codec);
  context->width = shape.width;
  context->height = shape.height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = {1, shape.fps};
  context->gop_size = shape.gop;
  context->max_b_frames = 0;
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(context->priv_data, "preset", "ultrafast", 0);
  av_opt_set(context->priv_data, "tune", "zerolatency", 0);
  av_opt_set(context->priv_data, "crf", "26", 0);
  if (h265) av_opt_set(context->priv_data, "x265-params", "log-level=none:pools=1:scenecut=0:open-gop=0", 0);
  if (!h265) av_opt_set(context->priv_data, "x264-params", "scenecut=0", 0);
  if (avcodec_open2(context, codec, nullptr) < 0) avcodec_free_context(&context);
  return context;
}

void draw(AVFrame& frame, const Painting& painting) {
  av_frame_make_writable(&frame);
  for (int y = 0; y < painting.height; ++y) {
    std::memcpy(frame.data[0] + y * frame.linesize[0], painting.pixels.data() + y * painting.width,
                static_cast<std::size_t>(painting.width));
  }
  for (int plane = 1; plane < 3; ++plane) {
    for (int y = 0; y < (painting.height + 1) / 2; ++y) {
      std::memset(frame.data[plane] + y * frame.linesize[plane], 128, static_cast<std::size_t>(painting.width + 1) / 2);
    }
  }
}

}  // namespace

EncodedClip encode_clip(const ClipShape& shape, int pictures, const std::function<Painting(int)>& paint) {
  EncodedClip clip;
  clip.parameters.codec = shape.codec;
  av_log_set_level(AV_LOG_QUIET);
  AVCodecContext* context = open_encoder(shape);
  if (context == nullptr) return clip;
  const base::ByteSpan header(context->extradata, static_cast<std::size_t>(context->extradata_size));
  clip.annex_b.assign(header.begin(), header.end());
  sort_parameter_sets(split(header), clip.parameters);
  AVFrame* frame = av_frame_alloc();
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = shape.width;
  frame->height = shape.height;
  av_frame_get_buffer(frame, 0);
  AVPacket* packet = av_packet_alloc();
  for (int i = 0; i <= pictures; ++i) {
    if (i < pictures) draw(*frame, paint(i));
    frame->pts = i;
    avcodec_send_frame(context, i < pictures ? frame : nullptr);
    while (avcodec_receive_packet(context, packet) >= 0) {
      clip.annex_b.insert(clip.annex_b.end(), packet->data, packet->data + packet->size);
      clip.units.push_back(unit_of(*packet, shape.fps));
      av_packet_unref(packet);
    }
  }
  av_packet_free(&packet);
  av_frame_free(&frame);
  avcodec_free_context(&context);
  return clip;
}

}  // namespace vonggac::test
