#include "camsim/video_feed.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "camsim/frame_counter.h"
#include "camsim/parameter_sets.h"

namespace vonggac::camsim {
namespace {

constexpr std::size_t kMaxFillerBytes = 8 * 1024 * 1024;
constexpr std::array<std::uint8_t, 4> kStartCode = {0, 0, 0, 1};
constexpr std::array<std::uint8_t, 2> kH264Delimiter = {9, 0xf0};
constexpr std::array<std::uint8_t, 3> kH265Delimiter = {35 << 1, 1, 0x50};

}  // namespace

VideoFeed::VideoFeed(Reactor& reactor, const Faults& faults, std::shared_ptr<const Clip> clip,
                     std::size_t max_payload_bytes)
    : Feed(reactor),
      faults_(faults),
      clip_(std::move(clip)),
      max_payload_bytes_(max_payload_bytes),
      timeline_(clip_->video, 0) {
  adopt(clip_);
}

void VideoFeed::adopt(std::shared_ptr<const Clip> clip) {
  clip_ = std::move(clip);
  respelled_sps_.clear();
  for (const base::Bytes& sps : clip_->video.sets.sps) {
    respelled_sps_.push_back(respelled_sps(sps, clip_->video.codec));
  }
}

void VideoFeed::start(std::int64_t start_us, std::int64_t offset_90k) {
  timeline_ = LoopTimeline(clip_->video, 0);
  timeline_.seek(offset_90k);
  axis_ = PaceAxis(offset_90k, start_us);
  axis_.change(offset_90k, speed_, scale_);
  start_us_ = start_us;
  start_offset_us_ = base::us_from_90k(offset_90k);
  reschedule();
}

void VideoFeed::switch_clip(std::shared_ptr<const Clip> clip) {
  catch_up();
  const std::int64_t base_90k = timeline_.current().dts_90k;
  adopt(std::move(clip));
  timeline_ = LoopTimeline(clip_->video, base_90k);
  reschedule();
}

void VideoFeed::faults_changed() {
  const double speed = faults_.flood_fps * faults_.slow_factor;
  const double scale = (1 + faults_.drift_ppm * 1e-6) / faults_.flood_fps;
  if (speed == speed_ && scale == scale_) return;
  speed_ = speed;
  scale_ = scale;
  axis_.change(timeline_.current().dts_90k, speed, scale);
  reschedule();
}

std::int64_t VideoFeed::loop_position_us(std::int64_t mono_us) const {
  const std::int64_t played_us = mono_us - start_us_ + start_offset_us_;
  const std::int64_t round_us = base::us_from_90k(clip_->video.duration_90k);
  return std::max<std::int64_t>(played_us, 0) % round_us;
}

std::int64_t VideoFeed::first_timestamp(bool from_key) const {
  return axis_.timestamp(from_key ? timeline_.next_key().pts_90k : timeline_.current().pts_90k);
}

std::int64_t VideoFeed::next_due_us() const {
  // Pictures that are shown before ones sent earlier wait at the sender, so capture never lies after sending.
  return axis_.mono_us(timeline_.current().dts_90k + clip_->video.reorder_90k);
}

bool VideoFeed::drops_key_frames() {
  switch (faults_.gop) {
    case GopMode::kNormal:
      return false;
    case GopMode::kNoKeyFrames:
      return reactor().now_us() < faults_.gop_until_us;
    case GopMode::kEndless:
      return !anyone_waits_for_key();
  }
  return false;
}

std::int64_t VideoFeed::make_timestamp(std::int64_t pts_90k) {
  std::int64_t timestamp = axis_.timestamp(pts_90k);
  if (faults_.equal_timestamps && counter_ % 2 == 1) timestamp = last_timestamp_;
  if (step_back_90k_ != 0) timestamp = last_timestamp_ - step_back_90k_;
  step_back_90k_ = 0;
  last_timestamp_ = timestamp;
  return timestamp;
}

void VideoFeed::emit_next() {
  const LoopTimeline::Position position = timeline_.current();
  timeline_.advance();
  const bool key = position.frame->key;
  if (faults_.mute != MuteMode::kOff) {
    if (faults_.mute == MuteMode::kSilent) return;
    wire_.clear();
    if (faults_.mute == MuteMode::kEmptyPackets) {
      const PacketFormat format = packet_format();
      wire_.begin_packet(format);
      wire_.end_packet(format, true);
    }
    deliver(wire_, {axis_.mono_us(position.pts_90k), axis_.timestamp(position.pts_90k), key});
    return;
  }
  if (key && drops_key_frames()) return;
  const UnitTiming timing{axis_.mono_us(position.pts_90k), make_timestamp(position.pts_90k), key};
  const std::uint64_t counter = counter_++;
  if (key) respelled_turn_ = !respelled_turn_;
  if (listeners() == 0) return;
  const base::Bytes counter_nal = make_frame_counter_nal({counter, reactor().wall_us()}, clip_->video.codec);
  assemble(*position.frame, counter_nal);
  wire_.clear();
  packetise_video(clip_->video.codec, nals_, packet_format(), wire_);
  deliver(wire_, timing);
}

void VideoFeed::add_parameter_sets() {
  const ParameterSets& sets = clip_->video.sets;
  nals_.insert(nals_.end(), sets.vps.begin(), sets.vps.end());
  const std::vector<base::Bytes>& sps = faults_.flip_sps && respelled_turn_ ? respelled_sps_ : sets.sps;
  nals_.insert(nals_.end(), sps.begin(), sps.end());
  nals_.insert(nals_.end(), sets.pps.begin(), sets.pps.end());
}

void VideoFeed::assemble(const VideoFrame& frame, base::ByteSpan counter_nal) {
  const media::Codec codec = clip_->video.codec;
  nals_.clear();
  if (has(faults_.quirks, Quirk::kAccessUnitDelimiter)) {
    nals_.push_back(codec == media::Codec::kH265 ? base::ByteSpan(kH265Delimiter) : base::ByteSpan(kH264Delimiter));
  }
  const bool sets_in_band = faults_.sprop != SpropMode::kSdpOnly;
  if (frame.key && sets_in_band) add_parameter_sets();
  bool counted = false;
  std::size_t unit_bytes = 0;
  for (const base::ByteSpan nal : frame.nals) {
    if (is_access_unit_delimiter(nal, codec)) continue;
    if (is_parameter_set(nal, codec) && (frame.key || !sets_in_band)) continue;
    if (!counted && is_vcl(nal, codec)) {
      nals_.push_back(counter_nal);
      counted = true;
    }
    nals_.push_back(nal);
    unit_bytes += nal.size();
  }
  if (faults_.flood_bits > 1) add_filler(unit_bytes);
  if (frame.key && has(faults_.quirks, Quirk::kAnnexB)) join_with_start_codes();
}

/// Filler data NAL unit: H.264 7.3.2.7, H.265 7.3.2.8.
void VideoFeed::add_filler(std::size_t unit_bytes) {
  const std::size_t wanted = unit_bytes * static_cast<std::size_t>(faults_.flood_bits - 1);
  filler_.assign(std::min(wanted, kMaxFillerBytes) + 4, 0xff);
  if (clip_->video.codec == media::Codec::kH265) {
    filler_[0] = 38 << 1;
    filler_[1] = 1;
  } else {
    filler_[0] = 12;
  }
  filler_.back() = 0x80;
  nals_.push_back(filler_);
}

void VideoFeed::join_with_start_codes() {
  joined_.clear();
  for (const base::ByteSpan nal : nals_) {
    if (!joined_.empty()) joined_.insert(joined_.end(), kStartCode.begin(), kStartCode.end());
    joined_.insert(joined_.end(), nal.begin(), nal.end());
  }
  nals_.assign(1, joined_);
}

PacketFormat VideoFeed::packet_format() const {
  PacketFormat format;
  format.payload_type = kVideoPayloadType;
  format.max_payload_bytes = max_payload_bytes_;
  format.aggregate = has(faults_.quirks, Quirk::kAggregate);
  format.fu_reserved_bit = has(faults_.quirks, Quirk::kFuReservedBit);
  format.extension = has(faults_.quirks, Quirk::kRtpExtension);
  format.padding = has(faults_.quirks, Quirk::kRtpPadding);
  format.no_marker = has(faults_.quirks, Quirk::kNoMarker);
  return format;
}

}  // namespace vonggac::camsim
