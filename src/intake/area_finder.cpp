#include "intake/area_finder.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/area_changes.h"
#include "catalogue/folding.h"
#include "catalogue/spelling.h"

namespace vonggac::intake {
namespace {

using catalogue::AreaId;
using catalogue::AreaKind;
using catalogue::AreaVersion;
using catalogue::Day;

constexpr std::size_t kMostCandidates = 5;

/// "khom 01" -> "khom 1".
std::string without_zeros(std::string_view folded) {
  std::string plain;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const bool begins = i == 0 || folded[i - 1] == ' ';
    const bool number_goes_on = i + 1 < folded.size() && folded[i + 1] >= '0' && folded[i + 1] <= '9';
    if (begins && folded[i] == '0' && number_goes_on) continue;
    plain += folded[i];
  }
  return plain;
}

/// The words as written, and with their first word in full: "p xuan ha" -> "phuong xuan ha".
std::vector<std::string> readings(std::string_view written) {
  const std::vector<catalogue::SearchWord> words = catalogue::search_words(written);
  if (words.empty()) return {};
  std::string rest;
  for (std::size_t i = 1; i < words.size(); ++i) rest += " " + words[i].word;
  std::vector<std::string> all{without_zeros(words[0].word + rest)};
  for (const std::string& longer : words[0].long_forms) all.push_back(without_zeros(longer + rest));
  return all;
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    const std::string_view part = text.substr(0, end);
    if (!catalogue::fold(part).empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

catalogue::Sentence no_such_area() {
  return {"Không có địa bàn này trong phạm vi của bạn: kiểm tra tên xã, phường, khu dân cư và tỉnh.",
          "There is no such area within your reach: look at the names of commune, residential area and province."};
}

FoundArea not_found(Field field) {
  FoundArea answer;
  answer.field = field;
  answer.wrong = no_such_area();
  return answer;
}

/// The generic column "Khóm 1, Phường 8, Bạc Liêu" fills the columns that are not there.
RowFacts with_parts(const RowFacts& facts) {
  RowFacts whole = facts;
  if (facts.area.empty()) return whole;
  const std::vector<std::string> parts = parts_of(facts.area);
  if (parts.size() == 1) {
    (facts.commune.empty() ? whole.commune : whole.residential) = parts[0];
  } else if (parts.size() >= 3) {
    whole.residential = parts[0];
    whole.commune = parts[1];
    whole.province = parts.back();
  } else if (parts.size() == 2) {
    whole.residential = parts[0];
    whole.commune = parts[1];
  }
  return whole;
}

/// Of "Thôn Đông" and "Thôn Đồng" the one that is written so. Where none is, people mistype tones: all of them.
void called(std::vector<AreaVersion>& all, const std::string& written) {
  std::erase_if(all, [&](const AreaVersion& v) { return !same_area_name(v, written); });
  const auto alike = [&](const AreaVersion& v) { return spelled_alike(v, written); };
  if (std::any_of(all.begin(), all.end(), alike)) std::erase_if(all, [&](const AreaVersion& v) { return !alike(v); });
}

}  // namespace

bool same_area_name(const AreaVersion& version, std::string_view written) {
  const std::string full = without_zeros(catalogue::fold(version.full_name()));
  const std::string name = without_zeros(catalogue::fold(version.name));
  const std::vector<std::string> all = readings(written);
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) { return one == full || one == name; });
}

bool spelled_alike(const AreaVersion& version, std::string_view written) {
  const std::string whole = " " + without_zeros(catalogue::spell(written));
  return whole.ends_with(" " + without_zeros(catalogue::spell(version.name)));
}

base::Result<AreaFinder::Versions> AreaFinder::below(const AreaId& parent, AreaKind kind, Day day) {
  const std::pair<base::Uuid, std::int64_t> key{parent, day.number * 8 + static_cast<int>(kind)};
  const auto known = children_.find(key);
  if (known != children_.end()) return known->second;
  Versions found;
  VG_ASSIGN(const Versions children, catalogue::areas_in(session_, parent, day));
  for (const AreaVersion& child : children) {
    if (child.kind == kind) found.push_back(child);
    if (child.kind == AreaKind::kDistrict && kind == AreaKind::kCommune) {
      VG_ASSIGN(const Versions inner, catalogue::areas_in(session_, child.area, day));
      found.insert(found.end(), inner.begin(), inner.end());
    }
  }
  children_[key] = found;
  return found;
}

base::Result<std::string> AreaFinder::described(const AreaVersion& version, Day day) {
  std::string words = version.full_name();
  VG_ASSIGN(const Versions line, catalogue::lineage(session_, version.area, day));
  for (std::size_t i = 1; i < line.size(); ++i) words += ", " + line[i].full_name();
  return words;
}

base::Result<std::vector<Day>> AreaFinder::days_before() {
  if (!days_before_) {
    VG_ASSIGN(const store::Rows rows,
              session_.query("select distinct day from area_change where day <= $1 order by day desc limit 12",
                             {options_.today.number}));
    std::vector<Day> days;
    for (std::size_t i = 0; i < rows.size(); ++i) days.push_back(Day{rows[i].integer(0) - 1});
    days_before_ = std::move(days);
  }
  return *days_before_;
}

/// Communes of that day that are called so.
base::Result<AreaFinder::Versions> AreaFinder::communes(const RowFacts& facts, const std::string& commune,
                                                        const std::string& province, Day day) {
  if (!facts.area_code.empty()) {
    VG_ASSIGN(const auto coded, catalogue::area_by_code(session_, AreaKind::kCommune, facts.area_code, day));
    return coded ? Versions{*coded} : Versions{};
  }
  Versions all;
  if (!province.empty()) {
    VG_ASSIGN(const Versions top, catalogue::areas_at_top(session_, day));
    for (const AreaVersion& one : top) {
      if (!same_area_name(one, province) && one.code != province) continue;
      VG_ASSIGN(const Versions inside, below(one.area, AreaKind::kCommune, day));
      all.insert(all.end(), inside.begin(), inside.end());
    }
  } else if (options_.within) {
    VG_ASSIGN(const Versions line, catalogue::lineage(session_, *options_.within, day));
    for (const AreaVersion& one : line) {
      if (one.kind == AreaKind::kCommune) return commune.empty() || same_area_name(one, commune) ? Versions{one} : all;
    }
    VG_ASSIGN(all, below(*options_.within, AreaKind::kCommune, day));
  } else {
    VG_ASSIGN(all, catalogue::find_areas(session_, commune, day, 200));
  }
  std::erase_if(all, [&](const AreaVersion& v) { return v.kind != AreaKind::kCommune; });
  called(all, commune);
  return all;
}

base::Result<FoundArea> AreaFinder::residential_in(const AreaVersion& commune, const std::string& name, Field field,
                                                   Day day) {
  VG_ASSIGN(Versions all, below(commune.area, AreaKind::kResidential, day));
  called(all, name);
  if (all.empty()) {
    FoundArea answer;
    answer.field = field;
    answer.wrong = catalogue::Sentence{
        fmt::format("{} không có khu dân cư này: kiểm tra tên, hoặc để trống nếu ở ngoài khu dân cư.",
                    commune.full_name()),
        fmt::format("{} has no such residential area: look at the name, or leave it empty.", commune.full_name())};
    return answer;
  }
  return settle({}, all, field, day);
}

/// One area of that day, as what it is today.
base::Result<FoundArea> AreaFinder::settle(const RowFacts&, const Versions& found, Field field, Day day) {
  FoundArea answer;
  answer.field = field;
  std::vector<AreaVersion> today;
  std::string candidates;
  for (const AreaVersion& one : found) {
    VG_ASSIGN(const std::vector<AreaId> now, catalogue::successors(session_, one.area, day, options_.today));
    for (const AreaId& id : now) {
      VG_ASSIGN(const bool may, options_.may_write(session_, id));
      VG_ASSIGN(const auto version, catalogue::area_on(session_, id, options_.today));
      const bool listed = std::any_of(today.begin(), today.end(), [&](const AreaVersion& v) { return v.area == id; });
      if (may && version && !listed) today.push_back(*version);
    }
  }
  if (today.empty()) return not_found(field);
  if (today.size() > 1) {
    for (std::size_t i = 0; i < today.size() && i < kMostCandidates; ++i) {
      VG_ASSIGN(const std::string words, described(today[i], options_.today));
      candidates += fmt::format("{}{}", i == 0 ? "" : "; ", words);
    }
    answer.wrong =
        catalogue::Sentence{fmt::format("Tên này có thể là: {}. Ghi rõ hơn hoặc ghi mã xã, phường.", candidates),
                            fmt::format("It may be: {}. Say more, or give the commune's code.", candidates)};
    return answer;
  }
  answer.area = today.front();
  if (today.front().area != found.front().area || today.front().full_name() != found.front().full_name()) {
    answer.warning =
        catalogue::Sentence{fmt::format("{} nay là {}.", found.front().full_name(), today.front().full_name()),
                            fmt::format("{} is {} today.", found.front().full_name(), today.front().full_name())};
  }
  return answer;
}

base::Result<FoundArea> AreaFinder::look_up(const RowFacts& row) {
  const RowFacts facts = with_parts(row);
  const Field commune_field = !row.area_code.empty() ? Field::kAreaCode
                              : !row.commune.empty() ? Field::kCommune
                                                     : Field::kArea;
  const Field residential_field = row.residential.empty() ? Field::kArea : Field::kResidential;
  if (facts.area_code.empty() && facts.commune.empty() && !options_.within) {
    FoundArea answer;
    answer.field = commune_field;
    answer.wrong = catalogue::Sentence{"Ghi xã, phường (hoặc mã) và khu dân cư.",
                                       "Give the commune (or its code) and the residential area."};
    return answer;
  }
  Day day = options_.day;
  VG_ASSIGN(Versions found, communes(facts, facts.commune, facts.province, day));
  if (found.empty()) {
    // "Địa bàn" with one word may be the residential area of the commune that is meant anyway.
    if (options_.within && facts.residential.empty() && !facts.commune.empty()) {
      VG_ASSIGN(const Versions own, communes({}, "", "", day));
      if (own.size() == 1) return residential_in(own.front(), facts.commune, commune_field, day);
    }
    VG_ASSIGN(const std::vector<Day> before, days_before());
    for (std::size_t i = 0; i < before.size() && found.empty(); ++i) {
      day = before[i];
      VG_ASSIGN(found, communes(facts, facts.commune, facts.province, day));
    }
  }
  if (found.empty()) return not_found(commune_field);
  if (!facts.residential.empty() && found.size() == 1) {
    return residential_in(found.front(), facts.residential, residential_field, day);
  }
  VG_ASSIGN(FoundArea answer, settle(facts, found, commune_field, day));
  if (!answer.area) return answer;
  if (!facts.residential.empty())
    return residential_in(*answer.area, facts.residential, residential_field, options_.today);
  answer.outside_residential = true;
  if (!answer.warning) {
    answer.warning = catalogue::Sentence{"Chưa ghi khu dân cư: được ghi là ngoài khu dân cư (đường chính).",
                                         "No residential area is given: it counts as outside of all (a main road)."};
  }
  return answer;
}

base::Result<FoundArea> AreaFinder::find(const RowFacts& facts) {
  const std::string key =
      fmt::format("{}\n{}\n{}\n{}\n{}", facts.area_code, facts.area, facts.province, facts.commune, facts.residential);
  const auto known = answers_.find(key);
  if (known != answers_.end()) return known->second;
  VG_ASSIGN(FoundArea answer, look_up(facts));
  answers_[key] = answer;
  return answer;
}

}  // namespace vonggac::intake
