/// NAL units, parameter sets and SEI of both codecs, as a camera could send them. The first byte chooses the codec;
/// the rest is a payload of length-prefixed NAL units.
#include <cstdint>
#include <cstdlib>

#include "media/h264_parameters.h"
#include "media/h265_parameters.h"
#include "media/mp4_boxes.h"
#include "media/nal_units.h"
#include "media/video_format.h"

namespace {

using namespace vonggac;

void check(bool holds) {
  if (!holds) std::abort();
}

void collect(media::TrackParameters& p, base::ByteSpan nal) {
  const base::Bytes set(nal.begin(), nal.end());
  const bool h264 = p.codec == media::Codec::kH264;
  const unsigned type = h264 ? media::h264::nal_type(nal) : media::h265::nal_type(nal);
  if (!media::is_parameter_set(p.codec, nal)) return;
  if (!h264 && type == media::h265::kVps) {
    p.vps.push_back(set);
  } else if (type == (h264 ? unsigned{media::h264::kSps} : unsigned{media::h265::kSps})) {
    p.sps.push_back(set);
  } else {
    p.pps.push_back(set);
  }
}

void check_format(const media::TrackParameters& p) {
  const auto format = media::parse_video_format(p);
  if (!format) return;
  check(format->width > 0 && format->width <= media::kMaxPictureSide);
  check(format->height > 0 && format->height <= media::kMaxPictureSide);
  check(format->width <= format->coded_width && format->height <= format->coded_height);
  check(media::codec_string(p).ok());
  check(media::shown_size(p).ok());
  base::Bytes entry;
  base::ByteWriter writer(entry);
  if (p.sps.size() < 32) check(media::write_sample_entry(writer, p).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  media::TrackParameters first, second;
  first.codec = second.codec = (data[0] & 1) != 0 ? media::Codec::kH265 : media::Codec::kH264;
  media::LengthPrefixedNals nals(base::ByteSpan(data + 1, size - 1));
  base::ByteSpan nal;
  while (nals.next(nal)) {
    check(!(media::is_slice(first.codec, nal) && media::is_parameter_set(first.codec, nal)));
    const base::Bytes rbsp = media::remove_emulation_prevention(nal, 4096);
    check(rbsp.size() <= nal.size());
    if (media::is_sei(first.codec, nal)) {
      for (const media::SeiMessage& message : media::sei_messages(first.codec, rbsp)) {
        check(message.payload.size() <= rbsp.size());
      }
    }
    collect(nal.back() % 3 == 0 ? second : first, nal);
  }
  check_format(first);
  check(media::semantically_equal(first, first));
  check(media::semantically_equal(first, second) == media::semantically_equal(second, first));
  return 0;
}
