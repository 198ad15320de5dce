/// find_areas: the rarest word gives the candidates, the rest is compared in memory.
#include <algorithm>

#include <fmt/format.h>

#include "catalogue/area_rows.h"
#include "catalogue/folding.h"

namespace vonggac::catalogue {
namespace {

/// A word that more versions than that have is no help; "phường" has thousands.
constexpr std::int64_t kMostCandidates = 4000;

struct TermRange {
  std::string first, last;  ///< [first, last)
};

TermRange range_of(const SearchWord& word) {
  const bool number = word.word.find_first_not_of("0123456789") == std::string::npos;
  // A number is meant whole; of a word the beginning is enough. '{' follows 'z'.
  return {word.word, word.word + (number ? "\x01" : "{")};
}

base::Result<std::int64_t> how_many(store::Reader& session, const TermRange& range) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select count(*) from (select 1 as one from area_term where term >= $1 and term < $2 limit $3) t",
                    {range.first, range.last, kMostCandidates}));
  return rows[0].integer(0);
}

/// A short form stands for words of its own, so it cannot choose candidates, unless there is nothing else.
base::Result<TermRange> rarest(store::Reader& session, const std::vector<SearchWord>& words) {
  TermRange best;
  std::int64_t fewest = kMostCandidates + 1;
  for (const SearchWord& word : words) {
    if (!word.long_forms.empty()) continue;
    VG_ASSIGN(const std::int64_t count, how_many(session, range_of(word)));
    if (count < fewest) {
      fewest = count;
      best = range_of(word);
    }
  }
  if (best.first.empty()) {
    const std::string& form = words.front().long_forms.front();
    best = range_of({form.substr(0, form.find(' ')), {}});
  }
  return best;
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
  VG_ASSIGN(const TermRange range, rarest(session, words));
  VG_ASSIGN(std::vector<AreaVersion> found,
            read_versions(
                session,
                "where v.valid_from <= $1 and v.valid_to > $1 and v.id in (select version from area_term where term >= "
                "$2 and term < $3 limit $4)",
                {day.number, range.first, range.last, 4 * kMostCandidates}));
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

}  // namespace vonggac::catalogue
