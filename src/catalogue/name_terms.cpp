#include "catalogue/name_terms.h"

#include <set>

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kCommonName = 4000;
constexpr std::size_t kMostNameWords = 64;

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

}  // namespace

base::Status write_name_terms(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                              std::string_view folded) {
  VG_TRY(session.run("delete from name_term where subject = $1 and kind = $2", {subject, kind}).error());
  std::set<std::string> terms;
  for (const SearchWord& word : search_words(folded, kMostNameWords)) terms.insert(word.word);
  std::vector<store::Parameters> rows;
  for (const std::string& term : terms) rows.push_back({kind, term, subject});
  return session.run_many("insert into name_term (kind, term, subject) values ($1, $2, $3)", rows);
}

base::Result<std::optional<NameRange>> rarest_name(store::Reader& session, std::string_view kind,
                                                   const std::vector<SearchWord>& words) {
  std::optional<NameRange> best;
  std::int64_t fewest = kCommonName + 1;
  for (const SearchWord& word : words) {
    // A short form stands for words of its own, so it cannot choose, unless there is nothing else.
    if (!word.long_forms.empty()) continue;
    const NameRange range = name_range(word.word);
    VG_ASSIGN(const std::int64_t count, count_names(session, kind, range));
    if (count >= fewest) continue;
    fewest = count;
    best = range;
  }
  if (!best && !words.empty()) {
    const std::string& form = words.front().long_forms.front();
    best = name_range(form.substr(0, form.find(' ')));
  }
  return best;
}

}  // namespace vonggac::catalogue
