#include "ingest/aac_config.h"

#include <array>
#include <string_view>

namespace vonggac::ingest {
namespace {
constexpr std::array<std::uint32_t, 13> kSampleRates = {96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                                        22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
constexpr std::uint32_t kExplicitRate = 15;
constexpr std::uint8_t kEscape = 31;
constexpr std::uint8_t kSbr = 5;
constexpr std::uint8_t kParametricStereo = 29;

std::uint8_t read_object_type(BitReader& bits) {
  const auto type = static_cast<std::uint8_t>(bits.bits(5));
  return type == kEscape ? static_cast<std::uint8_t>(32 + bits.bits(6)) : type;
}

std::uint32_t read_sample_rate(BitReader& bits) {
  const std::uint32_t index = bits.bits(4);
  if (index == kExplicitRate) return bits.bits(24);
  return index < kSampleRates.size() ? kSampleRates[index] : 0;
}

bool has_general_audio_config(std::uint8_t type) {
  return (type >= 1 && type <= 4) || type == 6 || type == 7 || (type >= 17 && type <= 23 && type != 18);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

std::optional<AacConfig> read_aac_config(BitReader& bits) {
  AacConfig config;
  config.object_type = read_object_type(bits);
  config.sample_rate_hz = read_sample_rate(bits);
  const std::uint32_t channel_configuration = bits.bits(4);
  config.channels = static_cast<std::uint8_t>(channel_configuration == 7 ? 8 : channel_configuration);
  std::uint8_t core_type = config.object_type;
  if (core_type == kSbr || core_type == kParametricStereo) {
    (void)read_sample_rate(bits);  // of the output
    core_type = read_object_type(bits);
  }
  if (has_general_audio_config(core_type)) {
    if (bits.bit() != 0) config.frame_samples = 960;
    if (bits.bit() != 0) bits.skip(14);  // dependsOnCoreCoder, coreCoderDelay
    bits.skip(1);                        // extensionFlag
  }
  if (bits.failed() || config.sample_rate_hz == 0 || config.channels > 8) return std::nullopt;
  return config;
}

std::optional<AacConfig> parse_aac_config(base::ByteSpan audio_specific_config) {
  BitReader bits(audio_specific_config, BitReader::Source::kPlain);
  return read_aac_config(bits);
}

std::optional<base::Bytes> aac_config_of_latm(base::ByteSpan stream_mux_config) {
  BitReader bits(stream_mux_config, BitReader::Source::kPlain);
  const std::uint32_t version = bits.bit();
  const bool same_framing = bits.bit() != 0;
  const std::uint32_t sub_frames = bits.bits(6);
  const std::uint32_t programs = bits.bits(4);
  const std::uint32_t layers = bits.bits(3);
  if (bits.failed() || version != 0 || !same_framing || sub_frames != 0 || programs != 0 || layers != 0) {
    return std::nullopt;
  }
  const std::size_t begin = bits.bits_read();
  if (!read_aac_config(bits)) return std::nullopt;
  const std::size_t length = bits.bits_read() - begin;

  BitReader again(stream_mux_config, BitReader::Source::kPlain);
  again.skip(static_cast<unsigned>(begin));
  base::Bytes config;
  for (std::size_t done = 0; done < length; done += 8) {
    const auto take = static_cast<unsigned>(length - done < 8 ? length - done : 8);
    config.push_back(static_cast<std::uint8_t>(again.bits(take) << (8 - take)));
  }
  return config;
}

base::Bytes decode_hex(std::string_view text) {
  base::Bytes out;
  if (text.size() % 2 != 0) return out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return {};
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

}  // namespace vonggac::ingest
