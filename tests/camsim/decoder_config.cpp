#include "camsim/decoder_config.h"

namespace vonggac::camsim {
namespace {

constexpr std::size_t kHevcFixedBytes = 21;  // up to and without lengthSizeMinusOne

void read_sets(base::ByteReader& reader, std::size_t count, std::vector<base::Bytes>* out) {
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    const base::ByteSpan nal = reader.take(reader.u16());
    if (out != nullptr && !nal.empty()) out->emplace_back(nal.begin(), nal.end());
  }
}

}  // namespace

base::Result<std::size_t> read_avc_config(base::ByteSpan record, ParameterSets& sets) {
  base::ByteReader reader(record);
  if (reader.u8() != 1) return base::invalid_argument("no avcC record (Annex B is not played)");
  reader.skip(3);
  const std::size_t length_bytes = (reader.u8() & 3u) + 1u;
  read_sets(reader, reader.u8() & 31u, &sets.sps);
  read_sets(reader, reader.u8(), &sets.pps);
  if (reader.failed() || sets.sps.empty() || sets.pps.empty()) return base::invalid_argument("avcC is cut short");
  return length_bytes;
}

base::Result<std::size_t> read_hevc_config(base::ByteSpan record, ParameterSets& sets) {
  base::ByteReader reader(record);
  if (reader.u8() != 1) return base::invalid_argument("no hvcC record (Annex B is not played)");
  reader.skip(kHevcFixedBytes - 1);
  const std::size_t length_bytes = (reader.u8() & 3u) + 1u;
  const std::size_t arrays = reader.u8();
  for (std::size_t i = 0; i < arrays && !reader.failed(); ++i) {
    const int type = reader.u8() & 0x3f;
    const std::size_t count = reader.u16();
    std::vector<base::Bytes>* out = nullptr;
    if (type == 32) out = &sets.vps;
    if (type == 33) out = &sets.sps;
    if (type == 34) out = &sets.pps;
    read_sets(reader, count, out);
  }
  if (reader.failed() || sets.vps.empty() || sets.sps.empty() || sets.pps.empty()) {
    return base::invalid_argument("hvcC is cut short");
  }
  return length_bytes;
}

}  // namespace vonggac::camsim
