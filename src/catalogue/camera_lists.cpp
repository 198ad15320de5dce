#include "catalogue/camera_lists.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/list_conditions.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kMostCamerasAPage = 500;

/// Where a page ended: the value it was sorted by, and the id for those that share it.
struct CameraCursor {
  std::string key;
  base::Uuid id;
};

std::string key_of(const CameraListed& row, CameraSort sort) {
  switch (sort) {
    case CameraSort::kCode:
      return row.code;
    case CameraSort::kName:
      return fold(row.name);
    case CameraSort::kNewest:
      return std::to_string(row.made_at.us);
  }
  return {};
}

base::Result<std::optional<CameraCursor>> parse_cursor(const std::string& text, CameraSort sort) {
  if (text.empty()) return std::optional<CameraCursor>();
  const base::Status wrong = base::invalid_argument("this is no place in a list: begin again");
  if (text.size() < 37 || text.size() > 700 || text[36] != '.') return wrong;
  const auto id = base::Uuid::parse(text.substr(0, 36));
  if (!id) return wrong;
  CameraCursor cursor{text.substr(37), *id};
  if (sort == CameraSort::kNewest) {
    std::int64_t us = 0;
    const char* end = cursor.key.data() + cursor.key.size();
    const auto [stop, error] = std::from_chars(cursor.key.data(), end, us);
    if (error != std::errc() || stop != end) return wrong;
  }
  return std::optional<CameraCursor>(std::move(cursor));
}

std::string cursor_after(const CameraListed& row, CameraSort sort) {
  return fmt::format("{}.{}", row.id.to_string(), key_of(row, sort));
}

void add_cursor(Conditions& conditions, const std::optional<CameraCursor>& cursor, CameraSort sort) {
  if (!cursor) return;
  if (sort == CameraSort::kCode) return conditions.add("c.code > {}", cursor->key);
  const bool newest = sort == CameraSort::kNewest;
  const std::string key = conditions.place(newest ? store::Value(std::strtoll(cursor->key.c_str(), nullptr, 10))
                                                  : store::Value(cursor->key));
  const std::string id = conditions.place(cursor->id);
  conditions.add(newest ? fmt::format("(c.made_at_us, c.id) < ({}, {})", key, id)
                        : fmt::format("(c.sort_name, c.id) > ({}, {})", key, id));
}

std::string_view order_of(CameraSort sort) {
  switch (sort) {
    case CameraSort::kCode:
      return "c.code";
    case CameraSort::kName:
      return "c.sort_name, c.id";
    case CameraSort::kNewest:
      return "c.made_at_us desc, c.id desc";
  }
  return {};
}

bool comes_first(const CameraListed& a, const CameraListed& b, CameraSort sort) {
  if (sort == CameraSort::kNewest) return a.made_at != b.made_at ? a.made_at > b.made_at : a.id > b.id;
  const std::string x = key_of(a, sort), y = key_of(b, sort);
  return x != y ? x < y : a.id < b.id;
}

/// So few that they are sorted at once, whatever the order.
constexpr std::int64_t kFew = 1000;

/// A statement that gives all ids which one part of the filter leaves, if that part leaves few; else empty. Orders by
/// code have an index for each part and need none.
base::Result<std::string> few_by_filter(store::Reader& session, const ScopeArea* area, const CameraFilter& filter,
                                        CameraSort sort, Conditions& conditions) {
  if (sort == CameraSort::kCode) return std::string();
  const std::pair<std::string_view, std::string> parts[] = {
      {"health", filter.health}, {"life", filter.life}, {"kind", filter.kind}, {"brand_key", fold(filter.brand)}};
  for (const auto& [column, value] : parts) {
    if (value.empty()) continue;
    const auto ids_where = [&](Conditions& with) {
      std::string text = fmt::format("select x.id from camera x where x.{} = {}", column, with.place(value));
      if (area != nullptr) text += fmt::format(" and x.{} = {}", area->column, with.place(area->area));
      return text;
    };
    Conditions own;
    const std::string ids = ids_where(own);
    const std::string limit = own.place(kFew + 1);
    VG_ASSIGN(const store::Rows rows,
              session.query(fmt::format("select count(*) from ({} limit {}) t", ids, limit), own.values()));
    if (rows[0].integer(0) <= kFew) return ids_where(conditions);
  }
  return std::string();
}

}  // namespace

base::Result<CameraPage> list_cameras(store::Reader& session, const ScopeFilter& scope, const CameraFilter& filter,
                                      const CameraPageForm& page, Day today) {
  const std::size_t most = std::clamp<std::size_t>(page.most, 1, kMostCamerasAPage);
  VG_ASSIGN(const std::optional<CameraCursor> cursor, parse_cursor(page.after, page.sort));
  VG_ASSIGN(const ScopeAreas areas, scope_of_list(session, scope, filter.area, today));
  CameraPage result;
  const auto add_page = [&](const ScopeArea* area) -> base::Status {
    Conditions conditions;
    if (area != nullptr) conditions.add(fmt::format("c.{} = {{}}", area->column), area->area);
    add_filter(conditions, filter);
    add_cursor(conditions, cursor, page.sort);
    VG_ASSIGN(const std::string few, few_by_filter(session, area, filter, page.sort, conditions));
    const std::string limit = conditions.place(static_cast<std::int64_t>(most + 1));
    VG_ASSIGN(
        std::vector<CameraListed> rows,
        read_listed(session, few, fmt::format("{} order by {} limit {}", conditions.text(), order_of(page.sort), limit),
                    conditions.values()));
    std::move(rows.begin(), rows.end(), std::back_inserter(result.rows));
    return {};
  };
  if (areas.everywhere) VG_TRY(add_page(nullptr));
  for (const ScopeArea& area : areas.areas) VG_TRY(add_page(&area));
  if (areas.areas.size() > 1) {
    std::sort(result.rows.begin(), result.rows.end(),
              [&](const CameraListed& a, const CameraListed& b) { return comes_first(a, b, page.sort); });
  }
  if (result.rows.size() > most) {
    result.rows.resize(most);
    result.next = cursor_after(result.rows.back(), page.sort);
  }
  return result;
}

}  // namespace vonggac::catalogue
