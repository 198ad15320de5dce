/// find_cameras: the rarest word gives the candidates, by the camera's own words and by the areas; the rest is compared
/// in memory (camera_lists.h).
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/human_codes.h"
#include "catalogue/list_conditions.h"

namespace vonggac::catalogue {
namespace {

/// More than that is no help to whoever looks for something.
constexpr std::int64_t kMostHits = 1500;
/// Of one way to candidates so many are compared.
constexpr std::int64_t kMostCompared = 3000;

struct WordRange {
  std::string first, last;  ///< [first, last)
  std::int64_t hits = 0;
};

WordRange word_range(const std::string& word) {
  const bool number = word.find_first_not_of("0123456789") == std::string::npos;
  // A number is meant whole; of a word the beginning is enough. '{' follows 'z'.
  return {word, word + (number ? "\x01" : "{")};
}

/// Of all words at once: each question is a trip to the server.
base::Status count_hits(store::Reader& session, std::vector<WordRange>& ranges) {
  std::string sql;
  store::Parameters parameters{kMostHits};
  for (const WordRange& range : ranges) {
    parameters.emplace_back(range.first);
    parameters.emplace_back(range.last);
    for (const char* table : {"camera_term", "area_term"}) {
      sql +=
          fmt::format("{}(select count(*) from (select 1 as one from {} where term >= ${} and term < ${} limit $1) t)",
                      sql.empty() ? "select " : ", ", table, parameters.size() - 1, parameters.size());
    }
  }
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i].hits = rows[0].integer(2 * i) + rows[0].integer(2 * i + 1);
  }
  return {};
}

base::Result<WordRange> rarest_word(store::Reader& session, const std::vector<SearchWord>& words) {
  std::vector<WordRange> ranges;
  for (const SearchWord& word : words) {
    if (word.long_forms.empty()) ranges.push_back(word_range(word.word));  // others stand for words of their own
  }
  if (ranges.empty()) {
    const std::string& form = words.front().long_forms.front();
    return word_range(form.substr(0, form.find(' ')));
  }
  VG_TRY(count_hits(session, ranges));
  return *std::min_element(ranges.begin(), ranges.end(),
                           [](const WordRange& a, const WordRange& b) { return a.hits < b.hits; });
}

struct SearchHit {
  std::size_t words_in_name = 0;
  std::string code;
  base::Uuid id;
};

/// Adds those of one way to candidates whose words all match.
class HitCollector {
 public:
  HitCollector(store::Reader& session, const std::vector<SearchWord>& words, Day today, std::size_t enough)
      : session_(session), words_(words), today_(today), enough_(enough) {}

  /// `ids`: a statement that gives candidates as `id`.
  base::Status add(Conditions conditions, std::string_view ids) {
    const std::string day = conditions.place(today_.number);
    const std::size_t before = found_.size();
    const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
      if (!matches(row.text(3) + " " + row.text(4), words_)) return {};
      const std::string own = fold(row.text(2));
      const auto in_name = static_cast<std::size_t>(
          std::count_if(words_.begin(), words_.end(), [&](const SearchWord& word) { return matches(own, {word}); }));
      found_.try_emplace(row.id(0), SearchHit{in_name, row.text(1), row.id(0)});
      if (found_.size() - before < enough_) return {};
      return {base::ErrorKind::kCancelled, "enough"};
    };
    const base::Status status = session_.visit(
        fmt::format("select c.id, c.code, c.name, c.search, v.path from ({}) f cross join camera c cross join "
                    "area_version v where c.id = f.id and v.area = c.area and v.valid_from <= {} and v.valid_to > {} "
                    "and {}",
                    ids, day, day, conditions.text()),
        std::span<const store::Value>(conditions.values()), take);
    return status.kind() == base::ErrorKind::kCancelled ? base::Status() : status;
  }
  std::vector<SearchHit> best(std::size_t most) const {
    std::vector<SearchHit> hits;
    for (const auto& [id, hit] : found_) hits.push_back(hit);
    std::sort(hits.begin(), hits.end(), [](const SearchHit& a, const SearchHit& b) {
      return a.words_in_name != b.words_in_name ? a.words_in_name > b.words_in_name : a.code < b.code;
    });
    if (hits.size() > most) hits.resize(most);
    return hits;
  }

 private:
  store::Reader& session_;
  const std::vector<SearchWord>& words_;
  Day today_;
  std::size_t enough_;
  std::map<base::Uuid, SearchHit> found_;
};

/// Cameras in a scope that is small enough to compare all of them; none if it is not.
base::Result<std::optional<std::int64_t>> small_scope(store::Reader& session, const ScopeAreas& areas) {
  if (areas.everywhere) return std::optional<std::int64_t>();
  std::int64_t count = 0;
  for (const ScopeArea& area : areas.areas) {
    VG_ASSIGN(
        const store::Rows rows,
        session.query(
            fmt::format("select count(*) from (select 1 as one from camera c where c.{} = $1 limit $2) t", area.column),
            {area.area, kMostCompared + 1}));
    count += rows[0].integer(0);
    if (count > kMostCompared) return std::optional<std::int64_t>();
  }
  return std::optional<std::int64_t>(count);
}

base::Status collect_in_scope(HitCollector& hits, const ScopeAreas& areas, const CameraFilter& filter) {
  for (const ScopeArea& area : areas.areas) {
    Conditions conditions;
    const std::string ids = fmt::format("select x.id from camera x where x.{} = {} limit {}", area.column,
                                        conditions.place(area.area), conditions.place(kMostCompared));
    add_filter(conditions, filter);
    VG_TRY(hits.add(conditions, ids));
  }
  return {};
}

base::Status collect_by_word(HitCollector& hits, const WordRange& range, const ScopeAreas& areas,
                             const CameraFilter& filter, Day today) {
  Conditions own;
  const std::string own_ids =
      fmt::format("select t.camera as id from camera_term t where t.term >= {} and t.term < {} limit {}",
                  own.place(range.first), own.place(range.last), own.place(kMostCompared));
  add_filter(own, filter);
  add_scope(own, areas);
  VG_TRY(hits.add(own, own_ids));
  Conditions placed;
  const std::string first = placed.place(range.first), last = placed.place(range.last);
  const std::string day = placed.place(today.number);
  const std::string placed_ids = fmt::format(
      "select x.id from area_term t cross join area_version w cross join camera x where w.id = t.version and x.area = "
      "w.area and t.term >= {} and t.term < {} and w.valid_from <= {} and w.valid_to > {} limit {}",
      first, last, day, day, placed.place(kMostCompared));
  add_filter(placed, filter);
  add_scope(placed, areas);
  return hits.add(placed, placed_ids);
}

/// In the order of the hits.
base::Result<std::vector<CameraListed>> read_hits(store::Reader& session, const std::vector<SearchHit>& hits) {
  if (hits.empty()) return std::vector<CameraListed>();
  std::map<base::Uuid, std::size_t> places;
  std::string list;
  store::Parameters ids;
  for (const SearchHit& hit : hits) {
    places.emplace(hit.id, places.size());
    ids.emplace_back(hit.id);
    list += fmt::format("{}${}", list.empty() ? "" : ", ", ids.size());
  }
  VG_ASSIGN(std::vector<CameraListed> found, read_listed(session, "", fmt::format("c.id in ({})", list), ids));
  std::sort(found.begin(), found.end(),
            [&](const CameraListed& a, const CameraListed& b) { return places.at(a.id) < places.at(b.id); });
  return found;
}

/// A whole code is answered by itself.
base::Result<std::vector<CameraListed>> by_whole_code(store::Reader& session, const ScopeAreas& areas,
                                                      const CameraFilter& filter, const std::string& code) {
  const bool camera = code.starts_with("CAM-"), site = code.starts_with("VT-");
  if (!camera && !site) return std::vector<CameraListed>();
  Conditions conditions;
  conditions.add(camera ? "c.code = {}" : "c.site in (select id from camera_site where code = {})", code);
  add_filter(conditions, filter);
  add_scope(conditions, areas);
  return read_listed(session, "", conditions.text() + " order by c.code", conditions.values());
}

}  // namespace

base::Result<std::vector<CameraListed>> find_cameras(store::Reader& session, const ScopeFilter& scope,
                                                     const CameraFilter& filter, std::string_view query, Day today,
                                                     std::size_t most) {
  const std::vector<SearchWord> words = search_words(query);
  if (words.empty()) return std::vector<CameraListed>();
  VG_ASSIGN(const ScopeAreas areas, scope_of_list(session, scope, filter.area, today));
  VG_ASSIGN(std::vector<CameraListed> found, by_whole_code(session, areas, filter, normal_code(query)));
  if (!found.empty()) return found;
  HitCollector hits(session, words, today, 4 * most);
  VG_ASSIGN(const WordRange range, rarest_word(session, words));
  VG_ASSIGN(const std::optional<std::int64_t> in_scope, small_scope(session, areas));
  if (in_scope && *in_scope <= range.hits) {
    VG_TRY(collect_in_scope(hits, areas, filter));
  } else {
    VG_TRY(collect_by_word(hits, range, areas, filter, today));
  }
  return read_hits(session, hits.best(most));
}

}  // namespace vonggac::catalogue
