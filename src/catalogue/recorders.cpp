#include "catalogue/recorders.h"

#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/form_checks.h"
#include "catalogue/human_codes.h"
#include "catalogue/places.h"
#include "catalogue/site_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kMostChannels = 256, kMostDiskDays = 3650;

Columns recorder_columns(const RecorderForm& form, const Site& site, Problems& problems) {
  check_whole_number("channels", form.channels, 1, kMostChannels, problems);
  check_whole_number("disk_days", form.disk_days, 0, kMostDiskDays, problems);
  return {{"site", site.id},
          {"brand", typed_line("brand", form.brand, 0, 120, problems)},
          {"device_model", typed_line("device_model", form.device_model, 0, 120, problems)},
          {"serial", normal_serial(typed_line("serial", form.serial, 0, 120, problems))},
          {"channels", form.channels},
          {"disk_days", form.disk_days},
          {"location", typed_line("location", form.location, 1, 200, problems)},
          {"commune", site.commune}};
}

}  // namespace

base::Result<RecorderId> add_recorder(store::WriteSession& session, const RecorderForm& form, Problems& problems) {
  VG_ASSIGN(const Site site, site_must_be_there(session, form.site));
  Columns columns = recorder_columns(form, site, problems);
  const AreaPlace place{site.residential, site.commune, site.province};
  VG_ASSIGN(const std::string digits, commune_digits_of(session, place, today_of(session), problems));
  if (problems.refused()) return problems.status();
  VG_ASSIGN(const std::string code, next_code(session, "DG", digits, 4));
  const RecorderId id{session.new_id()};
  const Columns fixed{{"id", id}, {"code", code}, {"made_at_us", session.now()}, {"changed_at_us", session.now()}};
  columns.insert(columns.end(), fixed.begin(), fixed.end());
  VG_TRY(insert_row(session, "recorder", columns));
  VG_TRY(session.tell("recorder.added", id, json_object({{"code", code}})));
  return id;
}

base::Status amend_recorder(store::WriteSession& session, const RecorderId& recorder, const RecorderForm& form,
                            Problems& problems) {
  VG_ASSIGN(const std::optional<Recorder> before, recorder_of(session, recorder));
  if (!before) return base::not_found("there is no such recorder");
  VG_ASSIGN(const Site site, site_must_be_there(session, form.site));
  Columns columns = recorder_columns(form, site, problems);
  VG_ASSIGN(const std::vector<Camera> cameras, cameras_of_recorder(session, recorder));
  if (!cameras.empty() && cameras.back().facts.channel.value_or(0) > form.channels) {
    problems.refuse("", "channels",
                    fmt::format("Kênh {} đang là của {}.", *cameras.back().facts.channel, cameras.back().code),
                    fmt::format("Channel {} belongs to {}.", *cameras.back().facts.channel, cameras.back().code));
  }
  if (problems.refused()) return problems.status();
  columns.emplace_back("changed_at_us", session.now());
  VG_TRY(update_row(session, "recorder", "id", recorder, columns));
  return session.tell("recorder.changed", recorder, json_object({{"code", before->code}}));
}

base::Result<std::optional<Recorder>> recorder_of(store::Reader& session, const RecorderId& recorder) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select code, site, brand, device_model, serial, channels, disk_days, location from recorder "
                          "where id = $1",
                          {recorder}));
  if (rows.empty()) return std::optional<Recorder>();
  const store::Row row = rows[0];
  return std::optional<Recorder>(Recorder{
      recorder,
      row.text(0),
      {SiteId{row.id(1)}, row.text(2), row.text(3), row.text(4), row.integer(5), row.maybe_integer(6), row.text(7)}});
}

base::Result<std::vector<Camera>> cameras_of_recorder(store::Reader& session, const RecorderId& recorder) {
  return read_cameras(session,
                      "where c.recorder = $1 and c.merged_into is null and c.life not in ('NGUNG', 'TU_CHOI') order by "
                      "c.channel",
                      {recorder});
}

}  // namespace vonggac::catalogue
