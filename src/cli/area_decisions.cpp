/// area add, rename, merge, split, transfer: decisions, each on its day and with its number.
#include <algorithm>
#include <ostream>

#include "catalogue/area_changes.h"
#include "catalogue/places.h"
#include "cli/area_commands.h"
#include "intake/area_finder.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::AreaVersion;
using catalogue::Day;
using catalogue::Problems;

/// What was decided, as an object; the areas are those of the day before, as decisions name them.
using Decision = std::function<base::Result<json::object>(store::WriteSession& session, Day day, Problems& problems)>;

base::Status decide(const AreaOptions& options, gate::Office& office, const Output& output, const char* action,
                    const Decision& decision) {
  VG_ASSIGN(const Day day, day_typed(options.day, Day::at(office.clock().wall_now())));
  json::object done;
  const base::Status written =
      change_on_machine(office.store(), output, [&](store::WriteSession& session, Problems& problems) -> base::Status {
        VG_ASSIGN(done, decision(session, day, problems));
        VG_TRY(catalogue::catch_up_places(session).error());
        std::optional<base::Uuid> subject;
        if (const json::value* id = done.if_contains("id")) subject = *base::Uuid::parse(std::string(id->as_string()));
        return note_on_machine(session, action, "area", subject);
      });
  VG_TRY(written);
  if (output.json) {
    print_json(output, done);
  } else {
    for (const char* key : {"id", "targets"}) {
      const json::value* value = done.if_contains(key);
      if (value == nullptr) continue;
      if (value->is_string()) output.out << value->as_string().c_str() << '\n';
      if (value->is_array()) {
        for (const json::value& one : value->as_array()) output.out << one.as_string().c_str() << '\n';
      }
    }
  }
  return {};
}

base::Result<catalogue::AreaForm> new_area_form(store::Reader& session, const AreaOptions& options, Day day) {
  catalogue::AreaForm form;
  form.name = options.name;
  form.type = options.type;
  form.code = options.code;
  VG_ASSIGN(form.parent, maybe_area(session, options.parent, day));
  form.households = options.households;
  form.population = options.population;
  form.km2 = options.km2;
  form.basis = options.basis;
  if (!options.to.empty()) {
    VG_ASSIGN(form.to, Day::parse(options.to));
  }
  return form;
}

base::Result<std::vector<AreaId>> areas_named(store::Reader& session, const std::vector<std::string>& texts, Day day) {
  std::vector<AreaId> areas;
  for (const std::string& text : texts) {
    VG_ASSIGN(const AreaVersion one, area_meant(session, text, day));
    areas.push_back(one.area);
  }
  return areas;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// "Phường Tân Tiến=31900: Khóm 1, Khóm 2": what stands behind the colon lies in the area that is split.
base::Result<catalogue::SplitForm::Part> part_written(store::Reader& session, std::string_view text,
                                                      const AreaVersion& source, Day before) {
  catalogue::SplitForm::Part part;
  const std::size_t colon = text.find(':');
  const std::string_view head = text.substr(0, colon);
  const std::size_t equals = head.find('=');
  part.form.name = trimmed(head.substr(0, equals));
  if (equals != std::string_view::npos) part.form.code = trimmed(head.substr(equals + 1));
  part.form.type = source.type;
  part.form.parent = source.parent;
  std::string_view rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  VG_ASSIGN(const std::vector<AreaVersion> inside, catalogue::areas_in(session, source.area, before));
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string wanted = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (wanted.empty()) continue;
    const auto found = std::find_if(inside.begin(), inside.end(),
                                    [&](const AreaVersion& one) { return intake::same_area_name(one, wanted); });
    if (found == inside.end()) {
      return base::not_found(wanted + tr({" does not lie in ", " không thuộc "}) + source.full_name());
    }
    part.residential.push_back(found->area);
  }
  return part;
}

}  // namespace

base::Status add_one_area(const AreaOptions& options, gate::Office& office, const Output& output) {
  return decide(options, office, output, "area.add",
                [&](store::WriteSession& session, Day day, Problems& problems) -> base::Result<json::object> {
                  VG_ASSIGN(const Day from, day_typed(options.from, day));
                  VG_ASSIGN(const catalogue::AreaForm form, new_area_form(session, options, from));
                  VG_ASSIGN(const AreaId id, catalogue::add_area(session, form, from, problems));
                  return json::object{{"id", id.to_string()}};
                });
}

base::Status rename_area(const AreaOptions& options, gate::Office& office, const Output& output) {
  return decide(options, office, output, "area.amend",
                [&](store::WriteSession& session, Day day, Problems& problems) -> base::Result<json::object> {
                  VG_ASSIGN(const AreaVersion area, area_meant(session, options.area, day - 1));
                  catalogue::AreaAmendment amendment;
                  if (!options.name.empty()) amendment.name = options.name;
                  if (!options.type.empty()) amendment.type = options.type;
                  if (!options.code.empty()) amendment.code = options.code;
                  VG_ASSIGN(amendment.parent, maybe_area(session, options.parent, day));
                  amendment.households = options.households;
                  amendment.population = options.population;
                  amendment.km2 = options.km2;
                  amendment.basis = options.basis;
                  VG_ASSIGN(const catalogue::ChangeId change,
                            catalogue::amend_area(session, area.area, amendment, day, problems));
                  return json::object{{"id", area.area.to_string()}, {"change", change.to_string()}};
                });
}

base::Status merge_on_machine(const AreaOptions& options, gate::Office& office, const Output& output) {
  return decide(options, office, output, "area.change",
                [&](store::WriteSession& session, Day day, Problems& problems) -> base::Result<json::object> {
                  catalogue::MergeForm form;
                  VG_ASSIGN(form.sources, areas_named(session, options.sources, day - 1));
                  VG_ASSIGN(form.into, maybe_area(session, options.into, day - 1));
                  if (!options.name.empty()) {
                    VG_ASSIGN(form.form, new_area_form(session, options, day));
                  }
                  form.basis = options.basis;
                  VG_ASSIGN(const catalogue::MergeResult done, catalogue::merge_areas(session, form, day, problems));
                  return json::object{{"id", done.target.to_string()}, {"change", done.change.to_string()}};
                });
}

base::Status split_on_machine(const AreaOptions& options, gate::Office& office, const Output& output) {
  return decide(options, office, output, "area.change",
                [&](store::WriteSession& session, Day day, Problems& problems) -> base::Result<json::object> {
                  VG_ASSIGN(const AreaVersion source, area_meant(session, options.area, day - 1));
                  catalogue::SplitForm form{source.area, {}, options.basis};
                  for (const std::string& text : options.parts) {
                    VG_ASSIGN(catalogue::SplitForm::Part part, part_written(session, text, source, day - 1));
                    form.parts.push_back(std::move(part));
                  }
                  VG_ASSIGN(const catalogue::SplitResult done, catalogue::split_area(session, form, day, problems));
                  json::array targets;
                  for (const AreaId& id : done.targets) targets.push_back(json::value(id.to_string()));
                  return json::object{{"targets", std::move(targets)}, {"change", done.change.to_string()}};
                });
}

base::Status transfer_on_machine(const AreaOptions& options, gate::Office& office, const Output& output) {
  return decide(options, office, output, "area.change",
                [&](store::WriteSession& session, Day day, Problems& problems) -> base::Result<json::object> {
                  catalogue::TransferForm form;
                  VG_ASSIGN(const AreaVersion source, area_meant(session, options.area, day - 1));
                  VG_ASSIGN(const AreaVersion target, area_meant(session, options.target, day - 1));
                  form.source = source.area;
                  form.target = target.area;
                  VG_ASSIGN(form.moved, areas_named(session, options.moved, day - 1));
                  form.households = options.households;
                  form.population = options.population;
                  form.km2 = options.km2;
                  form.basis = options.basis;
                  VG_ASSIGN(const catalogue::ChangeId change, catalogue::transfer_part(session, form, day, problems));
                  return json::object{{"id", target.area.to_string()}, {"change", change.to_string()}};
                });
}

}  // namespace vonggac::cli
