#include "ingest/unit_assembler.h"

#include <algorithm>

#include "ingest/annex_b.h"
#include "ingest/buffer_pool.h"
#include "ingest/nal_types.h"

namespace vonggac::ingest {
namespace {
constexpr int kConfirmations = 2;
constexpr std::size_t kPrefixBytes = 4;
constexpr std::size_t kKeptScratchBytes = std::size_t{256} << 10;
/// A slice that continues a picture may differ from it by this much; seen is 1 tick up to a few milliseconds.
constexpr std::uint32_t kSamePictureDivisor = 100;  // clock rate / 100 = 10 ms
/// Silence after which an open unit is handed over: a marked one waits only to see whether the marker lied.
constexpr base::Micros kMarkedSilence{250'000};
constexpr base::Micros kUnmarkedSilence{1'000'000};
}  // namespace

struct UnitAssembler::Traits {
  NalRole role = NalRole::kTrailing;
  bool key = false;
  bool begins_picture = false;
  bool parameter_set = false;
};

UnitAssembler::UnitAssembler(media::Codec codec, std::uint32_t clock_rate_hz, std::size_t max_unit_bytes)
    : codec_(codec),
      header_bytes_(codec == media::Codec::kH265 ? 2 : 1),
      max_unit_bytes_(max_unit_bytes),
      same_picture_ticks_(clock_rate_hz / kSamePictureDivisor),
      parameter_sets_(codec, clock_rate_hz) {}

UnitAssembler::Traits UnitAssembler::traits_of(base::ByteSpan header, std::uint8_t first_byte) const {
  Traits traits;
  if (codec_ == media::Codec::kH265) {
    const std::uint8_t type = h265_type(header[0]);
    traits.role = h265_role(type);
    traits.key = h265_is_key(type);
    traits.parameter_set = h265_is_parameter_set(type);
    // A slice of an enhancement layer (nuh_layer_id > 0) never begins an access unit.
    const bool base_layer = (header[0] & 1U) == 0 && (header[1] & 0xF8U) == 0;
    traits.begins_picture = base_layer && traits.role == NalRole::kSlice && h265_begins_picture(first_byte);
  } else {
    const std::uint8_t type = h264_type(header[0]);
    traits.role = h264_role(type);
    traits.key = h264_is_key(type);
    traits.parameter_set = h264_is_parameter_set(type);
    traits.begins_picture = h264_begins_picture(type, first_byte);
  }
  return traits;
}

void UnitAssembler::begin_packet(std::uint32_t timestamp, std::uint32_t lost_before, base::MonoTime arrival) {
  packet_timestamp_ = timestamp;
  packet_arrival_ = arrival;
  packet_follows_loss_ = lost_before > 0;
  if (!packet_follows_loss_) return;
  if (nal_open_) {
    end_nal(NalEnd::kTruncated);
  } else if (!open_.has_slice) {
    open_.loss_before = true;
  } else if (open_.timestamp != timestamp && open_.marked) {
    pending_loss_ = true;
  } else {
    open_.damaged = true;
  }
}

void UnitAssembler::end_packet(bool marker) {
  if (marker) {
    marker_seen_ = true;
    // A fragmented unit whose end bit never came, but nothing was lost: the marker ends it.
    if (nal_open_) end_nal(NalEnd::kWhole);
  }
  last_packet_ = packet_arrival_;
  packet_follows_loss_ = false;
  if (!open_.has_slice) return;
  open_.marked = marker;
  if (marker && marker_confirmations_ >= kConfirmations && !marker_lies_) {
    emitted_timestamp_ = open_.timestamp;
    finish_unit();
    emitted_early_ = true;
  }
}

bool UnitAssembler::begins_next_unit(const Traits& traits) const {
  if (!open_.has_slice || traits.role == NalRole::kTrailing) return false;
  if (traits.role == NalRole::kPrefix) {
    const bool may_go_on = traits.parameter_set && packet_timestamp_ == open_.timestamp && !open_.marked;
    return !may_go_on || packet_follows_loss_;
  }
  if (open_.tail != 0 && (traits.begins_picture || packet_timestamp_ != open_.timestamp)) return true;
  if (packet_timestamp_ == open_.timestamp) return traits.begins_picture && (open_.marked || !marker_seen_);
  if (traits.begins_picture || packet_follows_loss_ || open_.marked) return true;
  const std::uint32_t ahead = packet_timestamp_ - open_.timestamp;
  return std::min(ahead, 0U - ahead) > same_picture_ticks_;
}

/// Learns from what follows a marker whether it ended the picture.
void UnitAssembler::note_marker_use(const Traits& traits) {
  if (traits.role == NalRole::kTrailing) return;
  const bool goes_on = traits.role == NalRole::kSlice && !traits.begins_picture && !packet_follows_loss_;
  if (open_.has_slice) {
    if (!open_.marked) return;
    if (packet_timestamp_ != open_.timestamp) ++marker_confirmations_;
    if (packet_timestamp_ == open_.timestamp && goes_on) marker_lies_ = true;
  } else if (emitted_early_ && traits.role == NalRole::kSlice) {
    if (goes_on && packet_timestamp_ == emitted_timestamp_) {
      marker_lies_ = true;
      open_.damaged = true;  // the first part of this picture went out already
    }
    emitted_early_ = false;
  }
}

void UnitAssembler::begin_nal(base::ByteSpan header, std::uint8_t first_byte) {
  if (nal_open_) end_nal(NalEnd::kWhole);
  drop_full_prefix();
  const Traits traits = traits_of(header, first_byte);
  note_marker_use(traits);
  if (begins_next_unit(traits)) {
    finish_unit();
  } else if (open_.has_slice && traits.role != NalRole::kTrailing) {
    resolve_tail(traits);
  }
  if (!open_.has_slice) {
    open_.timestamp = packet_timestamp_;
    open_.arrival = packet_arrival_;
    if (traits.role == NalRole::kSlice && !traits.begins_picture) open_.damaged = true;
  }
  if (!open_.payload) open_.payload = BufferPool::of_this_thread().take(expected_bytes_);
  nal_open_ = true;
  nal_begin_ = open_.payload->size();
  nal_discarded_ = !room_for(kPrefixBytes + header.size());
  if (nal_discarded_) return;
  open_.payload->insert(open_.payload->end(), kPrefixBytes, 0);
  open_.payload->insert(open_.payload->end(), header.begin(), header.end());
}

/// A parameter set behind a slice waits; a slice that continues the picture proves that it stands within the picture.
void UnitAssembler::resolve_tail(const Traits& traits) {
  if (traits.role == NalRole::kPrefix && open_.tail == 0) open_.tail = open_.payload->size();
  if (traits.role != NalRole::kSlice || open_.tail == 0) return;
  const std::size_t from = open_.tail;
  open_.tail = 0;
  account_all(from);
}

/// Takes in the whole NAL units of the open unit's payload from here on.
void UnitAssembler::account_all(std::size_t from) {
  base::ByteSpan rest = base::ByteSpan(*open_.payload).subspan(from);
  while (rest.size() > kPrefixBytes) {
    const std::size_t size = base::ByteReader(rest).u32();
    if (size < header_bytes_ || size > rest.size() - kPrefixBytes) return;
    account(rest.subspan(kPrefixBytes, size));
    rest = rest.subspan(kPrefixBytes + size);
  }
}

/// A unit that is full and has no slice yet would never end: what it holds is no picture, and the next one needs room.
void UnitAssembler::drop_full_prefix() {
  if (!open_.oversized || open_.has_slice || nal_open_) return;
  open_ = Open{};
  open_.loss_before = true;
}

bool UnitAssembler::room_for(std::size_t bytes) {
  if (!open_.oversized && open_.payload->size() + bytes <= max_unit_bytes_) return true;
  if (!open_.oversized) ++oversized_units_;
  open_.oversized = true;
  open_.damaged = true;
  return false;
}

void UnitAssembler::append(base::ByteSpan bytes) {
  if (!nal_open_ || nal_discarded_ || !room_for(bytes.size())) return;
  open_.payload->insert(open_.payload->end(), bytes.begin(), bytes.end());
}

base::ByteSpan UnitAssembler::nal_bytes() const {
  return base::ByteSpan(*open_.payload).subspan(nal_begin_ + kPrefixBytes);
}

void UnitAssembler::end_nal(NalEnd end) {
  if (!nal_open_) return;
  nal_open_ = false;
  if (nal_discarded_) return;
  const base::ByteSpan nal = nal_bytes();
  const bool slice = traits_of(nal, 0).role == NalRole::kSlice;
  if (end == NalEnd::kTruncated || open_.oversized) {
    open_.damaged = true;
    if (!slice) {
      open_.payload->resize(nal_begin_);
      return;
    }
  }
  if (slice && nal.size() <= header_bytes_) {
    open_.payload->resize(nal_begin_);
    return;
  }
  if (find_start_code(nal, 0) < nal.size()) {
    split_start_codes();
    return;
  }
  base::ByteWriter(*open_.payload).patch_u32(nal_begin_, static_cast<std::uint32_t>(nal.size()));
  account(nal);
}

void UnitAssembler::whole_nal(base::ByteSpan nal) {
  nal = nal.subspan(leading_start_code(nal));
  if (nal.size() < header_bytes_) return;
  const base::ByteSpan rest = nal.subspan(header_bytes_);
  begin_nal(nal.first(header_bytes_), rest.empty() ? std::uint8_t{0} : rest[0]);
  append(rest);
  end_nal(NalEnd::kWhole);
}

/// The open NAL unit is really several with start codes between them: each gets a length of its own.
void UnitAssembler::split_start_codes() {
  const base::ByteSpan nal = nal_bytes();
  scratch_.assign(nal.begin(), nal.end());
  base::Bytes& payload = *open_.payload;
  payload.resize(nal_begin_);
  split_annex_b(scratch_, [this, &payload](base::ByteSpan piece) {
    const bool slice = piece.size() >= header_bytes_ && traits_of(piece, 0).role == NalRole::kSlice;
    if (piece.size() < header_bytes_ + (slice ? 1 : 0) || !room_for(kPrefixBytes + piece.size())) return;
    base::ByteWriter writer(payload);
    writer.u32(static_cast<std::uint32_t>(piece.size()));
    writer.raw(piece);
    account(piece);
  });
  if (scratch_.capacity() > kKeptScratchBytes) scratch_ = base::Bytes();
}

void UnitAssembler::account(base::ByteSpan nal) {
  const Traits traits = traits_of(nal, 0);
  if (traits.role == NalRole::kSlice) {
    open_.has_slice = true;
    open_.key = open_.key || traits.key;
  } else if (traits.role == NalRole::kPrefix && open_.tail == 0) {
    parameter_sets_.add_in_band(nal);
  }
}

void UnitAssembler::mark_damaged() {
  if (!open_.has_slice) {
    open_.loss_before = true;
  } else if (open_.timestamp == packet_timestamp_ && !open_.marked) {
    open_.damaged = true;
  } else {
    pending_loss_ = true;
  }
}

void UnitAssembler::finish_unit() {
  base::Bytes tail;
  if (open_.tail != 0) {
    tail.assign(open_.payload->begin() + static_cast<std::ptrdiff_t>(open_.tail), open_.payload->end());
    open_.payload->resize(open_.tail);
  }
  RawUnit unit;
  unit.parameters = parameter_sets_.take_change();
  if (parameter_sets_.complete()) {
    expected_bytes_ = open_.payload->size() + open_.payload->size() / 4;
    unit.payload = std::move(open_.payload);
    unit.rtp_timestamp = open_.timestamp;
    unit.arrival = open_.arrival;
    unit.key = open_.key;
    unit.loss_before = open_.loss_before;
    // What was lost before a key picture with a whole beginning does not hurt it.
    unit.damaged = open_.damaged || (open_.loss_before && !open_.key);
    out_->push_back(std::move(unit));
  } else {
    ++units_before_parameters_;
  }
  open_ = Open{};
  open_.loss_before = pending_loss_;
  pending_loss_ = false;
  emitted_early_ = false;
  if (tail.empty()) return;
  open_.payload = BufferPool::of_this_thread().take(expected_bytes_);
  *open_.payload = std::move(tail);
  account_all(0);
}

void UnitAssembler::on_tick(base::MonoTime now) {
  if (!open_.has_slice || nal_open_) return;
  if (now < last_packet_ + (open_.marked ? kMarkedSilence : kUnmarkedSilence)) return;
  emitted_timestamp_ = open_.timestamp;
  finish_unit();
  emitted_early_ = true;
}

void UnitAssembler::flush() {
  if (nal_open_) end_nal(NalEnd::kTruncated);
  if (open_.has_slice) finish_unit();
  open_ = Open{};
  pending_loss_ = false;
  emitted_early_ = false;
  marker_confirmations_ = 0;
  marker_lies_ = false;
  marker_seen_ = false;
}

}  // namespace vonggac::ingest
