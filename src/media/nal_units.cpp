#include "media/nal_units.h"

#include <algorithm>

namespace vonggac::media {

bool is_slice(Codec codec, base::ByteSpan nal) {
  if (nal.empty()) return false;
  if (codec == Codec::kH265) return h265::nal_type(nal) <= h265::kLastVcl;
  const std::uint8_t type = h264::nal_type(nal);
  return type >= h264::kNonIdrSlice && type <= h264::kIdrSlice;
}

bool is_random_access(Codec codec, base::ByteSpan nal) {
  if (nal.empty()) return false;
  if (codec == Codec::kH264) return h264::nal_type(nal) == h264::kIdrSlice;
  const std::uint8_t type = h265::nal_type(nal);
  return type >= h265::kBlaWLp && type <= h265::kCra;
}

bool is_parameter_set(Codec codec, base::ByteSpan nal) {
  if (codec == Codec::kH264) {
    const std::uint8_t type = h264::nal_type(nal);
    return type == h264::kSps || type == h264::kPps;
  }
  const std::uint8_t type = h265::nal_type(nal);
  return type >= h265::kVps && type <= h265::kPps;
}

bool is_sei(Codec codec, base::ByteSpan nal) {
  if (codec == Codec::kH264) return h264::nal_type(nal) == h264::kSei;
  const std::uint8_t type = h265::nal_type(nal);
  return type == h265::kPrefixSei || type == h265::kSuffixSei;
}

bool LengthPrefixedNals::next(base::ByteSpan& nal) {
  while (!damaged_ && !reader_.at_end()) {
    const std::uint32_t size = reader_.u32();
    nal = reader_.take(size);
    damaged_ = reader_.failed() || ++count_ > kMaxNals;
    if (!damaged_ && !nal.empty()) return true;
  }
  nal = {};
  return false;
}

base::Bytes remove_emulation_prevention(base::ByteSpan nal, std::size_t max_bytes) {
  base::Bytes rbsp;
  rbsp.reserve(std::min(nal.size(), max_bytes));
  std::size_t zeros = 0;
  for (const std::uint8_t byte : nal) {
    if (rbsp.size() >= max_bytes) break;
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    rbsp.push_back(byte);
  }
  return rbsp;
}

base::ByteSpan without_trailing_zeros(base::ByteSpan nal) {
  std::size_t size = nal.size();
  while (size > 0 && nal[size - 1] == 0) --size;
  return nal.first(size);
}

namespace {

/// A value coded as a run of 0xFF and a last byte; capped by the bytes there are.
std::uint32_t sei_number(base::ByteReader& reader) {
  std::uint32_t value = 0;
  while (reader.remaining() > 0) {
    const std::uint8_t byte = reader.u8();
    value += byte;
    if (byte != 0xFF) return value;
  }
  reader.skip(1);  // ran out: marks the reader as failed
  return value;
}

}  // namespace

std::vector<SeiMessage> sei_messages(Codec codec, base::ByteSpan rbsp) {
  constexpr std::size_t kMaxMessages = 64;
  std::vector<SeiMessage> messages;
  const base::ByteSpan body = without_trailing_zeros(rbsp);
  base::ByteReader reader(body);
  reader.skip(nal_header_bytes(codec));
  // The last byte holds the stop bit; two bytes are the shortest message.
  while (reader.remaining() > 2 && messages.size() < kMaxMessages) {
    SeiMessage message;
    message.type = sei_number(reader);
    const std::uint32_t size = sei_number(reader);
    message.payload = reader.take(size);
    if (reader.failed()) break;
    messages.push_back(message);
  }
  return messages;
}

}  // namespace vonggac::media
