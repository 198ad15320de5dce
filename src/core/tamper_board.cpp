#include "core/tamper_board.h"

#include <algorithm>

#include "base/log.h"

namespace vonggac::core {
namespace {

bool is_known(std::uint8_t kind) {
  return kind > static_cast<std::uint8_t>(ipc::TamperKind::kNone) &&
         kind <= static_cast<std::uint8_t>(ipc::TamperKind::kFrozen);
}

}  // namespace

void TamperBoard::remember(const std::map<base::CameraId, record::CameraMemory>& memory) {
  for (const auto& [id, known] : memory) {
    Camera& camera = cameras_[id];
    if (known.view.size() <= ipc::TamperView::kMaxViewBytes) camera.view = known.view;
    for (const record::TamperChange& change : known.tampers) {
      if (is_known(change.kind)) camera.active.push_back({static_cast<ipc::TamperKind>(change.kind), change.at});
    }
  }
}

void TamperBoard::on_report(const base::CameraId& id, const ipc::TamperReport& report, base::WallTime since) {
  if (report.kind == ipc::TamperKind::kNone) return;
  Camera& camera = cameras_[id];
  const auto known = std::find_if(camera.active.begin(), camera.active.end(),
                                  [&report](const TamperView& one) { return one.kind == report.kind; });
  const bool was_active = known != camera.active.end();
  if (report.active == was_active) return;
  record::TamperChange change;
  change.kind = static_cast<std::uint8_t>(report.kind);
  change.at = since;
  if (report.active) {
    camera.active.push_back({report.kind, since});
    base::log::warning("core", "camera {} does not show its view: {}", id.to_string(),
                       ipc::tamper_kind_name(report.kind));
  } else {
    camera.active.erase(known);
    change.end = record::TamperEnd::kViewIsBack;
    base::log::info("core", "camera {} shows its view again (was {})", id.to_string(),
                    ipc::tamper_kind_name(report.kind));
  }
  router_.on_tamper(id, change);
}

void TamperBoard::on_view(const base::CameraId& id, const ipc::TamperView& view) {
  if (view.view.empty()) return;
  cameras_[id].view = view.view;
  router_.keep_view(id, view.view);
}

void TamperBoard::end(const base::CameraId& id, Camera& camera, base::WallTime now, record::TamperEnd why) {
  for (const TamperView& one : camera.active) {
    router_.on_tamper(id, {static_cast<std::uint8_t>(one.kind), std::max(one.since, now), why});
  }
  camera.active.clear();
}

void TamperBoard::accept(const base::CameraId& id, base::WallTime now) {
  Camera& camera = cameras_[id];
  camera.view.clear();
  end(id, camera, now, record::TamperEnd::kAccepted);
}

void TamperBoard::forget(const base::CameraId& id, base::WallTime now) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return;
  end(id, found->second, now, record::TamperEnd::kNotWatched);
  cameras_.erase(found);
}

ipc::TamperView TamperBoard::known(const base::CameraId& id) const {
  ipc::TamperView out;
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return out;
  out.view = found->second.view;
  for (const TamperView& one : found->second.active) {
    out.active = static_cast<std::uint8_t>(out.active | 1U << static_cast<unsigned>(one.kind));
  }
  return out;
}

std::vector<TamperView> TamperBoard::active(const base::CameraId& id) const {
  const auto found = cameras_.find(id);
  return found == cameras_.end() ? std::vector<TamperView>{} : found->second.active;
}

}  // namespace vonggac::core
