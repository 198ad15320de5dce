#include "api/archive_clip_source.h"

namespace vonggac::api {
namespace {
class Archive final : public ClipSource {
 public:
  base::Result<std::vector<ClipRow>> clips(const FootageFilter&) override { return base::unavailable("no archive"); }
  base::Result<std::vector<EventRow>> events(const FootageFilter&) override { return base::unavailable("no archive"); }
  base::Result<std::vector<GapRow>> gaps(const FootageFilter&) override { return base::unavailable("no archive"); }
  base::Result<base::Bytes> thumbnail(std::int64_t) override { return base::unavailable("no archive"); }
  base::Result<std::shared_ptr<BodySource>> open_clip(const base::CameraId&, base::WallTime, base::WallTime) override {
    return base::unavailable("no archive");
  }
};
}  // namespace
std::unique_ptr<ClipSource> make_archive_clip_source(const std::string&) { return std::make_unique<Archive>(); }
}  // namespace vonggac::api
