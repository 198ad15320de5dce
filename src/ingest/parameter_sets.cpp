#include "ingest/parameter_sets.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/annex_b.h"
#include "ingest/base64.h"
#include "ingest/bit_reader.h"
#include "ingest/nal_types.h"

namespace vonggac::ingest {
namespace {
constexpr std::uint8_t kH264Sps = 7;
constexpr std::uint8_t kH264Pps = 8;
constexpr std::uint8_t kH265Vps = 32;
constexpr std::uint8_t kH265Sps = 33;
constexpr std::uint8_t kH265Pps = 34;
constexpr std::size_t kMostSdpItems = 16;

/// Steps over profile_tier_level(1, max_sub_layers_minus1).
void skip_profile_tier_level(BitReader& bits, unsigned max_sub_layers_minus1) {
  bits.skip(88 + 8);
  std::array<bool, 8> has_profile{};
  std::array<bool, 8> has_level{};
  for (unsigned i = 0; i < max_sub_layers_minus1; ++i) {
    has_profile[i] = bits.bit() != 0;
    has_level[i] = bits.bit() != 0;
  }
  if (max_sub_layers_minus1 > 0) bits.skip(2 * (8 - max_sub_layers_minus1));
  for (unsigned i = 0; i < max_sub_layers_minus1; ++i) {
    bits.skip((has_profile[i] ? 88U : 0U) + (has_level[i] ? 8U : 0U));
  }
}

std::optional<std::uint32_t> checked(const BitReader& bits, std::uint32_t id, std::uint32_t largest) {
  if (bits.failed() || id > largest) return std::nullopt;
  return id;
}

std::optional<std::uint32_t> h264_set_id(std::uint8_t type, base::ByteSpan body) {
  if (type == kH264Sps) {
    if (body.size() < 4) return std::nullopt;
    BitReader bits(body.subspan(3), BitReader::Source::kNalUnit);  // after profile, constraints, level
    return checked(bits, bits.exp_golomb(), 31);
  }
  BitReader bits(body, BitReader::Source::kNalUnit);
  return checked(bits, bits.exp_golomb(), 255);
}

std::optional<std::uint32_t> h265_set_id(std::uint8_t type, base::ByteSpan body) {
  BitReader bits(body, BitReader::Source::kNalUnit);
  if (type == kH265Vps) return checked(bits, bits.bits(4), 15);
  if (type == kH265Pps) return checked(bits, bits.exp_golomb(), 63);
  bits.skip(4);
  const unsigned max_sub_layers_minus1 = bits.bits(3);
  bits.skip(1);
  if (max_sub_layers_minus1 > 6) return std::nullopt;
  skip_profile_tier_level(bits, max_sub_layers_minus1);
  return checked(bits, bits.exp_golomb(), 15);
}

}  // namespace

void ParameterSets::add_from_sdp(const std::map<std::string, std::string>& fmtp) {
  // Which sprop holds which kind is not trusted: the type in the NAL header decides.
  for (const char* key : {"sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"}) {
    const auto found = fmtp.find(key);
    if (found == fmtp.end()) continue;
    std::string_view list = found->second;
    for (std::size_t item = 0; item < kMostSdpItems && !list.empty(); ++item) {
      const std::size_t comma = std::min(list.find(','), list.size());
      base::Bytes nal = decode_base64_leniently(list.substr(0, comma));
      list.remove_prefix(std::min(comma + 1, list.size()));
      split_annex_b(nal, [this](base::ByteSpan one) { add(one, false); });
    }
  }
}

void ParameterSets::add_in_band(base::ByteSpan nal) { add(nal, true); }

void ParameterSets::add(base::ByteSpan nal, bool in_band) {
  const bool h265 = codec_ == media::Codec::kH265;
  const std::size_t header_bytes = h265 ? 2 : 1;
  if (nal.size() <= header_bytes) return;
  const std::uint8_t type = h265 ? h265_type(nal[0]) : h264_type(nal[0]);
  Kind kind = kKinds;
  if (h265 && type == kH265Vps) kind = kVps;
  if (type == (h265 ? kH265Sps : kH264Sps)) kind = kSps;
  if (type == (h265 ? kH265Pps : kH264Pps)) kind = kPps;
  if (kind == kKinds) return;

  const base::ByteSpan body = nal.subspan(header_bytes);
  const std::optional<std::uint32_t> id = h265 ? h265_set_id(type, body) : h264_set_id(type, body);
  Sets& sets = sets_[kind];
  if (!id || nal.size() > kMostSetBytes || (!sets.by_id.contains(*id) && sets.by_id.size() >= kMostSets)) {
    ++ignored_;
    return;
  }
  if (in_band && !sets.in_band) drop_announced(sets, *id);
  base::Bytes& stored = sets.by_id[*id];
  if (std::equal(stored.begin(), stored.end(), nal.begin(), nal.end())) return;
  stored.assign(nal.begin(), nal.end());
  changed_ = true;
}

void ParameterSets::drop_announced(Sets& sets, std::uint32_t id) {
  sets.in_band = true;
  if (sets.by_id.size() == 1 && sets.by_id.contains(id)) return;
  changed_ = changed_ || !sets.by_id.empty();
  const auto same = sets.by_id.find(id);
  base::Bytes kept = same == sets.by_id.end() ? base::Bytes() : std::move(same->second);
  sets.by_id.clear();
  if (!kept.empty()) sets.by_id.emplace(id, std::move(kept));
}

bool ParameterSets::complete() const {
  const bool vps = codec_ != media::Codec::kH265 || !sets_[kVps].by_id.empty();
  return vps && !sets_[kSps].by_id.empty() && !sets_[kPps].by_id.empty();
}

std::vector<base::Bytes> ParameterSets::list_of(const Sets& sets) {
  std::vector<base::Bytes> list;
  list.reserve(sets.by_id.size());
  for (const auto& [id, nal] : sets.by_id) list.push_back(nal);
  return list;
}

std::unique_ptr<media::TrackParameters> ParameterSets::take_change() {
  if (!changed_ || !complete()) return nullptr;
  changed_ = false;
  auto parameters = std::make_unique<media::TrackParameters>();
  parameters->codec = codec_;
  parameters->clock_rate_hz = clock_rate_hz_;
  parameters->vps = list_of(sets_[kVps]);
  parameters->sps = list_of(sets_[kSps]);
  parameters->pps = list_of(sets_[kPps]);
  return parameters;
}

}  // namespace vonggac::ingest
