/// A register with people in it, for tests of what may be done through the HTTP interface.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "access/grants.h"
#include "access/purposes.h"
#include "access/sessions.h"
#include "access/tokens.h"
#include "access/users.h"
#include "base/clock.h"
#include "catalogue/agreements.h"
#include "catalogue/organisations.h"
#include "gate/office.h"
#include "support/temp_folder.h"

namespace vonggac::test {

class RegisterWorld {
 public:
  explicit RegisterWorld(const base::Clock& clock, const std::string& database = "") : clock_(clock) {
    auto opened = gate::Office::open({folder_.path(), database}, clock);
    EXPECT_TRUE(opened) << opened.error().to_string();
    if (opened) office = std::move(*opened);
  }
  const std::string& folder() const { return folder_.path(); }

  template <typename Work>
  void write(Work work) {
    const base::Status done = office->store().write([&](store::WriteSession& session) { return work(session); });
    EXPECT_TRUE(done.ok()) << done.to_string();
  }
  template <typename Work>
  void quietly(Work work) {
    const base::Status done =
        office->store().write_quietly([&](store::WriteSession& session) { return work(session); });
    EXPECT_TRUE(done.ok()) << done.to_string();
  }

  /// Somebody with these roles in `area` (none: everywhere). No password fits.
  access::UserId person(const std::string& login, const std::vector<std::string>& roles,
                        const std::optional<base::Uuid>& area = std::nullopt) {
    access::UserId id;
    write([&](store::WriteSession& session) -> base::Status {
      VG_ASSIGN(id, access::add_user(session, login, "Nguyễn Văn " + login, "no hash", false));
      for (const std::string& role : roles) {
        VG_TRY(access::give_grant(session, id, role, area, {0}, access::kNoEnd, std::nullopt).error());
      }
      return {};
    });
    return id;
  }
  /// A household agrees that this camera is looked at live and played back; `change` says otherwise.
  catalogue::AgreementId agree(const base::CameraId& camera,
                               const std::function<void(catalogue::AgreementForm&)>& change = nullptr) {
    catalogue::AgreementId id;
    write([&](store::WriteSession& session) -> base::Status {
      catalogue::Problems problems;
      catalogue::PartyForm household;
      household.name = "Hộ bà Trần Thị Sáu";
      catalogue::AgreementForm form;
      VG_ASSIGN(form.giver, catalogue::add_party(session, "PERSON", household, problems));
      form.cameras = {camera};
      form.live = form.playback = true;
      form.notice_shown = true;
      form.form_reference = "BB-01";
      form.text_version = "1";
      if (change) change(form);
      const auto made = catalogue::add_agreement(session, form, std::nullopt, problems);
      for (const catalogue::Problem& one : problems.all()) ADD_FAILURE() << one.field << " " << one.sentence.en;
      if (made) id = *made;
      return made.error();
    });
    return id;
  }
  std::string log_in(const access::UserId& user, bool second_factor = true) {
    std::string token;
    quietly([&](store::WriteSession& session) -> base::Status {
      VG_ASSIGN(token, access::begin_session(session, user, second_factor, "127.0.0.1"));
      return {};
    });
    return token;
  }
  std::string token_of(const access::UserId& user, access::Actions actions,
                       base::Seconds life = base::Seconds(300LL * 24 * 3600)) {
    std::string token;
    write([&](store::WriteSession& session) -> base::Status {
      VG_ASSIGN(const access::NewToken made, access::make_token(session, user, "test", actions, session.now() + life));
      token = made.token;
      return {};
    });
    return token;
  }
  base::Uuid purpose_of(const access::UserId& user) {
    base::Uuid id;
    quietly([&](store::WriteSession& session) -> base::Status {
      VG_ASSIGN(const access::Purpose purpose, access::state_purpose(session, user, "xác minh vụ việc"));
      id = purpose.id;
      return {};
    });
    return id;
  }

  std::unique_ptr<gate::Office> office;

 private:
  const base::Clock& clock_;
  TempFolder folder_;
};

inline const std::vector<std::string>& all_roles() {
  static const std::vector<std::string> codes = [] {
    std::vector<std::string> all;
    for (const access::Role& role : access::roles()) all.emplace_back(role.code);
    return all;
  }();
  return codes;
}

}  // namespace vonggac::test
