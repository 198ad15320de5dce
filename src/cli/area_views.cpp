/// area list, area show: areas on a day, what lies in what, and what became of one.
#include <ostream>

#include <fmt/format.h>

#include "catalogue/area_changes.h"
#include "cli/area_commands.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::AreaVersion;
using catalogue::Day;

std::string until_text(Day to) { return to == catalogue::kOpenEnd ? std::string("-") : (to - 1).local(); }

json::object area_object(const AreaVersion& version) {
  return {{"id", version.area.to_string()},
          {"name", version.name},
          {"full_name", version.full_name()},
          {"type", version.type},
          {"kind", static_cast<int>(version.kind)},
          {"code", version.code},
          {"parent", version.parent ? json::value(version.parent->to_string()) : json::value()},
          {"households", version.households ? json::value(*version.households) : json::value()},
          {"population", version.population ? json::value(*version.population) : json::value()},
          {"km2", version.km2 ? json::value(*version.km2) : json::value()},
          {"from", version.from.iso()},
          {"to", version.to == catalogue::kOpenEnd ? json::value() : json::value(version.to.iso())},
          {"basis", version.basis}};
}

base::Result<std::string> place_text(store::Reader& session, const AreaVersion& version, Day day) {
  std::string text;
  VG_ASSIGN(const std::vector<AreaVersion> line, catalogue::lineage(session, version.area, day));
  for (const AreaVersion& one : line) text += (text.empty() ? "" : ", ") + one.full_name();
  return text;
}

/// Rows for people and objects for programs, in the order of a tree.
struct AreaTree {
  Day day;
  int deepest;
  std::vector<std::vector<std::string>> rows;
  json::array list;

  void add(const AreaVersion& version, const std::string& name, int level) {
    rows.push_back({std::string(static_cast<std::size_t>(level) * 2, ' ') + printable(name),
                    in_language(catalogue::kind_word(version.kind)), version.code, version.from.local()});
    json::object one = area_object(version);
    one["level"] = level;
    list.push_back(std::move(one));
  }
  base::Status walk(store::Reader& session, const std::vector<AreaVersion>& areas, int level) {
    for (const AreaVersion& version : areas) {
      add(version, version.full_name(), level);
      if (level + 1 >= deepest) continue;
      VG_ASSIGN(const std::vector<AreaVersion> below, catalogue::areas_in(session, version.area, day));
      VG_TRY(walk(session, below, level + 1));
    }
    return {};
  }
};

base::Status fill_tree(store::Reader& session, const AreaOptions& options, AreaTree& tree) {
  if (!options.search.empty()) {
    VG_ASSIGN(const std::vector<AreaVersion> found, catalogue::find_areas(session, options.search, tree.day));
    for (const AreaVersion& version : found) {
      VG_ASSIGN(const std::string place, place_text(session, version, tree.day));
      tree.add(version, place, 0);
    }
    return {};
  }
  std::vector<AreaVersion> top;
  if (options.area.empty()) {
    VG_ASSIGN(top, catalogue::areas_at_top(session, tree.day));
  } else {
    VG_ASSIGN(AreaVersion one, area_meant(session, options.area, tree.day));
    top.push_back(std::move(one));
  }
  return tree.walk(session, top, 0);
}

std::vector<std::string> tree_heading() {
  return {tr({"AREA", "ĐỊA BÀN"}), tr({"KIND", "CẤP"}), tr({"CODE", "MÃ"}), tr({"SINCE", "TỪ NGÀY"})};
}

base::Result<json::array> ids_and_names(store::Reader& session, const std::vector<AreaId>& areas, Day day,
                                        const AreaId& without, std::string& names) {
  json::array list;
  for (const AreaId& id : areas) {
    if (id == without) continue;
    VG_ASSIGN(const std::vector<AreaVersion> versions, catalogue::versions_of(session, id));
    if (versions.empty()) continue;
    const AreaVersion& version = versions.back();
    VG_ASSIGN(std::string place, place_text(session, version, std::min(day, version.to - 1)));
    names += (names.empty() ? "" : "; ") + place;
    list.push_back(json::object{{"id", id.to_string()}, {"full_name", version.full_name()}, {"code", version.code}});
  }
  return list;
}

base::Status print_area(store::Reader& session, const AreaVersion& area, Day day, const Output& output) {
  VG_ASSIGN(const std::vector<AreaVersion> versions, catalogue::versions_of(session, area.area));
  VG_ASSIGN(const std::string place, place_text(session, area, std::min(day, area.to - 1)));
  std::string became, took;
  json::array successors, sources;
  if (versions.back().to <= day) {
    VG_ASSIGN(const std::vector<AreaId> next, catalogue::successors(session, area.area, versions.back().to - 1, day));
    VG_ASSIGN(successors, ids_and_names(session, next, day, area.area, became));
  }
  VG_ASSIGN(const std::vector<AreaId> merged, catalogue::merged_into(session, area.area, day));
  VG_ASSIGN(sources, ids_and_names(session, merged, day, area.area, took));
  if (output.json) {
    json::array list;
    for (const AreaVersion& version : versions) list.push_back(area_object(version));
    print_json(output, json::object{{"id", area.area.to_string()},
                                    {"place", place},
                                    {"versions", std::move(list)},
                                    {"became", std::move(successors)},
                                    {"took_in", std::move(sources)}});
    return {};
  }
  output.out << printable(place) << "  (" << area.area.to_string() << ")\n";
  std::vector<std::vector<std::string>> rows{{tr({"FROM", "TỪ NGÀY"}), tr({"UNTIL", "ĐẾN NGÀY"}), tr({"NAME", "TÊN"}),
                                              tr({"CODE", "MÃ"}), tr({"BASIS", "CĂN CỨ"})}};
  for (const AreaVersion& version : versions) {
    rows.push_back({version.from.local(), until_text(version.to), printable(version.full_name()), version.code,
                    printable(version.basis)});
  }
  print_table(output.out, rows);
  if (!became.empty()) output.out << tr({"became: ", "nay là: "}) << printable(became) << '\n';
  if (!took.empty()) output.out << tr({"took in: ", "hợp nhất từ: "}) << printable(took) << '\n';
  return {};
}

}  // namespace

base::Status list_areas(const AreaOptions& options, gate::Office& office, const Output& output) {
  VG_ASSIGN(const Day day, day_typed(options.day, Day::at(office.clock().wall_now())));
  AreaTree tree{day, options.levels, {tree_heading()}, {}};
  VG_TRY(office.store().read([&](store::Reader& session) {
    tree.rows.resize(1);
    tree.list.clear();
    return fill_tree(session, options, tree);
  }));
  if (output.json) {
    print_json(output, json::object{{"areas", std::move(tree.list)}, {"day", day.iso()}});
  } else {
    print_table(output.out, tree.rows);
  }
  return {};
}

base::Status show_area(const AreaOptions& options, gate::Office& office, const Output& output) {
  VG_ASSIGN(const Day day, day_typed(options.day, Day::at(office.clock().wall_now())));
  return office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(const AreaVersion area, area_meant(session, options.area, day));
    return print_area(session, area, day, output);
  });
}

}  // namespace vonggac::cli
