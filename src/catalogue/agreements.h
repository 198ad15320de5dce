/// Agreements with households and other owners of cameras: what may be done with which cameras, when, until when,
/// with the form that proves it. Kept for ever; changed only by signing a new one or by withdrawing.
/// Flow     signed form -> add_agreement; every door -> agreement_facts -> agreement_allows (agreement_terms.h).
/// Flow     withdraw_agreement -> outbox "camera.agreement" of each camera -> doors close, ingest stops.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences (V12, V31) and kInvalidArgument; kNotFound: no such agreement.
/// Source   domain 2.3, 2.5 (L4), 3.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/agreement_terms.h"
#include "catalogue/parties.h"

namespace vonggac::catalogue {

struct AgreementId : base::Uuid {};

/// Nothing is ticked at first: what the owner does not say is not agreed (default consent is forbidden).
struct AgreementForm {
  PartyId giver;                    ///< who may say so: person, household, unit, organisation
  std::vector<base::Uuid> cameras;  ///< at least one
  bool live = false, playback = false, on_request_only = false;
  bool health_only = false;  ///< said so: nothing but whether the camera works
  bool audio = false;
  std::vector<HourSpan> hours;  ///< none: all day
  std::string masks;            ///< what must be covered, in words
  bool notice_shown = false;    ///< the owner has read what is recorded, who sees it, and the right to withdraw
  std::string form_reference, confirmation_reference;  ///< signed paper or electronic confirmation; one is needed
  std::string text_version;                            ///< of the text that was agreed to
  std::optional<Day> from, last;                       ///< today; until further notice
};
struct Agreement {
  AgreementId id;
  std::int64_t number = 0;
  PartyId giver;
  bool live = false, playback = false, on_request_only = false, health_only = false, audio = false;
  std::vector<HourSpan> hours;
  std::string masks;
  bool notice_shown = false;
  std::string form_reference, confirmation_reference, text_version;
  Day from, last;
  base::WallTime made_at;
  std::optional<base::WallTime> withdrawn_at;
  std::optional<base::Uuid> withdrawn_by;
  std::string withdrawn_how;
};
/// It replaces, from its first day on, what was agreed about these cameras before. V31: not from before a withdrawal
/// on, and not with the paper that was withdrawn. `made_by`: the user who enters it.
base::Result<AgreementId> add_agreement(store::WriteSession& session, const AgreementForm& form,
                                        const std::optional<base::Uuid>& made_by, Problems& problems);
/// V31: at once, for all its cameras; with it what the same giver signed for them but has not begun yet. Twice is as
/// once. `who`: the party or user; `how`: in words ("đến trụ sở", "gọi điện").
base::Status withdraw_agreement(store::WriteSession& session, const AgreementId& id, const base::Uuid& who,
                                std::string_view how, Problems& problems);

base::Result<std::optional<Agreement>> agreement_by_id(store::Reader& session, const AgreementId& id);
base::Result<std::vector<base::Uuid>> cameras_of_agreement(store::Reader& session, const AgreementId& id);
/// All that was ever agreed about a camera, newest first.
base::Result<std::vector<Agreement>> agreements_about(store::Reader& session, const base::Uuid& camera);
/// The one that governs at that moment, in force or withdrawn or expired: the newest that has begun. If none has, the
/// newest to come.
base::Result<std::optional<Agreement>> agreement_of_camera(store::Reader& session, const base::Uuid& camera,
                                                           base::WallTime when);
/// What agreement_allows() asks. Whether the place is public, and has a basis for sound, the register of cameras knows.
base::Result<AgreementFacts> agreement_facts(store::Reader& session, const base::Uuid& camera, base::WallTime when,
                                             bool public_place, bool audio_legal_basis = false);

/// In force, not replaced, with a last day within `days` days from `today` on; soonest first.
base::Result<std::vector<Agreement>> agreements_ending(store::Reader& session, const ScopeFilter& scope, Day today,
                                                       std::int64_t days);
/// Which of these cameras of private owners have no agreement in force; in the order given.
base::Result<std::vector<base::Uuid>> cameras_without_agreement(store::Reader& session,
                                                                const std::vector<base::Uuid>& cameras,
                                                                base::WallTime when);

}  // namespace vonggac::catalogue
