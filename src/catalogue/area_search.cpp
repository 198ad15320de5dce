/// find_areas: the rarest words give the candidates, the rest is compared in memory.
#include "catalogue/area_search.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/area_rows.h"
#include "catalogue/folding.h"

namespace vonggac::catalogue {
namespace {

/// A word that more versions than that have is no help; "phường" has thousands.
constexpr std::int64_t kMostCandidates = 4000;
/// So many are compared faster than another word is asked.
constexpr std::int64_t kFewCandidates = 300;
constexpr std::size_t kMostChoosing = 3;

struct TermRange {
  std::string first, last;  ///< [first, last)
};

TermRange range_of(const SearchWord& word) {
  const bool number = word.word.find_first_not_of("0123456789") == std::string::npos;
  // A number is meant whole; of a word the beginning is enough. '{' follows 'z'.
  return {word.word, word.word + (number ? "\x01" : "{")};
}

using Counted = std::vector<std::pair<std::int64_t, TermRange>>;

/// Of all words at once: each question is a trip to the server.
base::Status count_versions(store::Reader& session, Counted& ranges) {
  std::string sql;
  store::Parameters parameters{kMostCandidates};
  for (const auto& [count, range] : ranges) {
    parameters.emplace_back(range.first);
    parameters.emplace_back(range.last);
    sql += fmt::format(
        "{}(select count(*) from (select 1 as one from area_term where term >= ${} and term < ${} limit $1) t)",
        sql.empty() ? "select " : ", ", parameters.size() - 1, parameters.size());
  }
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  for (std::size_t i = 0; i < ranges.size(); ++i) ranges[i].first = rows[0].integer(i);
  return {};
}

/// The rarest words, which choose the candidates together. A short form stands for words of its own, so it chooses
/// none, unless there is nothing else.
base::Result<std::vector<TermRange>> rarest(store::Reader& session, const std::vector<SearchWord>& words) {
  Counted counted;
  for (const SearchWord& word : words) {
    if (word.long_forms.empty()) counted.emplace_back(0, range_of(word));
  }
  if (!counted.empty()) VG_TRY(count_versions(session, counted));
  std::stable_sort(counted.begin(), counted.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
  std::vector<TermRange> best;
  for (const auto& [count, range] : counted) {
    // A word that few have needs no help; each further one costs as much as it has versions.
    const bool enough = !best.empty() && counted.front().first <= kFewCandidates;
    if (best.size() == kMostChoosing || enough) break;
    best.push_back(range);
  }
  if (best.empty()) {
    const std::string& form = words.front().long_forms.front();
    best.push_back(range_of({form.substr(0, form.find(' ')), {}}));
  }
  return best;
}

/// "select version ... intersect select version ...", its parameters behind those that are there.
std::string candidates_of(const std::vector<TermRange>& ranges, store::Parameters& parameters) {
  std::string sql;
  for (const TermRange& range : ranges) {
    parameters.push_back(store::Value(range.first));
    parameters.push_back(store::Value(range.last));
    sql += fmt::format("{}select version from area_term where term >= ${} and term < ${}",
                       sql.empty() ? "" : " intersect ", parameters.size() - 1, parameters.size());
  }
  return sql;
}

std::size_t words_in_own_name(const AreaVersion& version, const std::vector<SearchWord>& words) {
  const std::string own = fold(version.full_name());
  return static_cast<std::size_t>(
      std::count_if(words.begin(), words.end(), [&](const SearchWord& word) { return matches(own, {word}); }));
}

}  // namespace

base::Result<std::vector<AreaVersion>> find_areas(store::Reader& session, std::string_view query, Day day,
                                                  std::size_t most) {
  const std::vector<SearchWord> words = search_words(query);
  if (words.empty()) return std::vector<AreaVersion>();
  VG_ASSIGN(const std::vector<TermRange> ranges, rarest(session, words));
  store::Parameters parameters{day.number, 4 * kMostCandidates};
  const std::string candidates = candidates_of(ranges, parameters);
  VG_ASSIGN(
      std::vector<AreaVersion> found,
      read_versions(session,
                    fmt::format("where v.valid_from <= $1 and v.valid_to > $1 and v.id in (select version from ({}) c "
                                "limit $2)",
                                candidates),
                    parameters));
  std::erase_if(found, [&](const AreaVersion& v) { return !matches(v.path, words); });
  std::vector<std::pair<std::size_t, const AreaVersion*>> order;
  for (const AreaVersion& version : found) order.emplace_back(words_in_own_name(version, words), &version);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first > b.first;
    if (a.second->kind != b.second->kind) return a.second->kind < b.second->kind;
    return a.second->path != b.second->path ? a.second->path < b.second->path : a.second->id < b.second->id;
  });
  std::vector<AreaVersion> best;
  for (std::size_t i = 0; i < std::min(order.size(), most); ++i) best.push_back(*order[i].second);
  return best;
}

base::Result<std::vector<AreaVersion>> areas_meant(store::Reader& session, std::string_view query, Day day) {
  VG_ASSIGN(std::vector<AreaVersion> found, find_areas(session, query, day));
  if (found.size() < 2) return found;
  const std::string folded = fold(query);
  const auto is_called_so = [&](const AreaVersion& v) { return fold(v.full_name()) == folded; };
  if (std::any_of(found.begin(), found.end(), is_called_so)) {
    std::erase_if(found, [&](const AreaVersion& v) { return !is_called_so(v); });
    return found;
  }
  const std::vector<SearchWord> words = search_words(query);
  const std::size_t most = words_in_own_name(found.front(), words);
  std::erase_if(found, [&](const AreaVersion& v) { return words_in_own_name(v, words) < most; });
  return found;
}

}  // namespace vonggac::catalogue
