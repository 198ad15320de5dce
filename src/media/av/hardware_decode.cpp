#include "media/av/hardware_decode.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <unistd.h>

#include "media/av/libav_types.h"

extern "C" {
#include <libavutil/hwcontext.h>
}

namespace vonggac::media::av {
namespace {

struct BufferFree {
  void operator()(AVBufferRef* buffer) const { av_buffer_unref(&buffer); }
};
using BufferPtr = std::unique_ptr<AVBufferRef, BufferFree>;

/// libav offers the formats it could decode into, hardware first, and asks again without those that fail.
AVPixelFormat choose_format(AVCodecContext* context, const AVPixelFormat* offered) {
  for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format) {
    if (*format == AV_PIX_FMT_VAAPI) return *format;
  }
  return avcodec_default_get_format(context, offered);
}

class VaapiDecode final : public HardwareDecode {
 public:
  explicit VaapiDecode(BufferPtr device) : device_(std::move(device)) {}

  void attach(AVCodecContext& context) override {
    context.hw_device_ctx = av_buffer_ref(device_.get());
    if (context.hw_device_ctx != nullptr) context.get_format = choose_format;
  }

 private:
  BufferPtr device_;
};

std::vector<std::string> render_nodes(const std::string& folder) {
  std::vector<std::string> nodes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().rfind("renderD", 0) == 0) nodes.push_back(entry.path().string());
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

}  // namespace

HardwareDecode::Probed HardwareDecode::open(const std::string& folder) {
  const std::vector<std::string> nodes = render_nodes(folder);
  if (nodes.empty()) return {nullptr, "this computer has no render node in " + folder};
  std::string reasons;
  for (const std::string& node : nodes) {
    if (::access(node.c_str(), R_OK | W_OK) != 0) {
      reasons += (reasons.empty() ? "" : "; ") + node + ": " + std::strerror(errno);
      continue;
    }
    AVBufferRef* raw = nullptr;
    const int code = av_hwdevice_ctx_create(&raw, AV_HWDEVICE_TYPE_VAAPI, node.c_str(), nullptr, 0);
    if (code >= 0) return {std::make_unique<VaapiDecode>(BufferPtr(raw)), node};
    reasons += (reasons.empty() ? "" : "; ") + from_libav(code, node + ": VA-API").message();
  }
  return {nullptr, reasons};
}

}  // namespace vonggac::media::av
