#include "camsim/frame_counter.h"

#include "camsim/bit_io.h"

namespace vonggac::camsim {

base::Bytes make_frame_counter_nal(const FrameCounter& value, media::Codec codec) {
  base::Bytes payload;
  base::ByteWriter writer(payload);
  writer.u8(5);  // user_data_unregistered
  writer.u8(frame_counter_detail::kMessageBytes);
  writer.raw(kFrameCounterUuid);
  writer.u64(value.counter);
  writer.i64(value.sent_wall_us);
  writer.u8(0x80);  // rbsp_trailing_bits

  base::Bytes nal;
  if (codec == media::Codec::kH265) {
    nal = {39 << 1, 1};  // prefix SEI, layer 0, temporal id 0
  } else {
    nal = {6};
  }
  append_escaped(payload, nal);
  return nal;
}

}  // namespace vonggac::camsim
