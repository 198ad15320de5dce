// Feeds a TrackReceiver of each codec with packets cut from the input, and checks what it promises about its outputs.
// Input: one byte that chooses codec and transport, then records of a control byte, a length byte and payload.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "ingest/track_receiver.h"

namespace {
using namespace vonggac;

constexpr std::size_t kMaxUnitBytes = 16'384;
constexpr std::size_t kMostRecords = 4'096;

enum Control : std::uint8_t {
  kMarker = 0x01,
  kNextPicture = 0x02,
  kLosePacket = 0x04,
  kSameSequence = 0x08,
  kRawPacket = 0x10,
  kTimestampJump = 0x20,
  kTick = 0x40,
  kForeignSource = 0x80,
};

void require(bool holds) {
  if (!holds) std::abort();
}

ingest::TrackDescription describe(std::uint8_t choice) {
  ingest::TrackDescription track;
  static constexpr std::array<media::Codec, 6> kCodecs = {media::Codec::kH264, media::Codec::kH265,
                                                          media::Codec::kAac,  media::Codec::kG711A,
                                                          media::Codec::kH265, media::Codec::kAac};
  const std::size_t which = choice % kCodecs.size();
  track.codec = kCodecs[which];
  track.kind = media::is_video(track.codec) ? media::TrackKind::kVideo : media::TrackKind::kAudio;
  if (track.kind == media::TrackKind::kAudio) track.clock_rate_hz = 16'000;
  if (which == 2) track.fmtp = {{"mode", "AAC-hbr"}, {"sizelength", "13"}, {"indexlength", "3"}, {"config", "1408"}};
  if (which == 4) track.fmtp = {{"sprop-max-don-diff", "1"}};
  if (which == 5) track.fmtp = {{"cpresent", "0"}, {"config", "400026203FC0"}};
  return track;
}

class Checker {
 public:
  explicit Checker(media::TrackKind kind) : kind_(kind) {}

  void check(const std::vector<ingest::TrackOutput>& outputs, base::MonoTime now) {
    for (const ingest::TrackOutput& output : outputs) {
      require(output.parameters.has_value() != output.unit.has_value());
      if (output.parameters) {
        parameters_seen_ = true;
        if (kind_ == media::TrackKind::kVideo)
          require(!output.parameters->sps.empty() && !output.parameters->pps.empty());
      } else {
        check(*output.unit, now);
      }
    }
  }
  std::uint64_t units() const { return units_; }

 private:
  void check(const media::AccessUnit& unit, base::MonoTime now) {
    ++units_;
    require(parameters_seen_);
    require(unit.payload && !unit.payload->empty() && unit.payload->size() <= kMaxUnitBytes);
    require(unit.capture <= now);
    // Rising but for reordered pictures: those are at most a second back and never twice the same.
    if (units_ > 1) require(unit.pts.ticks_90k != last_pts_ && unit.pts.ticks_90k > highest_pts_ - 100'000);
    last_pts_ = unit.pts.ticks_90k;
    highest_pts_ = units_ == 1 ? last_pts_ : std::max(highest_pts_, last_pts_);
    if (kind_ != media::TrackKind::kVideo) return;
    base::ByteReader reader(*unit.payload);
    while (!reader.at_end()) {
      const base::ByteSpan nal = reader.take(reader.u32());
      require(!reader.failed() && !nal.empty());
    }
  }

  media::TrackKind kind_;
  bool parameters_seen_ = false;
  std::uint64_t units_ = 0;
  std::int64_t last_pts_ = 0;
  std::int64_t highest_pts_ = 0;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader input(base::ByteSpan(data, size));
  const std::uint8_t choice = input.u8();
  const ingest::TrackDescription track = describe(choice & 0x7FU);
  ingest::ReceiverLimits limits;
  limits.max_unit_bytes = kMaxUnitBytes;
  limits.ordered_transport = (choice & 0x80U) == 0;
  auto receiver = std::move(ingest::TrackReceiver::create(track, limits)).value();

  Checker checker(track.kind);
  std::vector<ingest::TrackOutput> outputs;
  base::MonoTime now{1'000'000'000};
  std::uint16_t sequence = 65'500;
  std::uint32_t timestamp = 0xFFFF'0000;
  base::Bytes packet;
  for (std::size_t record = 0; record < kMostRecords && !input.at_end(); ++record) {
    const std::uint8_t control = input.u8();
    if ((control & kNextPicture) != 0) {
      timestamp += 3'600;
      now.us += 40'000;
    }
    if ((control & kTimestampJump) != 0) timestamp += input.u32();
    if ((control & kLosePacket) != 0) ++sequence;
    const base::ByteSpan payload = input.take(std::min<std::size_t>(input.u8(), input.remaining()));
    packet.clear();
    base::ByteWriter writer(packet);
    if ((control & kRawPacket) == 0) {
      writer.u8(0x80);
      writer.u8(static_cast<std::uint8_t>(((control & kMarker) != 0 ? 0x80U : 0U) | track.payload_type));
      writer.u16(sequence);
      writer.u32(timestamp);
      writer.u32((control & kForeignSource) != 0 ? 0xBAD : 0x600D);
      if ((control & kSameSequence) == 0) ++sequence;
    }
    writer.raw(payload);
    receiver->on_rtp(packet, now);
    if ((control & kTick) != 0) {
      now.us += 300'000;
      receiver->on_tick(now);
      base::Bytes report;
      receiver->receiver_report(now, report);
      require(report.empty() || report.size() == 52);
    }
    receiver->take_outputs(outputs);
    checker.check(outputs, now);
    outputs.clear();
  }
  now.us += 5'000'000;
  receiver->on_tick(now);
  receiver->take_outputs(outputs);
  checker.check(outputs, now);
  require(receiver->stats().units == checker.units());
  require(receiver->stats().damaged_units <= checker.units());
  return 0;
}
