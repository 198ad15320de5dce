/// Private to media/av: caps on what one decoder may hold, set before any byte of a camera is decoded. A stream
/// announces its picture size and the number of reference pictures itself; 16 references of 16384 x 16384 would be
/// 6 GB (MED-07). Freed by reference counting, as pictures may outlive their decoder.
/// Threads  the count is atomic; the rest belongs to the decoder's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace vonggac::media::av {

struct PictureCount {
  std::atomic<std::int64_t> bytes{0};
};

class PictureBudget {
 public:
  /// 128 MB holds 10 pictures of 4096 x 2160, 40 of 1080p.
  static constexpr std::int64_t kMaxBytes = 128 << 20;

  explicit PictureBudget(int max_side_px) : max_side_px_(max_side_px) {}
  int max_side_px() const { return max_side_px_; }
  const std::shared_ptr<PictureCount>& count() const { return count_; }
  void refuse() { refused_ = true; }
  bool refused() const { return refused_; }

 private:
  int max_side_px_;
  std::shared_ptr<PictureCount> count_ = std::make_shared<PictureCount>();
  bool refused_ = false;
};

}  // namespace vonggac::media::av
