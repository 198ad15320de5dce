#include "catalogue/name_terms.h"

#include <set>

#include <fmt/format.h>

namespace vonggac::catalogue {
namespace {

/// A word that more things have than that is no help to begin with.
constexpr std::int64_t kCommonName = 4000;
constexpr std::size_t kMostNameWords = 64;

/// [first, last) of terms.
struct NameRange {
  std::string first, last;
};

NameRange name_range(const std::string& word) {
  const bool number = word.find_first_not_of("0123456789") == std::string::npos;
  // A number is meant whole; of a word the beginning is enough. '{' follows 'z'.
  return {word, word + (number ? "\x01" : "{")};
}

base::Result<std::int64_t> count_names(store::Reader& session, std::string_view kind, const NameRange& range) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select count(*) from (select 1 as one from name_term where kind = $1 and term >= $2 and "
                          "term < $3 limit $4) t",
                          {kind, range.first, range.last, kCommonName}));
  return rows[0].integer(0);
}

std::string range_condition(std::string_view kind, const NameRange& range, store::Parameters& parameters) {
  parameters.emplace_back(kind);
  parameters.emplace_back(range.first);
  parameters.emplace_back(range.last);
  const std::size_t last = parameters.size();
  return fmt::format("n.kind = ${} and n.term >= ${} and n.term < ${}", last - 2, last - 1, last);
}

}  // namespace

base::Status write_name_terms(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                              std::string_view folded) {
  VG_TRY(session.run_later("delete from name_term where subject = $1 and kind = $2", {subject, kind}));
  std::set<std::string> terms;
  for (const SearchWord& word : search_words(folded, kMostNameWords)) terms.insert(word.word);
  for (const std::string& term : terms) {
    VG_TRY(session.run_later("insert into name_term (kind, term, subject) values ($1, $2, $3)", {kind, term, subject}));
  }
  return {};
}

base::Result<std::optional<NameCondition>> name_condition(store::Reader& session, std::string_view kind,
                                                          const std::vector<SearchWord>& words,
                                                          std::string_view id_column, std::size_t most,
                                                          store::Parameters& parameters) {
  if (words.empty()) return std::optional<NameCondition>();
  // A short form ("tdp") stands for words of its own, so it asks for nothing here, unless there is nothing else.
  std::vector<NameRange> ranges;
  std::optional<NameRange> rare;
  std::int64_t fewest = kCommonName + 1;
  for (const SearchWord& word : words) {
    if (!word.long_forms.empty()) continue;
    ranges.push_back(name_range(word.word));
    VG_ASSIGN(const std::int64_t count, count_names(session, kind, ranges.back()));
    if (count >= fewest) continue;
    fewest = count;
    rare = ranges.back();
  }
  const bool exact = ranges.size() == words.size();
  if (ranges.empty()) {
    const std::string& form = words.front().long_forms.front();
    ranges.push_back(name_range(form.substr(0, form.find(' '))));
  }
  NameCondition found;
  found.few = rare.has_value() && fewest < kCommonName;
  found.limit = exact && !found.few ? static_cast<std::int64_t>(most) : kCommonName;
  if (found.few) {
    found.sql = fmt::format("{} in (select n.subject from name_term n where {})", id_column,
                            range_condition(kind, *rare, parameters));
    return std::optional<NameCondition>(std::move(found));
  }
  for (const NameRange& range : ranges) {
    // One value for each row: of "exists" PostgreSQL makes a join over all names, seconds long before its first
    // analyze.
    found.sql += fmt::format("{}(select 1 from name_term n where n.subject = {} and {} limit 1) = 1",
                             found.sql.empty() ? "" : " and ", id_column, range_condition(kind, range, parameters));
  }
  return std::optional<NameCondition>(std::move(found));
}

}  // namespace vonggac::catalogue
