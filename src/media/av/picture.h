/// One decoded picture. The luma plane is borrowed from it; chroma is kept for thumbnails.
/// Threads  one thread at a time.
/// Owns     a reference to the decoder's buffer; destroying it gives the buffer back.
/// Units    time in microseconds of whatever axis the caller fed the decoder with.
#pragma once

#include <cstdint>
#include <memory>

namespace vonggac::media::av {

/// 8-bit luma, borrowed from the Picture for as long as that lives.
struct LumaView {
  const std::uint8_t* data = nullptr;
  int width = 0, height = 0, stride = 0;
};

class Picture {
 public:
  struct Impl;
  explicit Picture(std::unique_ptr<Impl> impl);
  ~Picture();
  Picture(Picture&&) noexcept;
  Picture& operator=(Picture&&) noexcept;

  int width() const;
  int height() const;
  bool key() const;
  std::int64_t time_us() const;
  LumaView luma() const;
  const Impl& impl() const { return *impl_; }  ///< for the other wrappers of this folder
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace vonggac::media::av
