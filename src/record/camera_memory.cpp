#include "record/camera_memory.h"

#include "base/log.h"
#include "record/data_dir.h"
#include "record/sqlite.h"

namespace vonggac::record {
namespace {

constexpr int kMemoryBusyMs = 1000;

base::Status read_memory(const std::string& data_dir, std::map<base::CameraId, CameraMemory>& memory) {
  VG_ASSIGN(const SqliteDb db, SqliteDb::open_index(index_path(data_dir), SqliteDb::Access::kReadOnly, kMemoryBusyMs));
  VG_ASSIGN(Statement views, Statement::prepare(db, "SELECT camera, view FROM camera_view"));
  for (;;) {
    VG_ASSIGN(const bool more, views.step());
    if (!more) break;
    const base::ByteSpan view = views.blob(1);
    memory[views.camera(0)].view.assign(view.begin(), view.end());
  }
  VG_ASSIGN(Statement open, Statement::prepare(db, "SELECT camera, kind, start_us FROM tamper WHERE end_us IS NULL"));
  for (;;) {
    VG_ASSIGN(const bool more, open.step());
    if (!more) return {};
    TamperChange change;
    change.kind = static_cast<std::uint8_t>(open.integer(1));
    change.at = {open.integer(2)};
    memory[open.camera(0)].tampers.push_back(change);
  }
}

}  // namespace

std::map<base::CameraId, CameraMemory> load_camera_memory(const std::string& data_dir) {
  std::map<base::CameraId, CameraMemory> memory;
  const base::Status status = read_memory(data_dir, memory);
  if (!status.ok()) base::log::warning("record", "what cameras usually show is learned anew: {}", status.message());
  return memory;
}

}  // namespace vonggac::record
