#include "media/av/picture_budget.h"

#include "media/av/libav_types.h"

namespace vonggac::media::av {
namespace {

struct Charge {
  std::shared_ptr<PictureCount> count;
  std::int64_t bytes;
};

void give_back(void* opaque, std::uint8_t* data) {
  const std::unique_ptr<Charge> charge(static_cast<Charge*>(opaque));
  charge->count->bytes -= charge->bytes;
  av_free(data);
}

/// libav's callback for each new picture buffer: refuses what is over the caps, else charges it to the budget by a
/// reference-counted note that libav carries along with the buffer.
int get_buffer(AVCodecContext* context, AVFrame* frame, int flags) {
  auto* budget = static_cast<PictureBudget*>(context->opaque);
  const std::int64_t bytes = std::int64_t{frame->width} * frame->height * 3 / 2;
  const bool too_large = frame->width > budget->max_side_px() || frame->height > budget->max_side_px() ||
                         budget->count()->bytes + bytes > PictureBudget::kMaxBytes;
  if (too_large) {
    budget->refuse();
    return AVERROR(ENOMEM);
  }
  auto charge = std::make_unique<Charge>(Charge{budget->count(), bytes});
  auto* note = static_cast<std::uint8_t*>(av_malloc(1));
  AVBufferRef* reference = note == nullptr ? nullptr : av_buffer_create(note, 1, give_back, charge.get(), 0);
  if (reference == nullptr) {
    av_free(note);
    return AVERROR(ENOMEM);
  }
  charge.release()->count->bytes += bytes;
  av_buffer_unref(&frame->opaque_ref);
  frame->opaque_ref = reference;
  return avcodec_default_get_buffer2(context, frame, flags);
}

}  // namespace

void apply_caps(AVCodecContext& context, int max_side_px, PictureBudget* budget) {
  context.thread_count = 1;
  context.max_pixels = std::int64_t{max_side_px} * max_side_px;
  context.err_recognition = 0;
  context.error_concealment = FF_EC_GUESS_MVS | FF_EC_DEBLOCK;
  context.opaque = budget;
  context.get_buffer2 = get_buffer;
}

}  // namespace vonggac::media::av
