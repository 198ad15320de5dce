#include "camsim/clip.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <utility>

#include "camsim/decoder_config.h"

namespace vonggac::camsim {
namespace {

constexpr AVRational kTick90k{1, 90'000};
constexpr std::size_t kG711FramesPerSecond = 50;

struct FormatCloser {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct PacketFreer {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using FormatPointer = std::unique_ptr<AVFormatContext, FormatCloser>;

std::string av_text(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return text;
}

base::Result<FormatPointer> open_file(const std::string& path) {
  AVFormatContext* raw = nullptr;
  if (const int error = avformat_open_input(&raw, path.c_str(), nullptr, nullptr); error < 0) {
    const auto kind = error == AVERROR(ENOENT) ? base::ErrorKind::kNotFound : base::ErrorKind::kDataLoss;
    return base::Status(kind, "open " + path + ": " + av_text(error));
  }
  FormatPointer context(raw);
  if (const int error = avformat_find_stream_info(raw, nullptr); error < 0) {
    return base::Status(base::ErrorKind::kDataLoss, "read " + path + ": " + av_text(error));
  }
  return context;
}

const AVStream* best_stream(const AVFormatContext& context, AVMediaType type) {
  const int index = av_find_best_stream(const_cast<AVFormatContext*>(&context), type, -1, -1, nullptr, 0);
  return index < 0 ? nullptr : context.streams[index];
}

base::Result<std::size_t> describe_video(const AVStream& stream, VideoTrack& track) {
  const AVCodecParameters& par = *stream.codecpar;
  const base::ByteSpan config(par.extradata, static_cast<std::size_t>(std::max(par.extradata_size, 0)));
  if (par.codec_id == AV_CODEC_ID_H264) {
    track.codec = media::Codec::kH264;
  } else if (par.codec_id == AV_CODEC_ID_HEVC) {
    track.codec = media::Codec::kH265;
  } else {
    return base::invalid_argument("the video is neither H.264 nor H.265");
  }
  track.width = static_cast<std::uint32_t>(par.width);
  track.height = static_cast<std::uint32_t>(par.height);
  track.frame_rate = av_q2d(stream.avg_frame_rate);
  return track.codec == media::Codec::kH264 ? read_avc_config(config, track.sets)
                                            : read_hevc_config(config, track.sets);
}

void describe_audio(const AVStream* stream, AudioTrack& track) {
  if (stream == nullptr) return;
  const AVCodecParameters& par = *stream->codecpar;
  switch (par.codec_id) {
    case AV_CODEC_ID_AAC:
      track.codec = media::Codec::kAac;
      break;
    case AV_CODEC_ID_PCM_MULAW:
      track.codec = media::Codec::kG711Mu;
      break;
    case AV_CODEC_ID_PCM_ALAW:
      track.codec = media::Codec::kG711A;
      break;
    default:
      return;
  }
  track.sample_rate_hz = static_cast<std::uint32_t>(par.sample_rate);
  track.channels = static_cast<std::uint8_t>(par.ch_layout.nb_channels);
  if (track.codec == media::Codec::kAac) {
    track.config.assign(par.extradata, par.extradata + std::max(par.extradata_size, 0));
    track.samples_per_frame = par.frame_size > 0 ? static_cast<std::uint32_t>(par.frame_size) : 1024;
  } else {
    track.samples_per_frame = static_cast<std::uint32_t>(track.sample_rate_hz / kG711FramesPerSecond);
  }
}

/// What the reading loop collects; finish() turns it into a clip.
struct Loader {
  std::shared_ptr<Clip> clip = std::make_shared<Clip>();
  std::size_t length_bytes = 4;
  base::Bytes g711;
  std::int64_t last_duration_90k = 0;

  void add_video(const AVPacket& packet, AVRational time_base) {
    VideoTrack& track = clip->video;
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    if (track.frames.empty() && !key) return;  // the loop must begin with a key frame
    base::Bytes& bytes = clip->storage.emplace_back(packet.data, packet.data + packet.size);
    VideoFrame frame;
    frame.dts_90k = av_rescale_q(packet.dts, time_base, kTick90k);
    frame.pts_90k = av_rescale_q(packet.pts == AV_NOPTS_VALUE ? packet.dts : packet.pts, time_base, kTick90k);
    frame.key = key;
    frame.nals = split_length_prefixed(bytes, length_bytes);
    last_duration_90k = av_rescale_q(packet.duration, time_base, kTick90k);
    if (!frame.nals.empty()) track.frames.push_back(std::move(frame));
  }

  void add_audio(const AVPacket& packet) {
    if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0) return;
    if (clip->audio.codec == media::Codec::kAac) {
      clip->audio.frames.emplace_back(packet.data, packet.data + packet.size);
    } else {
      g711.insert(g711.end(), packet.data, packet.data + packet.size);
    }
  }

  base::Result<std::shared_ptr<const Clip>> finish(const std::string& path) {
    VideoTrack& track = clip->video;
    if (track.frames.size() < 2) return base::invalid_argument(path + " holds no key frame followed by others");
    const std::int64_t origin = track.frames.front().dts_90k;
    for (VideoFrame& frame : track.frames) {
      frame.dts_90k -= origin;
      frame.pts_90k -= origin;
      track.reorder_90k = std::max(track.reorder_90k, frame.pts_90k - frame.dts_90k);
    }
    const std::int64_t last_dts = track.frames.back().dts_90k;
    const auto frame_count = static_cast<std::int64_t>(track.frames.size());
    track.duration_90k = last_dts + (last_duration_90k > 0 ? last_duration_90k : last_dts / (frame_count - 1));
    if (track.duration_90k <= 0) return base::invalid_argument(path + ": time stands still");
    const std::size_t step = static_cast<std::size_t>(clip->audio.samples_per_frame) * clip->audio.channels;
    for (std::size_t at = 0; step > 0 && at + step <= g711.size(); at += step) {
      const auto from = g711.begin() + static_cast<std::ptrdiff_t>(at);
      clip->audio.frames.emplace_back(from, from + static_cast<std::ptrdiff_t>(step));
    }
    return std::shared_ptr<const Clip>(std::move(clip));
  }
};

}  // namespace

std::vector<base::ByteSpan> split_length_prefixed(base::ByteSpan data, std::size_t length_bytes) {
  std::vector<base::ByteSpan> nals;
  base::ByteReader reader(data);
  while (reader.remaining() > length_bytes) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) size = (size << 8) | reader.u8();
    const base::ByteSpan nal = reader.take(size);
    if (reader.failed()) break;
    if (!nal.empty()) nals.push_back(nal);
  }
  return nals;
}

bool is_vcl(base::ByteSpan nal, media::Codec codec) {
  if (codec == media::Codec::kH265) return ((nal[0] >> 1) & 0x3f) < 32;
  const int type = nal[0] & 0x1f;
  return type >= 1 && type <= 5;
}

bool is_parameter_set(base::ByteSpan nal, media::Codec codec) {
  if (codec == media::Codec::kH265) {
    const int type = (nal[0] >> 1) & 0x3f;
    return type >= 32 && type <= 34;
  }
  const int type = nal[0] & 0x1f;
  return type == 7 || type == 8;
}

bool is_access_unit_delimiter(base::ByteSpan nal, media::Codec codec) {
  return codec == media::Codec::kH265 ? ((nal[0] >> 1) & 0x3f) == 35 : (nal[0] & 0x1f) == 9;
}

base::Result<std::shared_ptr<const Clip>> load_clip(const std::string& path) {
  VG_ASSIGN(const FormatPointer context, open_file(path));
  const AVStream* video = best_stream(*context, AVMEDIA_TYPE_VIDEO);
  const AVStream* audio = best_stream(*context, AVMEDIA_TYPE_AUDIO);
  if (video == nullptr) return base::invalid_argument(path + " holds no video");
  Loader loader;
  auto length_bytes = describe_video(*video, loader.clip->video);
  if (!length_bytes.ok()) {
    return base::Status(length_bytes.error().kind(), path + ": " + length_bytes.error().message());
  }
  loader.length_bytes = *length_bytes;
  describe_audio(audio, loader.clip->audio);
  const std::unique_ptr<AVPacket, PacketFreer> packet(av_packet_alloc());
  while (av_read_frame(context.get(), packet.get()) >= 0) {
    if (packet->stream_index == video->index) {
      loader.add_video(*packet, video->time_base);
    } else if (audio != nullptr && packet->stream_index == audio->index) {
      loader.add_audio(*packet);
    }
    av_packet_unref(packet.get());
  }
  return loader.finish(path);
}

}  // namespace vonggac::camsim
