#include "catalogue/camera_references.h"

#include "catalogue/camera_rows.h"
#include "catalogue/form_checks.h"

namespace vonggac::catalogue {
namespace {

bool begins_as_jpeg(const base::Bytes& picture) {
  return picture.size() > 3 && picture[0] == 0xFF && picture[1] == 0xD8 && picture[2] == 0xFF;
}

}  // namespace

base::Status put_reference(store::WriteSession& session, const base::CameraId& camera, const Reference& reference,
                           Problems& problems) {
  VG_ASSIGN(const Camera known, camera_to_change(session, camera, problems));
  const std::string who = typed_line("who", reference.who, 1, 120, problems);
  if (reference.light != "NGAY" && reference.light != "DEM") {
    problems.refuse("", "light", "Chọn ảnh ban ngày hoặc ban đêm.", "Choose a picture by day or by night.");
  }
  if (!begins_as_jpeg(reference.picture)) {
    problems.refuse("", "picture", "Ảnh phải là tệp JPEG.", "The picture must be a JPEG file.");
  } else if (reference.picture.size() > kLargestReference) {
    problems.refuse("", "picture", "Ảnh lớn hơn 64 kB: thu nhỏ lại.",
                    "The picture is larger than 64 kB: make it smaller.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(
      session.run("update camera_reference set in_use = 0 where camera = $1 and light = $2", {camera, reference.light})
          .error());
  VG_TRY(session
             .run("insert into camera_reference (camera, light, taken_at_us, who, media_type, picture, in_use) values "
                  "($1, $2, $3, $4, 'image/jpeg', $5, 1) on conflict (camera, light, taken_at_us) do update set who = "
                  "excluded.who, picture = excluded.picture, in_use = 1",
                  {camera, reference.light, reference.taken_at, who, reference.picture})
             .error());
  return session.tell("camera.reference", camera, json_object({{"code", known.code}, {"light", reference.light}}));
}

base::Result<std::optional<Reference>> reference_of(store::Reader& session, const base::CameraId& camera,
                                                    std::string_view light) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select light, taken_at_us, who, picture from camera_reference where camera = $1 and light = "
                          "$2 and in_use = 1 order by taken_at_us desc limit 1",
                          {camera, light}));
  if (rows.empty()) return std::optional<Reference>();
  const store::Row row = rows[0];
  return std::optional<Reference>(Reference{row.text(0), row.time(1), row.text(2), row.bytes(3)});
}

}  // namespace vonggac::catalogue
