/// A database of the register with areas to stand in, for tests of people, agreements, documents and models.
/// Threads  one.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "catalogue/area_changes.h"
#include "catalogue/area_schema.h"
#include "catalogue/name_terms.h"
#include "catalogue/party_schema.h"
#include "store/backup.h"
#include "store/migrations.h"
#include "store/outbox.h"
#include "support/both_engines.h"
#include "support/hand_clock.h"

namespace vonggac::catalogue {

class PartyWorld : public testing::TestWithParam<store::Engine> {
 protected:
  /// Steps of the schema after those of areas and parties.
  explicit PartyWorld(std::vector<store::Migration> more = {}) : steps_(std::move(more)) {
    steps_.insert(steps_.begin(), {{1, "node", store::kNodeAndOutbox},
                                   {2, "areas", kAreaSchema},
                                   {3, "names", kNameTermSchema},
                                   {4, "parties", kPartySchema}});
  }
  void SetUp() override {
    clock_.wall = {1'764'200'000'000'000};  // 2025-11-26T23:33:20Z: the 27th in Viet Nam
    store_ = engines_.open(engines_.fresh_address(GetParam()));
    const auto migrated = store::migrate(*store_, steps_, clock_, nullptr);
    ASSERT_TRUE(migrated) << migrated.error().to_string();
    ASSERT_TRUE(store::ensure_node(*store_, clock_));
  }
  void TearDown() override {
    const auto found = store::check_store(*store_, steps_);
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_TRUE(found->empty()) << found->front();
  }

  template <typename Work>
  base::Status write(Work work) {
    return store_->write([&](store::WriteSession& session) {
      problems_ = Problems();
      return work(session);
    });
  }
  /// The Result of `work`, which must be one.
  template <typename Work>
  auto make(Work work) {
    decltype(work(std::declval<store::WriteSession&>())) result = base::internal_error("not written");
    const base::Status status = write([&](store::WriteSession& session) -> base::Status {
      result = work(session);
      return result.error();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return result ? std::move(*result) : typename std::decay_t<decltype(*result)>();
  }
  template <typename Read>
  auto read(Read work) {
    decltype(work(std::declval<store::Reader&>())) result = base::internal_error("not read");
    const base::Status status = store_->read([&](store::Reader& session) -> base::Status {
      result = work(session);
      return result.error();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return result ? std::move(*result) : typename std::decay_t<decltype(*result)>();
  }
  /// Refused, with this rule ("" for a form that is not filled in rightly).
  testing::AssertionResult refused(const base::Status& status, std::string_view rule = "") {
    if (status.ok()) return testing::AssertionFailure() << "it was taken";
    if (status.kind() != base::ErrorKind::kInvalidArgument) return testing::AssertionFailure() << status.to_string();
    if (!problems_.refused()) return testing::AssertionFailure() << "no sentence: " << status.to_string();
    if (!problems_.has(rule)) return testing::AssertionFailure() << "another rule: " << status.to_string();
    for (const Problem& problem : problems_.all()) {
      if (problem.sentence.vi.empty() || problem.sentence.en.empty()) return testing::AssertionFailure() << "no words";
    }
    return testing::AssertionSuccess();
  }

  AreaId area(const std::string& type, const std::string& name, std::optional<AreaId> parent, Day from,
              const std::string& code = "", std::optional<Day> to = std::nullopt) {
    AreaForm form;
    form.type = type;
    form.name = name;
    form.parent = parent;
    form.code = code;
    form.to = to;
    return make([&](store::WriteSession& s) { return add_area(s, form, from, problems_); });
  }
  std::vector<store::OutboxRow> outbox(std::int64_t after = 0) {
    return read([&](store::Reader& s) { return store::read_outbox(s, after, 100'000); });
  }

  std::vector<store::Migration> steps_;
  test::HandClock clock_;
  test::TempFolder folder_;
  test::BothEngines engines_{folder_, clock_};
  std::unique_ptr<store::Store> store_;
  Problems problems_;
};

inline const Day kWorldBegins = Day::of(2004, 1, 1);

}  // namespace vonggac::catalogue
